"""Lists of codes through the API, and what has their codes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.fixtures import SignIn
from tests.people import given

LISTS = ["job_categories", "job_services", "absence_kinds", "course_themes"]
NEW = {"code": "judo_therapist", "name": "柔道整復師", "name_en": "Judo therapist", "ordinal": 5}
HIRED = {
    "employee_number": "909047",
    "name": "山田 花子",
    "name_kana": "ヤマダ ハナコ",
    "appointment_type": "regular",
    "job_service": "administrative",
    "job_category": "clerk",
    "hired_on": "2026-04-01",
}
COURSE = {
    "code": "NEW",
    "title": "研修",
    "provider_kind": "city",
    "format": "classroom",
    "minutes": 60,
}


@pytest.mark.parametrize("path", LISTS)
async def test_the_office_extends_a_list_and_everybody_reads_its_labels(api: SignIn, path: str) -> None:
    information = await api("information")
    added, again = [await information.post(f"/{path}", json=NEW) for _ in range(2)]
    assert (added.status_code, again.status_code, again.json()["code"]) == (201, 409, "duplicate_listed_code")
    one = f"/{path}/{added.json()['id']}"
    changed = await information.patch(one, json={"name": "柔整師"}, headers={"If-Match": added.headers["ETag"]})
    assert (changed.json()["name"], changed.json()["code"]) == ("柔整師", "judo_therapist")
    renamed = await information.patch(one, json={"code": "other"}, headers={"If-Match": "*"})
    assert (renamed.status_code, renamed.json()["errors"][0]["pointer"]) == (422, "/code")
    employee = await api("employee")
    listed = (await employee.get(f"/{path}", params={"code": "judo_therapist"})).json()["results"]
    assert [(each["name"], each["name_en"]) for each in listed] == [("柔整師", "Judo therapist")]
    assert (await employee.get(one)).json() == listed[0]
    assert (await employee.post(f"/{path}", json=NEW)).status_code == 403


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("job_services", {"administrative", "medical", "labor", "fire", "enterprise", "education"}),
        ("absence_kinds", {"childcare_leave", "suspension", "maternity_leave", "care_leave"}),
        ("job_categories", {"clerk", "nursery_teacher", "nurse", "physician"}),
        ("course_themes", {"information_security", "design_thinking"}),
    ],
)
async def test_the_lists_begin_with_what_a_city_has(api: SignIn, path: str, codes: set[str]) -> None:
    listed = (await (await api("hr")).get(f"/{path}", params={"limit": 200})).json()["results"]
    assert codes <= {each["code"] for each in listed}
    assert all(each["name_en"] for each in listed)


@pytest.mark.parametrize(
    ("grant", "path", "body", "pointer", "code"),
    [
        ("hr", "employees", HIRED | {"job_category": "clrek"}, "/job_category", "unknown_job_category"),
        ("hr", "employees", HIRED | {"job_service": "educaton"}, "/job_service", "unknown_job_service"),
        ("information", "scope_rules", {"job_service": "x"}, "/job_service", "unknown_job_service"),
        ("hr", "absences", {"kind": "holiday"}, "/kind", "unknown_absence_kind"),
        ("information", "roles", {"job_categories": ["nurse", "nurs"]}, "/job_categories/1", "unknown_job_category"),
        ("training", "courses", COURSE | {"themes": ["mindset", "x"]}, "/themes/1", "unknown_course_theme"),
        (
            "training",
            "courses",
            COURSE | {"target": {"job_categories": ["clrek"]}},
            "/target/job_categories/0",
            "unknown_job_category",
        ),
    ],
)
async def test_an_unknown_code_is_refused_wherever_it_is_taken(
    api: SignIn, db: AsyncSession, grant: str, path: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    city = await given.city(db)
    more: dict[str, dict[str, Any]] = {
        "absences": {"employee_id": str(city.staff.id), "valid_from": "2027-01-01"},
        "scope_rules": {"appointment_type": "fixed_term", "valid_from": "2027-01-01"},
        "roles": {"code": "new", "name": "役割", "basis": "job_category", "valid_from": "2027-01-01"},
    }
    refused = await (await api(grant)).post(f"/{path}", json=more.get(path, {}) | body)
    assert refused.status_code == 422, refused.text
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("employees?job_category=clerk,clrek", "unknown_job_category"),
        ("absences?kind=holiday", "unknown_absence_kind"),
        ("courses?theme=x", "unknown_course_theme"),
    ],
)
async def test_a_filter_by_an_unknown_code_is_refused(api: SignIn, path: str, code: str) -> None:
    refused = await (await api("admin")).get(f"/{path}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert refused.json()["errors"][0]["pointer"].startswith(f"/query/{path.split('?')[1].split('=', maxsplit=1)[0]}")


async def test_an_added_code_can_be_used_at_once(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await (await api("information")).post("/absence_kinds", json=NEW)
    away = {"employee_id": str(city.staff.id), "kind": NEW["code"], "valid_from": "2027-01-01"}
    assert (await (await api("hr")).post("/absences", json=away)).status_code == 201


async def test_a_course_is_found_by_the_name_of_its_theme(api: SignIn) -> None:
    training = await api("training")
    await training.post("/courses", json=COURSE | {"themes": ["design_thinking"]})
    found = (await training.get("/courses", params={"q": "デザイン思考"})).json()["results"]
    assert [course["code"] for course in found] == ["NEW"]


@pytest.mark.parametrize(
    ("table", "column"), [("employment", "job_category"), ("employment", "job_service"), ("scope_rule", "job_service")]
)
async def test_the_database_refuses_an_unknown_code_as_well(db: AsyncSession, table: str, column: str) -> None:
    await given.city(db)
    with pytest.raises(IntegrityError, match=f"fk_{table}_{column}"):
        await db.execute(text(f"UPDATE {table} SET {column} = 'x' WHERE ctid = (SELECT min(ctid) FROM {table})"))


async def test_the_kind_of_a_stored_absence_is_listed(db: AsyncSession) -> None:
    city = await given.city(db)
    await given.absence(db, city.staff.id, date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="fk_absence_kind"):
        await db.execute(text("UPDATE absence SET kind = 'x'"))
