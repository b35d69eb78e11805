import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.roles import queries
from app.roles.enums import Decision
from app.roles.models import RoleAssignment
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given

TODAY = clock.today()

TOMORROW = TODAY + timedelta(1)

JSON = {"Content-Type": "application/json"}

MANAGER = {
    "code": "steward",
    "name": "データ管理者",
    "basis": "post",
    "position_ranks": ["section_head"],
    "valid_from": "2027-04-01",
}


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


def placing(person: Any, unit: Any, **more: Any) -> dict[str, Any]:
    return {
        "employee_id": str(person.id),
        "role_code": "leader",
        "org_unit_id": str(unit.id),
        "valid_from": str(TODAY),
        **more,
    }


async def rows(client: AsyncClient, path: str = "/role_assignments", **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


async def nominate(api: SignIn, city: people.City) -> dict[str, Any]:
    head = await api("employee", employee=city.section_head)
    answer = await head.post("/role_assignments", json=placing(city.leader, city.section))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_roles_of_the_day_are_read_by_everyone(api: SignIn, city: people.City) -> None:
    listed = await rows(await api("employee"), "/roles", sort="ordinal")
    assert [role["code"] for role in listed] == list(given.ROLES)
    assert listed[0]["sub_tiers"][0]["position_ranks"] == ["department_head"]


async def test_a_role_is_closed_and_followed_by_another_definition(api: SignIn, city: people.City) -> None:
    client = await api("information")
    manager = (await rows(client, "/roles", code="manager"))[0]
    successor = MANAGER | {"code": "manager"}
    assert (await client.post("/roles", json=successor)).json()["code"] == "duplicate_role_code"
    closed = await client.patch(f"/roles/{manager['id']}", json={"valid_to": "2027-04-01"}, headers={"If-Match": "*"})
    assert closed.status_code == 200, closed.text
    assert (await client.post("/roles", json=successor)).status_code == 201
    then = await rows(client, "/roles", code="manager", as_of="2027-04-01")
    assert then[0]["position_ranks"] == ["section_head"]


async def test_sub_tiers_are_patched_as_a_whole(api: SignIn, city: people.City) -> None:
    client = await api("information")
    manager = (await rows(client, "/roles", code="manager"))[0]
    changed = await client.patch(
        f"/roles/{manager['id']}", json={"sub_tiers": given.SUB_TIERS[:1]}, headers={"If-Match": "*"}
    )
    assert [tier["code"] for tier in changed.json()["sub_tiers"]] == ["department_head"]


async def test_a_role_keeps_its_code(api: SignIn, city: people.City) -> None:
    client = await api("information")
    role = (await rows(client, "/roles"))[0]
    answer = await client.patch(f"/roles/{role['id']}", json={"code": "boss"}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (422, "role_code_immutable")


async def test_only_a_role_that_has_not_begun_is_deleted(api: SignIn, city: people.City) -> None:
    client = await api("information")
    coming = (await client.post("/roles", json=MANAGER)).json()
    etag = (await client.get(f"/roles/{coming['id']}")).headers["ETag"]
    assert (await client.delete(f"/roles/{coming['id']}", headers={"If-Match": etag})).status_code == 204
    running = (await rows(client, "/roles"))[0]
    refused = await client.delete(f"/roles/{running['id']}", headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (409, "role_in_force")


@pytest.mark.parametrize(
    ("spoilt", "pointer"),
    [
        ({"position_ranks": ["section_head", "mayor"]}, "/position_ranks/1"),
        ({"basis": "unit", "position_ranks": [], "org_unit_codes": ["NOWHERE"]}, "/org_unit_codes/0"),
        ({"position_ranks": []}, "/position_ranks"),
        ({"job_categories": ["nurse"]}, "/job_categories"),
        ({"sub_tiers": [{"code": "a", "name": "a", "position_ranks": ["chief"]}]}, "/sub_tiers"),
        ({"sub_tiers": [{"code": "a", "name": "a\0", "position_ranks": ["chief"]}]}, "/sub_tiers/0/name"),
        ({"sub_tiers": [{"code": "a", "name": "a", "position_ranks": ["chief"], "x": 1}]}, "/sub_tiers/0/x"),
        ({"basis": "wish"}, "/basis"),
        ({"ordinal": 2**40}, "/ordinal"),
        ({"valid_to": "2027-04-01"}, "/valid_to"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_bad_role_names_the_member(
    api: SignIn, city: people.City, spoilt: dict[str, Any], pointer: str
) -> None:
    answer = await (await api("training")).post("/roles", json=MANAGER | spoilt)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_policy_is_edited_by_its_offices_alone(api: SignIn, city: people.City) -> None:
    for grant in ("employee", "hr", "auditor", "clerk"):
        assert (await (await api(grant)).post("/roles", json=MANAGER)).status_code == 403


async def test_the_list_holds_appointed_and_derived_with_their_basis(
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


async def test_a_unit_stands_for_all_below_it(api: SignIn, city: people.City) -> None:
    client = await api("information")
    found = await rows(client, org_unit_id=str(city.section.id), role_code="general")
    assert {row["org_unit_code"] for row in found} == {"S1", "T1"}


async def test_a_derived_assignment_keeps_its_id_and_is_not_changed(api: SignIn, city: people.City) -> None:
    client = await api("admin")
    derived = (await rows(client, basis="unit"))[0]
    again = await client.get(f"/role_assignments/{derived['id']}", params={"as_of": str(TODAY)})
    assert again.json() == derived | {"as_of": str(TODAY)}
    for verb, path, body in (
        ("POST", "/end", {"valid_to": str(TOMORROW), "end_reason": "x"}),
        ("POST", "/approval", None),
        ("PATCH", "", {"letter_number": "1"}),
    ):
        answer = await client.request(
            verb, f"/role_assignments/{derived['id']}{path}", json=body, headers={"If-Match": "*"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "assignment_is_derived")


async def test_a_nomination_waits_for_the_information_division(api: SignIn, city: people.City) -> None:
    nominated = await nominate(api, city)
    assert (nominated["status"], nominated["allowed_actions"]) == ("nominated", [])
    client = await api("information")
    waiting = (await rows(client, status="nominated"))[0]
    assert waiting["allowed_actions"] == ["approval", "rejection"]
    approved = await client.post(f"/role_assignments/{waiting['id']}/approval")
    assert (approved.json()["status"], approved.json()["allowed_actions"]) == ("active", ["end"])
    twice = await client.post(f"/role_assignments/{waiting['id']}/approval")
    assert (twice.status_code, twice.json()["code"]) == (409, "nomination_already_decided")


async def test_a_nomination_is_returned_with_a_reason(api: SignIn, city: people.City) -> None:
    nominated = await nominate(api, city)
    client = await api("information")
    path = f"/role_assignments/{nominated['id']}/rejection"
    returned = await client.post(path, json={"end_reason": "別の候補を"})
    assert (returned.json()["status"], returned.json()["end_reason"]) == ("rejected", "別の候補を")
    assert (await nominate(api, city))["status"] == "nominated"


async def test_a_head_nominates_only_members_for_the_own_unit(api: SignIn, city: people.City) -> None:
    head = await api("employee", employee=city.section_head)
    for person, unit in ((city.stranger, city.section), (city.leader, city.other_section)):
        answer = await head.post("/role_assignments", json=placing(person, unit))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")
    staff = await api("employee", employee=city.staff)
    assert (await staff.post("/role_assignments", json=placing(city.staff, city.team))).status_code == 403


async def test_an_acting_head_nominates_too(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await people.post(db, city.leader, city.other_section, "section_head", PostKind.ACTING)
    acting = await api("employee", employee=city.leader)
    answer = await acting.post("/role_assignments", json=placing(city.stranger, city.other_section))
    assert (answer.status_code, answer.json()["status"]) == (201, "nominated")


async def test_whoever_may_appoint_appoints_at_once_and_only_once(api: SignIn, city: people.City) -> None:
    client = await api("information")
    placed = await client.post("/role_assignments", json=placing(city.leader, city.section))
    assert (placed.status_code, placed.json()["status"]) == (201, "active")
    assert placed.headers["Location"].endswith(placed.json()["id"])
    again = await client.post("/role_assignments", json=placing(city.leader, city.section))
    assert (again.status_code, again.json()["code"]) == (409, "already_appointed")


async def test_an_appointment_ends_and_the_past_stays(api: SignIn, db: AsyncSession, city: people.City) -> None:
    made = await given.appointment(db, city.leader, city.section)
    client = await api("information")
    ended = await client.post(
        f"/role_assignments/{made.id}/end", json={"valid_to": str(TOMORROW), "end_reason": "異動"}
    )
    assert (ended.json()["status"], ended.json()["valid_to"]) == ("active", str(TOMORROW))
    assert len(await rows(client, role_code="leader")) == 1
    assert await rows(client, role_code="leader", as_of=str(TOMORROW)) == []
    kept = await rows(client, role_code="leader", as_of=str(TOMORROW), status="ended")
    assert kept[0]["end_reason"] == "異動"
    after = await client.post(f"/role_assignments/{made.id}/end", json={"valid_to": "2199-01-01", "end_reason": "再度"})
    assert (after.status_code, after.json()["code"]) == (409, "appointment_not_active")


async def test_an_appointment_not_begun_is_cancelled(api: SignIn, db: AsyncSession, city: people.City) -> None:
    made = await given.appointment(db, city.leader, city.section, since=TOMORROW)
    client = await api("information")
    coming = await client.get(f"/role_assignments/{made.id}")
    assert (coming.json()["status"], coming.json()["allowed_actions"]) == ("upcoming", ["end"])
    body = {"valid_to": str(TODAY), "end_reason": "取りやめ"}
    assert (await client.post(f"/role_assignments/{made.id}/end", json=body)).json()["status"] == "cancelled"


async def test_a_transferred_leader_s_appointment_lapses(api: SignIn, db: AsyncSession, city: people.City) -> None:
    made = await given.appointment(db, city.stranger, city.section)
    answer = await (await api("information")).get(f"/role_assignments/{made.id}")
    assert answer.json()["status"] == "lapsed"


async def test_an_appointment_is_corrected_with_its_version(api: SignIn, db: AsyncSession, city: people.City) -> None:
    made = await given.appointment(db, city.leader, city.section)
    client = await api("information")
    path = f"/role_assignments/{made.id}"
    etag = (await client.get(path)).headers["ETag"]
    assert (await client.patch(path, json={"letter_number": "第1号"})).status_code == 428
    corrected = await client.patch(path, json={"letter_number": "第1号"}, headers={"If-Match": etag})
    assert corrected.json()["letter_number"] == "第1号", corrected.text
    stale = await client.patch(path, json={"letter_number": "第2号"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    moved = await client.patch(path, json={"org_unit_id": str(city.team.id)}, headers={"If-Match": "*"})
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "/org_unit_id")


@pytest.mark.parametrize(
    ("spoilt", "code", "pointer"),
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
    api: SignIn, city: people.City, spoilt: dict[str, Any], code: str, pointer: str
) -> None:
    client = await api("information")
    body = placing(city.leader, city.section) | spoilt
    answer = await client.post("/role_assignments", content=json.dumps(body), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await rows(client, role_code="leader") == []


async def test_nobody_is_appointed_where_nobody_works_or_nothing_stands(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    client = await api("information")
    idle = await people.employee(db)
    closed = await people.unit(db, "OLD", valid_to=date(2021, 4, 1))
    answers = [
        await client.post("/role_assignments", json=placing(idle, city.section)),
        await client.post("/role_assignments", json=placing(city.leader, closed)),
    ]
    assert [answer.json()["code"] for answer in answers] == ["no_primary_post", "unit_not_in_force"]


@pytest.mark.parametrize("params", [{"status": "retired"}, {"sort": "name"}, {"cursor": "x"}, {"colour": "red"}])
async def test_a_bad_question_is_refused(api: SignIn, city: people.City, params: dict[str, str]) -> None:
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


async def test_what_one_may_not_see_does_not_exist(api: SignIn, db: AsyncSession, city: people.City) -> None:
    made = await given.appointment(db, city.leader, city.section)
    stranger = await api("employee", employee=city.stranger)
    assert (await stranger.get(f"/role_assignments/{made.id}")).status_code == 404
    assert (await stranger.post(f"/role_assignments/{made.id}/approval")).status_code == 403


async def test_lists_make_as_many_statements_for_one_row_as_for_all(
    api: SignIn, city: people.City, statements: Callable[[], Any]
) -> None:
    client = await api("information")
    for path in ("/roles", "/role_assignments", "/role_vacancies"):
        counted = []
        for limit in (1, 200):
            with statements() as seen:
                await client.get(path, params={"limit": limit})
            counted.append(len(seen))
        assert counted == [3, 2], path  # the caller, the page, and the count unless the page tells it


async def vacant(client: AsyncClient, day: date = TODAY) -> dict[str, int]:
    found = await rows(client, "/role_vacancies", as_of=str(day))
    return {row["org_unit"]["code"]: row["days_open"] for row in found}


async def test_a_unit_without_a_leader_is_vacant_since_it_began(api: SignIn, city: people.City) -> None:
    days = (TODAY - people.START).days
    assert await vacant(await api("information")) == {"S1": days, "S2": days}


async def test_a_vacancy_counts_from_the_day_that_the_last_leader_left(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    moved = await people.employee(db)
    await people.post(db, moved, city.section, valid_to=TODAY - timedelta(10))
    await people.post(db, moved, city.medical_center, since=TODAY - timedelta(10))
    await given.appointment(db, moved, city.section)
    await given.appointment(db, city.stranger, city.other_section, valid_to=TODAY - timedelta(3))
    client = await api("information")
    assert await vacant(client) == {"S1": 10, "S2": 3}
    assert "S1" not in await vacant(client, TODAY - timedelta(11))


async def test_a_leader_of_the_department_covers_its_sections_and_one_may_lead_two(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    client = await api("information")
    await given.appointment(db, city.staff, city.other_section, home=city.team)
    await given.appointment(db, city.leader, city.section)
    await given.appointment(db, city.staff, city.section)
    assert await vacant(client) == {}
    assert len(await rows(client, role_code="leader", org_unit_id=str(city.section.id))) == 2
    await given.appointment(db, city.department_head, city.department)
    assert await vacant(client) == {}


async def test_a_nomination_fills_no_vacancy(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section, status=Decision.NOMINATED)
    assert set(await vacant(await api("information"))) == {"S1", "S2"}


async def test_vacancies_are_seen_in_the_own_unit(api: SignIn, city: people.City) -> None:
    assert set(await vacant(await api("employee", employee=city.section_head))) == {"S1"}
    assert set(await vacant(await api("employee", employee=city.department_head))) == {"S1", "S2"}
    assert await vacant(await api("employee", employee=city.advisor)) == {}


async def test_a_retry_of_an_appointment_answers_the_same(api: SignIn, city: people.City) -> None:
    client = await api("information", **{"Idempotency-Key": "leader-1"})
    first = await client.post("/role_assignments", json=placing(city.leader, city.section))
    second = await client.post("/role_assignments", json=placing(city.leader, city.section))
    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_held_roles_say_since_when_across_transfers(db: AsyncSession, city: people.City) -> None:
    head = await people.employee(db)
    for unit, rank, start, end in (
        (city.section, "staff", people.START, date(2024, 4, 1)),
        (city.section, "section_head", date(2024, 4, 1), date(2025, 4, 1)),
        (city.other_section, "section_head", date(2025, 4, 1), None),
    ):
        await people.post(db, head, unit, rank, since=start, valid_to=end)
    held = await queries.held_roles(db, head.id, AsOf(TODAY, TODAY))
    assert [(role.role_code, role.sub_tier, role.since) for role in held] == [
        ("manager", "section_head", date(2024, 4, 1))
    ]


async def test_the_log_has_the_appointment(api: SignIn, db: AsyncSession, city: people.City) -> None:
    client = await api("admin")
    placed = (await client.post("/role_assignments", json=placing(city.leader, city.section))).json()
    entries = await rows(client, "/audit_entries", record_id=placed["id"])
    assert [(entry["action"], entry["resource"]) for entry in entries] == [("created", RoleAssignment.__tablename__)]
