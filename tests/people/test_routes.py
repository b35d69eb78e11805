import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from tests.fixtures import SignIn
from tests.people import given

APRIL = date(clock.fiscal_year(clock.today()) + 1, 4, 1)


async def test_a_person_has_one_primary_post_a_day(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    second = {
        "employee_id": str(city.staff.id),
        "org_unit_id": str(city.other_section.id),
        "position_rank": "staff",
        "valid_from": "2024-04-01",
    }
    response = await hr.post("/posts", json=second)
    assert response.status_code == 409
    assert response.json()["code"] == "overlapping_primary_post"
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


async def test_only_personnel_officers_see_an_unpublished_order(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    hr = await api("hr")
    await transfer(hr, db, city, published_on=clock.today() + timedelta(days=1))
    params = {"as_of": str(APRIL)}
    for grant, unit in (("hr", "S2"), ("training", "T1")):
        client = await api(grant)
        person = (await client.get(f"/employees/{city.staff.id}", params=params)).json()
        assert person["primary_post"]["org_unit_code"] == unit, grant
        listed = (await client.get("/employees", params=params | {"under": str(city.section.id)})).json()
        assert (str(city.staff.id) in {row["id"] for row in listed["results"]}) == (unit == "T1")
        held = (await client.get("/posts", params=params | {"employee_id": str(city.staff.id)})).json()["results"]
        assert [post["org_unit_id"] for post in held] == [str((city.team if unit == "T1" else city.other_section).id)]
    posts = (await (await api("training")).get("/posts", params={"employee_id": str(city.staff.id)})).json()["results"]
    assert [(post["valid_to"], post["end_published_on"]) for post in posts] == [(None, None)]


async def test_a_published_transfer_takes_effect_on_its_day(api: SignIn, db: AsyncSession, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    await transfer(hr, db, city, published_on=clock.today())
    for day, unit in ((APRIL - timedelta(days=1), "T1"), (APRIL, "S2")):
        person = (await training.get(f"/employees/{city.staff.id}", params={"as_of": str(day)})).json()
        assert person["primary_post"]["org_unit_code"] == unit


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
async def test_bad_input_names_the_field_and_changes_nothing(
    api: SignIn, city: given.City, changes: dict[str, Any], pointer: str
) -> None:
    hr = await api("hr")
    post = {
        "employee_id": str(city.staff.id),
        "org_unit_id": str(city.section.id),
        "position_rank": "staff",
        "kind": "concurrent",
        "valid_from": "2024-05-01",
    }
    response = await hr.post("/posts", content=json.dumps(post | changes), headers={"Content-Type": "application/json"})
    assert response.status_code == 422, response.text
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert (await hr.get("/posts", params={"employee_id": str(city.staff.id)})).json()["metadata"]["resultset"][
        "count"
    ] == 1


async def test_a_post_in_a_closed_unit_is_refused(api: SignIn, db: AsyncSession, city: given.City) -> None:
    closed = await given.unit(db, "OLD", valid_to=date(2023, 4, 1))
    hr = await api("hr")
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(closed.id), "position_rank": "staff"}
    response = await hr.post("/posts", json=post | {"kind": "concurrent", "valid_from": "2022-04-01"})
    assert response.json()["code"] == "unit_not_in_force"


async def test_units_have_a_lineage_never_move_and_close_last(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    child = {
        "code": "T9",
        "name": "新しい係",
        "level": "team",
        "parent_id": str(city.section.id),
        "valid_from": "2026-04-01",
    }
    created = (await hr.post("/org_units", json=child)).json()
    assert created["lineage"] == [str(u) for u in (city.department.id, city.section.id, created["id"])]
    moved = await hr.patch(f"/org_units/{created['id']}", json={"parent_id": None}, headers={"If-Match": "*"})
    assert moved.json()["code"] == "parent_immutable"
    closed = await hr.patch(f"/org_units/{city.section.id}", json={"valid_to": str(APRIL)}, headers={"If-Match": "*"})
    assert closed.json()["code"] == "unit_in_use"
    again = await hr.post("/org_units", json=child)
    assert again.json()["code"] == "duplicate_unit_code"


async def test_callers_without_permission_cannot_edit(api: SignIn, city: given.City) -> None:
    for grant in ("training", "auditor", "employee"):
        response = await (await api(grant)).post("/absences", json={})
        assert response.status_code == 403, grant


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
async def test_a_duplicate_is_a_conflict(api: SignIn, path: str, body: dict[str, Any], code: str) -> None:
    admin = await api("admin")
    first = await admin.post(path, json=body)
    assert first.status_code == 201, first.text
    assert (await admin.post(path, json=body)).json()["code"] == code
