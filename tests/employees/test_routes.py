from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.people.enums import PostKind
from app.people.models import Employment
from tests.fixtures import SignIn
from tests.people import given


async def test_the_list_shows_post_scope_and_roles_of_the_day(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    response = await hr.get("/employees", params={"under": str(city.section.id), "sort": "name_kana"})
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["metadata"]["as_of"] == str(clock.today())
    assert body["metadata"]["resultset"] == {"count": 4, "count_is_limited": False, "limit": 50, "offset": 0}
    head = next(row for row in body["results"] if row["id"] == str(city.section_head.id))
    assert head["primary_post"]["org_unit_code"] == "S1"
    assert head["in_scope"] is True


async def test_cursors_visit_every_row_once(api: SignIn, city: given.City) -> None:
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
    "corrupt", [lambda c: c[:-2] + "AA", lambda _: "x", lambda _: "e30=", lambda _: "é", lambda c: c * 3]
)
async def test_a_bad_cursor_is_refused(api: SignIn, city: given.City, corrupt: Callable[[str], str]) -> None:
    hr = await api("hr")
    cursor = (await hr.get("/employees", params={"limit": 1})).json()["metadata"]["next_cursor"]
    response = await hr.get("/employees", params={"limit": 1, "cursor": corrupt(cursor)})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/query/cursor"


async def test_a_cursor_belongs_to_its_list_filter_and_sort(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    cursor = (await hr.get("/employees", params={"limit": 1})).json()["metadata"]["next_cursor"]
    for path, other in (("/employees", {"sort": "hired_on"}), ("/employees", {"q": "a"}), ("/posts", {})):
        assert (await hr.get(path, params={"cursor": cursor, **other})).status_code == 422


async def test_the_list_takes_no_more_statements_for_a_longer_page(
    api: SignIn, city: given.City, statements: Callable[[], Any]
) -> None:
    hr = await api("hr")
    counted = []
    for limit in (2, 200):
        with statements() as seen:
            await hr.get("/employees", params={"limit": limit})
        counted.append(len(seen))
    assert counted == [3, 2]  # the caller, the page, and the count unless the page shows it


async def test_who_may_see_whom(api: SignIn, city: given.City) -> None:
    async def seen_by(grant: str, employee: Any) -> set[str]:
        client = await api(grant, employee=employee)
        return {row["id"] for row in (await client.get("/employees")).json()["results"]}

    section = {str(p.id) for p in (city.section_head, city.leader, city.staff, city.colleague)}
    assert await seen_by("employee", city.staff) == {str(city.staff.id)}
    assert await seen_by("employee", city.section_head) == section
    assert len(await seen_by("employee", city.department_head)) == 7
    assert await seen_by("clerk", city.colleague) == {str(city.staff.id), str(city.colleague.id)}
    assert await seen_by("employee", city.leader) == {str(city.leader.id)}


async def test_a_person_out_of_sight_does_not_exist(api: SignIn, city: given.City) -> None:
    staff = await api("employee", employee=city.staff)
    assert (await staff.get(f"/employees/{city.stranger.id}")).status_code == 404
    assert (await staff.get(f"/employees/{uuid4()}")).status_code == 404


async def test_both_heads_see_a_person_with_a_concurrent_post(api: SignIn, db: AsyncSession, city: given.City) -> None:
    await given.post(db, city.stranger, city.section, kind=PostKind.CONCURRENT)
    head = await api("employee", employee=city.section_head)
    assert (await head.get(f"/employees/{city.stranger.id}")).status_code == 200
    listed = (await head.get("/employees", params={"employee_number": city.stranger.employee_number})).json()
    assert listed["metadata"]["resultset"]["count"] == 1


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
    response = await hr.patch(f"/employees/{clerk.id}", json=changed, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text
    for day, in_scope in (("2026-03-31", False), ("2026-04-01", True)):
        assert (await hr.get(f"/employees/{clerk.id}", params={"as_of": day})).json()["in_scope"] is in_scope
    for number in (clerk.employee_number, "R00099"):  # the former number still finds the person
        found = (await hr.get("/employees", params={"employee_number": number})).json()["results"]
        assert [row["id"] for row in found] == [str(clerk.id)]


async def test_terms_changed_on_their_first_day_are_corrected(api: SignIn, db: AsyncSession, city: given.City) -> None:
    hr = await api("hr")
    for job_service in ("medical", "labor"):
        changes = {"job_service": job_service, "effective_on": "2026-04-01"}
        response = await hr.patch(f"/employees/{city.staff.id}", json=changes, headers={"If-Match": "*"})
        assert response.status_code == 200, response.text
    for day, job_service in (("2026-03-31", "administrative"), ("2026-04-01", "labor")):
        person = (await hr.get(f"/employees/{city.staff.id}", params={"as_of": day})).json()
        assert person["job_service"] == job_service
    terms = select(col(Employment.valid_from), col(Employment.valid_to)).where(
        col(Employment.employee_id) == city.staff.id
    )
    expected = [(given.START, date(2026, 4, 1)), (date(2026, 4, 1), None)]
    assert sorted(tuple(row) for row in await db.execute(terms)) == expected


@pytest.mark.parametrize("effective_on", ["2020-03-31", "2026-10-01"])
async def test_terms_cannot_change_on_a_day_not_employed(api: SignIn, city: given.City, effective_on: str) -> None:
    hr, url = await api("hr"), f"/employees/{city.staff.id}"
    await hr.patch(url, json={"left_on": "2026-10-01"}, headers={"If-Match": "*"})
    changes = {"job_service": "labor", "effective_on": effective_on}
    response = await hr.patch(url, json=changes, headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (422, "outside_employment")


async def test_leaving_ends_terms_and_posts_and_deletes_nothing(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    response = await hr.patch(f"/employees/{city.staff.id}", json={"left_on": "2026-10-01"}, headers={"If-Match": "*"})
    assert response.json()["status"] == "left"
    before = (await hr.get(f"/employees/{city.staff.id}", params={"as_of": "2026-09-30"})).json()
    assert (before["status"], before["primary_post"]["org_unit_code"]) == ("active", "T1")


@pytest.mark.parametrize("text", ["吉田", "𠮷田", "よしだ", "ﾖｼﾀﾞ", "ヨシダ　ハナコ"])
async def test_search_finds_names_however_they_are_written(api: SignIn, city: given.City, text: str) -> None:
    hr = await api("hr")
    found = (await hr.get("/employees", params={"q": text})).json()["results"]
    assert [row["name"] for row in found] == ["𠮷田 花子"]  # kept byte for byte


@pytest.mark.parametrize("wildcard", ["%", "_", "\\"])
async def test_search_takes_wildcards_literally(api: SignIn, city: given.City, wildcard: str) -> None:
    assert (await (await api("hr")).get("/employees", params={"q": wildcard})).json()["results"] == []


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
