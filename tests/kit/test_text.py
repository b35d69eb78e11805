"""What characters are, and keys and texts that have them."""

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import validation_texts
from app.kit.fields import Code, Key, Line
from tests.fixtures import SignIn
from tests.people import given


def refusal(kind: TypeAdapter[str], value: str) -> tuple[str, str, str]:
    """Code and texts of the error; the value must not pass."""
    with pytest.raises(ValidationError) as raised:
        kind.validate_python(value)
    error = raised.value.errors()[0]
    return validation_texts.message_for(error["type"], error.get("ctx") or {})


@pytest.mark.parametrize(
    ("value", "what", "place"),
    [
        ("\ufeff000047", "見えない文字", 1),
        (" 000047", "空白", 1),
        ("000047 ", "空白", 7),
        ("０００047", "全角の数字", 1),
        ("000047\u200b", "見えない文字", 7),
        ("000047\u3000", "空白", 7),
        ("A\u00a01", "空白", 2),
        ("12\u00ad3", "見えない文字", 3),
        ("Ａ1", "全角の英字", 1),
        ("1－2", "全角の記号", 2),
        ("1ｱ", "半角のカタカナ", 2),
        ("葛\U000e0100", "見えない文字", 2),
        ("第\ue000号", "外字(私用領域の文字)", 2),
        ("①", "互換文字または異体字", 1),
        ("か\u3099", "結合文字", 2),
        ("\U0001ffff", "未定義の文字", 1),
        ("1\t", "制御文字", 2),
        ("А1", "ここでは使わない文字", 1),  # a Cyrillic letter
        ("1−2", "ここでは使わない記号", 2),  # a minus sign
    ],
)
def test_a_key_says_what_is_wrong_and_where(value: str, what: str, place: int) -> None:
    code, ja, en = refusal(TypeAdapter(Key), value)
    assert (code, ja) == ("unusable_character", f"使えない文字が含まれています: {what}({place}文字目)")
    assert en.endswith(f"(character {place}).")


@pytest.mark.parametrize("value", ["000047", "いわき市訓令第12号", "R07-004/2", "々〆ヶ第3号(再)", "taro.yamada@city"])
def test_a_key_may_have_letters_of_both_languages(value: str) -> None:
    assert TypeAdapter(Key).validate_python(value) == value


@pytest.mark.parametrize(("value", "place"), [("総務", 1), ("a b", 2), ("-a", 1), ("a\ufe00", 2)])
def test_a_code_has_only_latin_letters(value: str, place: int) -> None:
    assert refusal(TypeAdapter(Code), value)[2].endswith(f"(character {place}).")


@pytest.mark.parametrize("value", ["\u3000", " ", "\u200b", "\ufeff\u00a0", "\U000e0100", "\u3164", "\u2800"])
def test_a_text_that_shows_nothing_is_refused(value: str) -> None:
    assert refusal(TypeAdapter(Line), value)[0] == "blank"


@pytest.mark.parametrize("value", ["神", "葛\U000e0100", " 山田 ", "\ue000", "①", "ﾔﾏﾀﾞ"])
def test_any_other_text_is_kept_byte_for_byte(value: str) -> None:
    assert TypeAdapter(Line).validate_python(value) == value


NEW = {
    "employee_number": "000047",
    "name": "山田 花子",
    "name_kana": "ヤマダ ハナコ",
    "appointment_type": "regular",
    "job_service": "administrative",
    "job_category": "administrative",
    "hired_on": "2026-04-01",
}


@pytest.mark.parametrize("number", ["\ufeff000047", " 000047", "000047 ", "０００047", "000047\u200b", "000047\u3000"])
async def test_a_number_that_looks_like_another_is_refused(api: SignIn, number: str) -> None:
    hr = await api("hr")
    refused = await hr.post("/employees", json=NEW | {"employee_number": number})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/employee_number"]
    assert number not in refused.text


async def test_a_filter_by_a_key_says_what_is_wrong_too(api: SignIn) -> None:
    training = await api("training")
    refused = await training.get("/qualification_awards", params={"certificate_number": "第１号"})
    assert (refused.status_code, refused.json()["errors"][0]) == (
        422,
        {
            "pointer": "/query/certificate_number",
            "code": "unusable_character",
            "detail": "使えない文字が含まれています: 全角の数字(2文字目)",
        },
    )


async def test_a_name_of_blanks_is_refused(api: SignIn) -> None:
    hr = await api("hr")
    refused = await hr.post("/employees", json=NEW | {"name": "\u3000"})
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/name", "blank")]


@pytest.mark.parametrize("key", ["０1", "1\u200b", "\ufeff1", ""])
async def test_the_database_refuses_such_a_key_as_well(db: AsyncSession, key: str) -> None:
    city = await given.city(db)
    with pytest.raises(IntegrityError, match="ck_employee_number"):
        await db.execute(
            sql("UPDATE employee SET employee_number = :key WHERE id = :id"), {"key": key, "id": city.staff.id}
        )
