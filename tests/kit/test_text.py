"""What characters are, and keys and texts that have them."""

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import validation_texts
from app.kit.fields import Code, Key, Line, Reading
from app.kit.text import fold, like
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


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("葛\U000e0100子", "葛子"),
        ("葛子", "葛\U000e0100子"),
        ("辻\ufe00", "辻"),
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("ガッコウ", "かﾞつこう"),
        ("髙﨑", "高崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡邊"),
        ("齋藤", "斉藤"),
        ("斎藤", "齊藤"),
        ("廣澤 惠", "広沢恵"),
        ("神谷", "神谷"),
        ("オーノ", "ｵ-ﾉ"),
        ("IP―2026", "ip-2026"),
        ("佐々木", "佐佐木"),
        ("シズヱ", "しずえ"),
        ("マイケル・ジョン", "マイケル　ジョン"),
        ("\u200b山田", "山\u3000田"),
        ("ＤＸ推進課", "dx"),
    ],
)
def test_what_reads_alike_is_found(written: str, sought: str) -> None:
    assert fold(sought) in fold(written)


@pytest.mark.parametrize(("one", "other"), [("ハル", "バル"), ("山田", "山本"), ("アキ", "アイ")])
def test_what_reads_differently_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_match_does_not_span_two_texts() -> None:
    assert fold("花子山") not in fold("花子", "山田")


def test_what_folds_to_nothing_is_found_nowhere() -> None:
    assert like("・") == ""
    assert like("50%_") == "%50\\%\\_%"


@pytest.mark.parametrize(
    ("reading", "place"),
    [("山田 ハナコ", 1), ("ヤマダ Hanako", 5), ("ヤマダ　", 4), (" ヤマダ", 1), ("ヤマダ１", 4), ("カ\u3099", 2)],
)
def test_a_reading_has_only_kana(reading: str, place: int) -> None:
    assert refusal(TypeAdapter(Reading), reading)[2].endswith(f"(character {place}).")


@pytest.mark.parametrize("reading", ["ヤマダ ハナコ", "やまだ　はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ", "マイケル・ジョン", "ア", "ｱ-ﾝ"])
def test_a_reading_may_have_kana_of_any_kind_and_width(reading: str) -> None:
    assert TypeAdapter(Reading).validate_python(reading) == reading


UNIT = {"code": "X", "name": "X課", "level": "section", "valid_from": "2020-04-01"}
READINGS = """
ｱｵｷ ﾊﾙ,あおき はる　こ,アオキハ,オーノ,おおば,かい,ガイ,ｶｲﾄ,ｼﾖｳｼﾞ,ショウジロウ,わだ,ﾜﾀﾅﾍﾞ,ン""".strip().split(",")
"""In the order of あいうえお, widths and kinds of kana mixed."""


async def test_people_are_sorted_by_their_reading_and_pages_agree(api: SignIn, db: AsyncSession) -> None:
    unit = await given.unit(db, "X")
    for reading in sorted(READINGS):
        await given.employee(db, unit, name_kana=reading)
    hr = await api("hr")
    listed = (await hr.get("/employees", params={"sort": "name_kana"})).json()["results"]
    assert [person["name_kana"] for person in listed] == READINGS
    backwards = (await hr.get("/employees", params={"sort": "-name_kana"})).json()["results"]
    assert [person["name_kana"] for person in backwards] == READINGS[::-1]
    paged: list[str] = []
    cursor = None
    while cursor != "":
        query = {"sort": "name_kana", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await hr.get("/employees", params=query)).json()
        paged += [person["name_kana"] for person in page["results"]]
        cursor = page["metadata"]["next_cursor"] or ""
    assert paged == READINGS


async def test_units_are_sorted_and_found_likewise(api: SignIn, db: AsyncSession) -> None:
    hr, opened = await api("hr"), ("ﾜｶﾊﾞﾁｮｳ", "しんえい", "セイビ", "ｻﾝｷﾞﾖｳ")
    for at, reading in enumerate(opened):
        new = UNIT | {"code": f"U{at}", "name": f"濵{at}課", "name_kana": reading}
        assert (await hr.post("/org_units", json=new)).status_code == 201
    listed = (await hr.get("/org_units", params={"sort": "name_kana"})).json()["results"]
    assert [unit["name_kana"] for unit in listed] == ["ｻﾝｷﾞﾖｳ", "しんえい", "セイビ", "ﾜｶﾊﾞﾁｮｳ"]
    for sought, found in (("浜１", ["U1"]), ("サンギョウ", ["U3"]), ("わかば", ["U0"]), ("u2", ["U2"])):
        results = (await hr.get("/org_units", params={"q": sought})).json()["results"]
        assert [unit["code"] for unit in results] == found, sought
    one = results[0]
    await hr.patch(f"/org_units/{one['id']}", json={"name": "髙野課"}, headers={"If-Match": "*"})
    assert len((await hr.get("/org_units", params={"q": "高野"})).json()["results"]) == 1


async def test_people_are_found_however_their_name_is_written(api: SignIn) -> None:
    hr = await api("hr")
    await hr.post("/employees", json=NEW | {"name": "葛\U000e0100西 廣子", "name_kana": "ｶｻｲ ﾋﾛｺ"})
    day = {"as_of": "2026-05-01"}
    for sought in ("葛西", "葛\U000e0100西", "広子", "かさい", "カサイヒロコ", "000047"):
        found = (await hr.get("/employees", params=day | {"q": sought})).json()["results"]
        assert [person["name"] for person in found] == ["葛\U000e0100西 廣子"], sought


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/employees", NEW | {"name_kana": "山田 ハナコ"}),
        ("/org_units", UNIT | {"name_kana": "Xカ"}),
    ],
)
async def test_a_reading_that_is_not_kana_is_refused(api: SignIn, path: str, body: dict[str, str]) -> None:
    refused = (await (await api("hr")).post(path, json=body)).json()
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/name_kana", "unusable_character")]
    assert "(1文字目)" in refused["errors"][0]["detail"]
