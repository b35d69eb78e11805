import json
from datetime import date, timedelta
from typing import Any
from uuid import RFC_4122, UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.roles.models import RoleAssignment
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import assignment_body, rows

TODAY = clock.today()
TOMORROW = TODAY + timedelta(1)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def test_the_list_has_appointments_and_derived_assignments(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    await given.appointment(db, city.leader, city.section)
    held = {(row["employee_id"], row["role_code"], row["basis"]) for row in await rows(await api("information"))}
    assert held == {
        (str(city.department_head.id), "manager", "post"),
        (str(city.section_head.id), "manager", "post"),
        (str(city.leader.id), "leader", "appointment"),
        (str(city.advisor.id), "advisor", "unit"),
        *((str(person.id), "general", "residual") for person in (city.staff, city.colleague, city.stranger)),
    }


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"basis": "post"}, 2),
        ({"role_code": "general,advisor"}, 5),
        ({"role_code": "manager", "sort": "-valid_from"}, 2),
        ({"status": "ended"}, 0),
    ],
)
async def test_the_list_is_filtered(api: SignIn, city: people.City, params: dict[str, str], expected: int) -> None:
    assert len(await rows(await api("information"), **params)) == expected


async def test_a_unit_includes_those_below_it(api: SignIn, city: people.City) -> None:
    client = await api("information")
    found = await rows(client, org_unit_id=str(city.section.id), role_code="general")
    assert {row["org_unit_code"] for row in found} == {"S1", "T1"}


async def test_a_derived_assignment_keeps_its_id_and_cannot_be_changed(api: SignIn, city: people.City) -> None:
    client = await api("admin")
    derived = (await rows(client, basis="unit"))[0]
    again = await client.get(f"/role_assignments/{derived['id']}", params={"as_of": str(TODAY)})
    assert again.json() == derived | {"as_of": str(TODAY)}
    assert (UUID(derived["id"]).version, UUID(derived["id"]).variant) == (8, RFC_4122)
    for verb, path, body in (
        ("POST", "/end", {"valid_to": str(TOMORROW), "end_reason": "x"}),
        ("POST", "/approval", None),
        ("PATCH", "", {"letter_number": "1"}),
    ):
        response = await client.request(
            verb, f"/role_assignments/{derived['id']}{path}", json=body, headers={"If-Match": "*"}
        )
        assert (response.status_code, response.json()["code"]) == (409, "assignment_is_derived")


async def test_an_office_appoints_at_once_and_only_once(api: SignIn, city: people.City) -> None:
    client = await api("information")
    placed = await client.post("/role_assignments", json=assignment_body(city.leader, city.section))
    assert (placed.status_code, placed.json()["status"]) == (201, "active")
    assert placed.headers["Location"].endswith(placed.json()["id"])
    again = await client.post("/role_assignments", json=assignment_body(city.leader, city.section))
    assert (again.status_code, again.json()["code"]) == (409, "already_appointed")


