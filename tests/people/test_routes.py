from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.enums import PostKind
from tests.fixtures import SignIn
from tests.people import given

APRIL = date(clock.fiscal_year(clock.today()) + 1, 4, 1)


@pytest.fixture
async def city(db: AsyncSession) -> given.City:
    return await given.city(db)


async def test_a_list_answers_for_its_day_with_post_scope_and_roles(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    answer = await hr.get("/employees", params={"under": str(city.section.id), "sort": "name_kana"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["metadata"]["as_of"] == str(clock.today())
    assert body["metadata"]["resultset"] == {"count": 4, "limit": 50, "offset": 0}
    head = next(row for row in body["results"] if row["id"] == str(city.section_head.id))
    assert head["primary_post"]["org_unit_code"] == "S1"
    assert head["in_scope"] is True


async def test_cursors_walk_every_row_once(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    seen, params = [], {"limit": "2", "sort": "-name_kana"}
    while True:
        page = (await hr.get("/employees", params=params)).json()
        seen += [row["name_kana"] for row in page["results"]]
        if page["metadata"]["next_cursor"] is None:
            break
        params["cursor"] = page["metadata"]["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7


@pytest.mark.parametrize(
    "spoil", [lambda c: c[:-2] + "AA", lambda _: "x", lambda _: "e30=", lambda _: "é", lambda c: c * 3]
)
async def test_a_bad_cursor_is_refused(api: SignIn, city: given.City, spoil: Callable[[str], str]) -> None:
    hr = await api("hr")
    cursor = (await hr.get("/employees", params={"limit": 1})).json()["metadata"]["next_cursor"]
    answer = await hr.get("/employees", params={"limit": 1, "cursor": spoil(cursor)})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


async def test_a_cursor_belongs_to_its_list_filter_and_sort(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    cursor = (await hr.get("/employees", params={"limit": 1})).json()["metadata"]["next_cursor"]
    for path, other in (("/employees", {"sort": "hired_on"}), ("/employees", {"q": "a"}), ("/posts", {})):
        assert (await hr.get(path, params={"cursor": cursor, **other})).status_code == 422


async def test_a_list_makes_as_many_statements_for_two_rows_as_for_all(
    api: SignIn, city: given.City, statements: Callable[[], Any]
) -> None:
    hr = await api("hr")
    counted = []
    for limit in (2, 200):
        with statements() as seen:
            await hr.get("/employees", params={"limit": limit})
        counted.append(len(seen))
    assert counted == [4, 3]  # the caller, the page, its roles, and the count unless the page tells it


async def test_who_may_see_whom(api: SignIn, city: given.City) -> None:
    async def seen_by(grant: str, employee: Any) -> set[str]:
        client = await api(grant, employee=employee)
        return {row["id"] for row in (await client.get("/employees")).json()["results"]}

    everybody_under_the_section = {str(p.id) for p in (city.section_head, city.leader, city.staff, city.colleague)}
    assert await seen_by("employee", city.staff) == {str(city.staff.id)}
    assert await seen_by("employee", city.section_head) == everybody_under_the_section
    assert len(await seen_by("employee", city.department_head)) == 7
    assert await seen_by("clerk", city.colleague) == {str(city.staff.id), str(city.colleague.id)}
    assert await seen_by("employee", city.leader) == {str(city.leader.id)}


async def test_a_row_out_of_sight_does_not_exist(api: SignIn, city: given.City) -> None:
    staff = await api("employee", employee=city.staff)
    assert (await staff.get(f"/employees/{city.stranger.id}")).status_code == 404
    assert (await staff.get(f"/employees/{uuid4()}")).status_code == 404


async def test_a_concurrent_post_shows_the_person_to_both_heads(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    await given.post(db, city.stranger, city.section, kind=PostKind.CONCURRENT)
    head = await api("employee", employee=city.section_head)
    assert (await head.get(f"/employees/{city.stranger.id}")).status_code == 200
    listed = (await head.get("/employees", params={"employee_number": city.stranger.employee_number})).json()
    assert listed["metadata"]["resultset"]["count"] == 1


async def test_the_law_of_one_primary_post_a_day(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    second = {
        "employee_id": str(city.staff.id),
        "org_unit_id": str(city.other_section.id),
        "position_rank": "staff",
        "valid_from": "2024-04-01",
    }
    answer = await hr.post("/posts", json=second)
    assert answer.status_code == 409
    assert answer.json()["code"] == "overlapping_primary_post"
    assert (await hr.post("/posts", json=second | {"kind": "concurrent"})).status_code == 201


async def transfer(hr: Any, db: AsyncSession, city: given.City, published_on: date) -> None:
    old = (await hr.get("/posts", params={"employee_id": str(city.staff.id)})).json()["results"][0]
    ended = await hr.patch(
        f"/posts/{old['id']}",
        json={"valid_to": str(APRIL), "end_published_on": str(published_on)},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )
    assert ended.status_code == 200, ended.text
    new = {
        "employee_id": str(city.staff.id),
        "org_unit_id": str(city.other_section.id),
        "position_rank": "staff",
        "valid_from": str(APRIL),
        "published_on": str(published_on),
    }
    assert (await hr.post("/posts", json=new)).status_code == 201


async def test_an_unpublished_order_is_known_to_personnel_alone(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    hr = await api("hr")
    await transfer(hr, db, city, published_on=clock.today() + timedelta(days=1))
    question = {"as_of": str(APRIL)}
    for grant, unit in (("hr", "S2"), ("training", "T1")):
        client = await api(grant)
        person = (await client.get(f"/employees/{city.staff.id}", params=question)).json()
        assert person["primary_post"]["org_unit_code"] == unit, grant
        listed = (await client.get("/employees", params=question | {"under": str(city.section.id)})).json()
        assert (str(city.staff.id) in {row["id"] for row in listed["results"]}) == (unit == "T1")
        held = (await client.get("/posts", params=question | {"employee_id": str(city.staff.id)})).json()["results"]
        assert [post["org_unit_id"] for post in held] == [str((city.team if unit == "T1" else city.other_section).id)]
    posts = (await (await api("training")).get("/posts", params={"employee_id": str(city.staff.id)})).json()["results"]
    assert [(post["valid_to"], post["end_published_on"]) for post in posts] == [(None, None)]


async def test_a_published_transfer_answers_by_day(api: SignIn, db: AsyncSession, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    await transfer(hr, db, city, published_on=clock.today())
    for day, unit in ((APRIL - timedelta(days=1), "T1"), (APRIL, "S2")):
        person = (await training.get(f"/employees/{city.staff.id}", params={"as_of": str(day)})).json()
        assert person["primary_post"]["org_unit_code"] == unit


async def test_scope_follows_the_day_the_service_and_the_unit(api: SignIn, db: AsyncSession, city: given.City) -> None:
    nurse = await given.employee(db, city.section, job_service="medical", job_category="nurse")
    inside = await given.employee(db, city.medical_center, job_service="medical", job_category="nurse")
    clerk = await given.employee(db, city.section, appointment_type="fiscal_year_appointed")
    hr = await api("hr")
    expected = {nurse.id: True, inside.id: False, clerk.id: False, city.staff.id: True}
    for person, in_scope in expected.items():
        assert (await hr.get(f"/employees/{person}")).json()["in_scope"] is in_scope


async def test_changed_terms_keep_past_days(api: SignIn, db: AsyncSession, city: given.City) -> None:
    clerk = await given.employee(db, city.section, appointment_type="fiscal_year_appointed")
    hr = await api("hr")
    changed = {"appointment_type": "regular", "effective_on": "2026-04-01", "employee_number": "R00099"}
    answer = await hr.patch(f"/employees/{clerk.id}", json=changed, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    for day, in_scope in (("2026-03-31", False), ("2026-04-01", True)):
        assert (await hr.get(f"/employees/{clerk.id}", params={"as_of": day})).json()["in_scope"] is in_scope
    for number in (clerk.employee_number, "R00099"):  # the former number finds the person still
        found = (await hr.get("/employees", params={"employee_number": number})).json()["results"]
        assert [row["id"] for row in found] == [str(clerk.id)]


async def test_leaving_ends_terms_and_posts_and_deletes_nothing(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    answer = await hr.patch(f"/employees/{city.staff.id}", json={"left_on": "2026-10-01"}, headers={"If-Match": "*"})
    assert answer.json()["status"] == "left"
    before = (await hr.get(f"/employees/{city.staff.id}", params={"as_of": "2026-09-30"})).json()
    assert (before["status"], before["primary_post"]["org_unit_code"]) == ("active", "T1")


async def test_an_absence_shows_on_its_days_only(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    leave = {
        "employee_id": str(city.staff.id),
        "kind": "childcare_leave",
        "valid_from": "2026-05-01",
        "valid_to": "2026-06-01",
    }
    assert (await hr.post("/absences", json=leave)).status_code == 201
    for day, status in (("2026-04-30", "active"), ("2026-05-31", "absent"), ("2026-06-01", "active")):
        assert (await hr.get(f"/employees/{city.staff.id}", params={"as_of": day})).json()["status"] == status
    assert (await hr.post("/absences", json=leave)).json()["code"] == "overlapping_absence"


@pytest.mark.parametrize("text", ["吉田", "𠮷田", "よしだ", "ﾖｼﾀﾞ", "ヨシダ　ハナコ"])
async def test_search_finds_names_however_they_are_written(api: SignIn, city: given.City, text: str) -> None:
    hr = await api("hr")
    found = (await hr.get("/employees", params={"q": text})).json()["results"]
    assert [row["name"] for row in found] == ["𠮷田 花子"]  # kept byte for byte


@pytest.mark.parametrize("wildcard", ["%", "_", "\\"])
async def test_search_takes_wildcards_as_they_are(api: SignIn, city: given.City, wildcard: str) -> None:
    assert (await (await api("hr")).get("/employees", params={"q": wildcard})).json()["results"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"org_unit_id": str(uuid4())}, "/org_unit_id"),
        ({"employee_id": str(uuid4())}, "/employee_id"),
        ({"position_rank": "emperor"}, "/position_rank"),
        ({"valid_from": "2019-04-01"}, "/valid_from"),
        ({"valid_to": "2024-04-01"}, "/valid_to"),
        ({"kind": "imaginary"}, "/kind"),
        ({"nickname": "x"}, "/nickname"),
        ({"job_title": "a\x00b"}, "/job_title"),
        ({"job_title": "\ud800"}, "/job_title"),
        ({"valid_from": 5e300}, "/valid_from"),
        ({"valid_from": 0}, "/valid_from"),
        ({"published_on": True}, "/published_on"),
        ({"valid_from": "9999-12-31"}, "/valid_from"),
    ],
)
async def test_bad_input_names_the_member_and_changes_nothing(
    api: SignIn, city: given.City, changes: dict[str, Any], pointer: str
) -> None:
    hr = await api("hr")
    wanted = {
        "employee_id": str(city.staff.id),
        "org_unit_id": str(city.section.id),
        "position_rank": "staff",
        "kind": "concurrent",
        "valid_from": "2024-05-01",
    }
    answer = await hr.post("/posts", content=_json(wanted | changes), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await hr.get("/posts", params={"employee_id": str(city.staff.id)})).json()["metadata"]["resultset"][
        "count"
    ] == 1


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


async def test_a_post_in_a_closed_unit_is_refused(api: SignIn, db: AsyncSession, city: given.City) -> None:
    closed = await given.unit(db, "OLD", valid_to=date(2023, 4, 1))
    hr = await api("hr")
    wanted = {"employee_id": str(city.staff.id), "org_unit_id": str(closed.id), "position_rank": "staff"}
    answer = await hr.post("/posts", json=wanted | {"kind": "concurrent", "valid_from": "2022-04-01"})
    assert answer.json()["code"] == "unit_not_in_force"


async def test_units_have_a_lineage_never_move_and_close_last(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    child = {
        "code": "T9",
        "name": "新しい係",
        "level": "team",
        "parent_id": str(city.section.id),
        "valid_from": "2026-04-01",
    }
    made = (await hr.post("/org_units", json=child)).json()
    assert made["lineage"] == [str(u) for u in (city.department.id, city.section.id, made["id"])]
    moved = await hr.patch(f"/org_units/{made['id']}", json={"parent_id": None}, headers={"If-Match": "*"})
    assert moved.json()["code"] == "parent_immutable"
    closed = await hr.patch(f"/org_units/{city.section.id}", json={"valid_to": str(APRIL)}, headers={"If-Match": "*"})
    assert closed.json()["code"] == "unit_in_use"
    again = await hr.post("/org_units", json=child)
    assert again.json()["code"] == "duplicate_unit_code"


async def test_who_may_not_edit_is_told_so(api: SignIn, city: given.City) -> None:
    for grant in ("training", "auditor", "employee"):
        answer = await (await api(grant)).post("/absences", json={})
        assert answer.status_code == 403, grant


async def test_a_person_is_hired_with_a_number_and_terms(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    person = {
        "employee_number": "912345",
        "name": "髙橋 花子",
        "name_kana": "タカハシ ハナコ",
        "hired_on": "2024-04-01",
    }
    terms = {"appointment_type": "regular", "job_service": "administrative", "job_category": "clerk"}
    hired = await hr.post("/employees", json=person | terms)
    assert hired.status_code == 201, hired.text
    known = (await hr.get(hired.headers["Location"].removeprefix("/api/v1"))).json()
    assert person | terms == {name: known[name] for name in person | terms}
    assert (await hr.post("/employees", json=person | terms)).json()["code"] == "duplicate_employee_number"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/position_ranks", {"code": "chief", "name": "係長", "ordinal": 40}, "duplicate_rank_code"),
        (
            "/scope_rules",
            {"valid_from": "2024-04-01", "appointment_type": "regular", "job_service": "medical"},
            "overlapping_scope_rule",
        ),
    ],
)
async def test_what_exists_already_is_a_conflict(api: SignIn, path: str, body: dict[str, Any], code: str) -> None:
    admin = await api("admin")
    first = await admin.post(path, json=body)
    assert first.status_code == 201, first.text
    assert (await admin.post(path, json=body)).json()["code"] == code