async def test_an_appointment_ends_and_the_past_stays(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await given.appointment(db, city.leader, city.section)
    client = await api("information")
    ended = await client.post(
        f"/role_assignments/{appointment.id}/end", json={"valid_to": str(TOMORROW), "end_reason": "異動"}
    )
    assert (ended.json()["status"], ended.json()["valid_to"]) == ("active", str(TOMORROW))
    assert len(await rows(client, role_code="leader")) == 1
    assert await rows(client, role_code="leader", as_of=str(TOMORROW)) == []
    kept = await rows(client, role_code="leader", as_of=str(TOMORROW), status="ended")
    assert kept[0]["end_reason"] == "異動"
    after = await client.post(
        f"/role_assignments/{appointment.id}/end", json={"valid_to": "2199-01-01", "end_reason": "再度"}
    )
    assert (after.status_code, after.json()["code"]) == (409, "appointment_not_active")


async def test_an_appointment_not_begun_is_cancelled(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await given.appointment(db, city.leader, city.section, since=TOMORROW)
    client = await api("information")
    coming = await client.get(f"/role_assignments/{appointment.id}")
    assert (coming.json()["status"], coming.json()["allowed_actions"]) == ("upcoming", ["end"])
    body = {"valid_to": str(TODAY), "end_reason": "取りやめ"}
    assert (await client.post(f"/role_assignments/{appointment.id}/end", json=body)).json()["status"] == "cancelled"


async def test_a_transferred_leader_s_appointment_lapses(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await given.appointment(db, city.stranger, city.section)
    response = await (await api("information")).get(f"/role_assignments/{appointment.id}")
    assert response.json()["status"] == "lapsed"


async def test_an_appointment_is_corrected_with_its_version(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await given.appointment(db, city.leader, city.section)
    client = await api("information")
    path = f"/role_assignments/{appointment.id}"
    etag = (await client.get(path)).headers["ETag"]
    assert (await client.patch(path, json={"letter_number": "第1号"})).status_code == 428
    corrected = await client.patch(path, json={"letter_number": "第1号"}, headers={"If-Match": etag})
    assert corrected.json()["letter_number"] == "第1号", corrected.text
    stale = await client.patch(path, json={"letter_number": "第2号"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    moved = await client.patch(path, json={"org_unit_id": str(city.team.id)}, headers={"If-Match": "*"})
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "/org_unit_id")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"role_code": "wizard"}, "unknown_role", "/role_code"),
        ({"role_code": "manager"}, "role_not_appointable", "/role_code"),
        ({"employee_id": str(uuid4())}, "unknown_employee", "/employee_id"),
        ({"org_unit_id": str(uuid4())}, "unknown_unit", "/org_unit_id"),
        ({"valid_from": "2001-01-01"}, "unknown_role", "/role_code"),
        ({"valid_to": str(TODAY)}, "invalid", "/valid_to"),
        ({"letter_number": "a\0"}, "invalid", "/letter_number"),
        ({"letter_number": "\ud800"}, "invalid", "/letter_number"),
        ({"status": "active"}, "invalid", "/status"),
    ],
)
async def test_a_bad_appointment_names_the_member(
    api: SignIn, city: people.City, changes: dict[str, Any], code: str, pointer: str
) -> None:
    client = await api("information")
    body = assignment_body(city.leader, city.section) | changes
    response = await client.post("/role_assignments", content=json.dumps(body), headers=JSON)
    assert (response.status_code, response.json()["code"]) == (422, code), response.text
    assert response.json()["errors"][0]["pointer"] == pointer
    assert await rows(client, role_code="leader") == []


async def test_an_appointment_needs_a_primary_post_and_a_unit_in_force(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    client = await api("information")
    idle = await people.employee(db)
    closed = await people.unit(db, "OLD", valid_to=date(2021, 4, 1))
    responses = [
        await client.post("/role_assignments", json=assignment_body(idle, city.section)),
        await client.post("/role_assignments", json=assignment_body(city.leader, closed)),
    ]
    assert [response.json()["code"] for response in responses] == ["no_primary_post", "unit_not_in_force"]


@pytest.mark.parametrize("params", [{"status": "retired"}, {"sort": "name"}, {"cursor": "x"}, {"colour": "red"}])
async def test_a_bad_query_is_refused(api: SignIn, city: people.City, params: dict[str, str]) -> None:
    assert (await (await api("information")).get("/role_assignments", params=params)).status_code == 422


async def test_who_sees_which_assignments(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section)
    await given.appointment(db, city.stranger, city.other_section)

    async def seen_by(person: Any) -> set[str]:
        return {row["employee_id"] for row in await rows(await api("employee", employee=person))}

    assert await seen_by(city.staff) == {str(city.staff.id)}
    below = (city.section_head, city.leader, city.staff, city.colleague)
    assert await seen_by(city.section_head) == {str(person.id) for person in below}
    assert await seen_by(city.leader) == {str(city.leader.id), str(city.stranger.id)}
    assert len(await seen_by(city.department_head)) == 7


@pytest.mark.parametrize("leads_unit", [True, False])
async def test_only_a_role_that_leads_its_unit_opens_figures_and_the_network(
    api: SignIn, db: AsyncSession, city: people.City, leads_unit: bool
) -> None:
    await given.role(db, "observer", leads_unit=leads_unit)
    await given.appointment(db, city.staff, city.section, role_code="observer")
    await given.appointment(db, city.leader, city.section)
    observer = await api("employee", employee=city.staff)
    assert (await observer.get("/me")).json()["led_unit_ids"] == [str(city.section.id)] * leads_unit
    assert (await observer.get("/skill_gaps")).status_code == (200 if leads_unit else 403)
    seen = {row["employee_id"] for row in await rows(observer)}
    assert (str(city.leader.id) in seen) is leads_unit


async def test_an_assignment_out_of_sight_does_not_exist(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await given.appointment(db, city.leader, city.section)
    stranger = await api("employee", employee=city.stranger)
    assert (await stranger.get(f"/role_assignments/{appointment.id}")).status_code == 404
    assert (await stranger.post(f"/role_assignments/{appointment.id}/approval")).status_code == 403


async def test_a_retried_appointment_gets_the_same_response(api: SignIn, city: people.City) -> None:
    client = await api("information", **{"Idempotency-Key": "leader-1"})
    first = await client.post("/role_assignments", json=assignment_body(city.leader, city.section))
    second = await client.post("/role_assignments", json=assignment_body(city.leader, city.section))
    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_held_roles_know_since_when_across_transfers(db: AsyncSession, city: people.City) -> None:
    head = await people.employee(db)
    for unit, rank, start, end in (
        (city.section, "staff", people.START, date(2024, 4, 1)),
        (city.section, "section_head", date(2024, 4, 1), date(2025, 4, 1)),
        (city.other_section, "section_head", date(2025, 4, 1), None),
    ):
        await people.post(db, head, unit, rank, since=start, valid_to=end)
    held = await given.held_roles(db, head.id)
    assert [(role.role_code, role.sub_tier, role.since) for role in held] == [
        ("manager", "section_head", date(2024, 4, 1))
    ]


async def test_the_audit_log_has_the_appointment(api: SignIn, db: AsyncSession, city: people.City) -> None:
    client = await api("admin")
    placed = (await client.post("/role_assignments", json=assignment_body(city.leader, city.section))).json()
    entries = await rows(client, "/audit_entries", record_id=placed["id"])
    assert [(entry["action"], entry["resource"]) for entry in entries] == [("created", RoleAssignment.__tablename__)]
