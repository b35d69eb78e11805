"""Appointments to a unit that closes: they end with it, or pass to its successor, as the unit says."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Employee, OrgUnit
from app.roles.enums import Decision
from app.roles.models import RoleAssignment
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import assignment_body, rows
from tests.roles.test_standing_on import standing

TODAY = clock.today()
CLOSES = TODAY + timedelta(10)


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def closing(db: AsyncSession, city: people.City, code: str = "OLD") -> OrgUnit:
    return await people.unit(db, code, parent=city.department, needs_leader=True)


async def opening(db: AsyncSession, city: people.City, code: str = "NEW", day: date = CLOSES) -> OrgUnit:
    return await people.unit(db, code, parent=city.department, needs_leader=True, valid_from=day)


async def moving(db: AsyncSession, *stints: tuple[OrgUnit, date]) -> Employee:
    """Works in each unit from the day on, one after another."""
    person = await people.employee(db)
    ends = [*(day for _, day in stints[1:]), None]
    for (unit, day), end in zip(stints, ends, strict=True):
        await people.post(db, person, unit, since=day, valid_to=end)
    return person


async def close(api: SignIn, unit: OrgUnit, *successors: OrgUnit, day: date = CLOSES, pass_on: bool = True) -> None:
    body = {"valid_to": str(day), "successor_ids": [str(one.id) for one in successors], "appointments_pass_on": pass_on}
    closed = await (await api("hr")).patch(f"/org_units/{unit.id}", json=body, headers=ANY_VERSION)
    assert closed.status_code == 200, closed.text
    assert closed.json()["appointments_pass_on"] is pass_on


async def shown(client: AsyncClient, appointment: RoleAssignment, day: date) -> Any:
    response = await client.get(f"/role_assignments/{appointment.id}", params={"as_of": str(day)})
    assert response.status_code == 200, response.text
    return response.json()


async def vacant(client: AsyncClient, day: date, *units: OrgUnit) -> dict[str, tuple[str, int]]:
    codes = {unit.code for unit in units}
    found = await rows(client, "/role_vacancies", as_of=str(day))
    return {
        row["org_unit"]["code"]: (row["reason"], row["days_open"]) for row in found if row["org_unit"]["code"] in codes
    }


@pytest.mark.parametrize("pass_on", [False, True])
async def test_an_appointment_ends_with_its_unit_or_passes_to_the_successor(
    api: SignIn, db: AsyncSession, city: people.City, pass_on: bool
) -> None:
    old, new = await closing(db, city), await opening(db, city)
    leader = await moving(db, (old, people.START), (new, CLOSES))
    appointment = await given.appointment(db, leader, old)
    await close(api, old, new, pass_on=pass_on)
    client, eve = await api("information"), CLOSES - timedelta(1)
    before, after = await shown(client, appointment, eve), await shown(client, appointment, CLOSES)
    assert (before["status"], before["org_unit_code"], before["end_cause"]) == ("active", "OLD", None)
    assert await vacant(client, eve, old, new) == {}
    led = (await standing(db, leader, eve))[3], (await standing(db, leader, CLOSES))[3]
    if pass_on:
        assert (after["status"], after["org_unit_code"], after["valid_to"]) == ("active", "NEW", None)
        assert await vacant(client, CLOSES, old, new) == {}
        assert led == ([old.id], [new.id])
    else:
        assert (after["status"], after["end_cause"], after["valid_to"]) == ("ended", "unit_closed", str(CLOSES))
        assert await vacant(client, CLOSES + timedelta(3), old, new) == {"NEW": ("unit_closed", 3)}
        assert led == ([old.id], None)
    listed = await rows(client, role_code="leader", as_of=str(CLOSES), org_unit_id=str(new.id))
    assert len(listed) == pass_on


async def test_the_leaders_of_two_merged_units_both_lead_the_successor(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    new = await opening(db, city)
    for code in ("A", "B"):
        old = await closing(db, city, code)
        await given.appointment(db, await moving(db, (old, people.START), (new, CLOSES)), old)
        await close(api, old, new)
    led = await rows(await api("information"), role_code="leader", as_of=str(CLOSES), org_unit_id=str(new.id))
    assert [row["org_unit_code"] for row in led] == ["NEW", "NEW"]


async def test_an_appointment_passes_on_again_until_a_unit_ends_it(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    later, last = CLOSES + timedelta(5), CLOSES + timedelta(9)
    old, middle = await closing(db, city), await opening(db, city, "MIDDLE")
    new, final = await opening(db, city, "NEW", later), await opening(db, city, "FINAL", last)
    leader = await moving(db, (old, people.START), (middle, CLOSES), (new, later), (final, last))
    appointment = await given.appointment(db, leader, old)
    await close(api, old, middle)
    await close(api, middle, new, day=later)
    await close(api, new, final, day=last, pass_on=False)
    client, days = await api("information"), (CLOSES - timedelta(1), CLOSES, later, last)
    states = [await shown(client, appointment, day) for day in days]
    assert [(state["status"], state["org_unit_code"]) for state in states] == [
        ("active", "OLD"),
        ("active", "MIDDLE"),
        ("active", "NEW"),
        ("ended", "NEW"),
    ]
    assert await vacant(client, last, middle, new, final) == {"FINAL": ("unit_closed", 0)}


async def test_an_appointment_to_a_divided_unit_passes_to_the_part_in_which_the_person_works(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    old = await closing(db, city)
    parts = [await opening(db, city, code) for code in ("PART1", "PART2")]
    member = await moving(db, (old, people.START), (parts[1], CLOSES))
    appointment = await given.appointment(db, member, old)
    from_elsewhere = await given.appointment(db, city.stranger, old, home=city.other_section)
    await close(api, old, *parts)
    client = await api("information")
    assert (await shown(client, appointment, CLOSES))["org_unit_code"] == "PART2"
    ended = await shown(client, from_elsewhere, CLOSES)
    assert (ended["status"], ended["end_cause"]) == ("ended", "unit_closed")
    assert await vacant(client, CLOSES, *parts) == {"PART1": ("unit_closed", 0)}


async def test_a_term_that_ends_before_its_unit_ends_as_was_decided(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    old, new = await closing(db, city), await opening(db, city)
    leader = await moving(db, (old, people.START), (new, CLOSES))
    appointment = await given.appointment(db, leader, old, valid_to=CLOSES - timedelta(2))
    await close(api, old, new)
    ended = await shown(await api("information"), appointment, CLOSES)
    assert (ended["status"], ended["end_cause"], ended["valid_to"]) == ("ended", "term", str(CLOSES - timedelta(2)))


async def test_what_has_ended_with_its_unit_is_neither_ended_nor_renewed(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    old, new = await closing(db, city), await opening(db, city)
    appointment = await given.appointment(db, await moving(db, (old, people.START), (new, CLOSES)), old)
    await close(api, old, new, pass_on=False)
    with clock.travel(clock.start_of(CLOSES)):
        client = await api("information")
        assert (await shown(client, appointment, CLOSES))["allowed_actions"] == []
        path = f"/role_assignments/{appointment.id}"
        end = await client.post(f"{path}/end", json={"valid_to": str(CLOSES + timedelta(1)), "end_reason": "x"})
        renewal = await client.post(f"{path}/renewal", json={"valid_from": str(CLOSES)})
        codes = [response.json()["code"] for response in (end, renewal)]
    assert codes == ["appointment_not_active", "appointment_not_lapsed"]


async def test_one_is_appointed_to_a_unit_that_will_close_and_its_letter_is_corrected(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    old, new = await closing(db, city), await opening(db, city)
    leader = await moving(db, (old, people.START), (new, CLOSES))
    await close(api, old, new, pass_on=False)
    client = await api("information")
    placed = await client.post("/role_assignments", json=assignment_body(leader, old))
    assert (placed.status_code, placed.json()["valid_to"]) == (201, str(CLOSES))
    path = f"/role_assignments/{placed.json()['id']}"
    assert (await client.patch(path, json={"letter_number": "第9号"}, headers=ANY_VERSION)).status_code == 200
    late = await client.post("/role_assignments", json=assignment_body(leader, old, valid_from=str(CLOSES)))
    assert (late.status_code, late.json()["code"]) == (422, "unit_not_in_force")


@pytest.mark.parametrize("outdated", ["the unit has closed", "the person has left the unit", "the person has left"])
async def test_a_nomination_that_would_have_no_effect_is_not_approved(
    api: SignIn, db: AsyncSession, city: people.City, outdated: str
) -> None:
    old = await closing(db, city)
    new, person = await opening(db, city), await people.employee(db, city.information)
    if outdated != "the person has left":
        next_unit = new if outdated == "the unit has closed" else city.other_section
        person = await moving(db, (old, people.START), (next_unit, CLOSES))
    else:
        person = await people.employee(db)
        await people.post(db, person, old, valid_to=CLOSES)
    if outdated == "the unit has closed":
        await close(api, old, new, pass_on=False)
    nominated = await given.appointment(db, person, old, status=Decision.NOMINATED)
    path = f"/role_assignments/{nominated.id}"
    client = await api("information")
    assert (await client.get(path)).json()["allowed_actions"] == ["approval", "rejection"]
    with clock.travel(clock.start_of(CLOSES)):
        client = await api("information")
        refused = await client.post(f"{path}/approval")
        assert (refused.status_code, refused.json()["code"]) == (409, "nomination_outdated")
        assert (await client.get(path)).json()["allowed_actions"] == ["rejection"]
        assert (await client.post(f"{path}/rejection", json={"end_reason": "廃止"})).status_code == 200


SUCCESSORS = {
    "unknown": ("unknown_unit", "/successor_ids/0"),
    "itself": ("successor_not_in_force", "/successor_ids/0"),
    "already closed": ("successor_not_in_force", "/successor_ids/0"),
    "begins later": ("successor_not_in_force", "/successor_ids/0"),
    "one that it succeeds": ("successor_not_in_force", "/successor_ids/0"),
}


@pytest.mark.parametrize("which", SUCCESSORS)
async def test_a_successor_exists_when_the_unit_closes(
    api: SignIn, db: AsyncSession, city: people.City, which: str
) -> None:
    old = await closing(db, city)
    former = await people.unit(db, "FORMER", valid_to=CLOSES - timedelta(1), successor_ids=[old.id])
    late = await opening(db, city, "LATE", CLOSES + timedelta(1))
    closed = await people.unit(db, "CLOSED", valid_to=CLOSES)
    ids = {"itself": old.id, "already closed": closed.id, "begins later": late.id, "one that it succeeds": former.id}
    body = {"valid_to": str(CLOSES), "successor_ids": [str(ids.get(which, UUID(int=8)))]}
    refused = await (await api("hr")).patch(f"/org_units/{old.id}", json=body, headers=ANY_VERSION)
    assert refused.status_code == 422, refused.text
    assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == SUCCESSORS[which]


async def test_a_unit_that_stays_open_has_no_successor(api: SignIn, db: AsyncSession, city: people.City) -> None:
    body = {"successor_ids": [str(city.other_section.id)]}
    refused = await (await api("hr")).patch(f"/org_units/{city.section.id}", json=body, headers=ANY_VERSION)
    assert (refused.status_code, refused.json()["code"]) == (422, "successor_not_in_force")


@pytest.mark.parametrize("change", ["valid_from", "valid_to"])
async def test_a_successor_goes_on_existing_on_the_day_of_the_closing(
    api: SignIn, db: AsyncSession, city: people.City, change: str
) -> None:
    old, new = await closing(db, city), await opening(db, city, day=CLOSES - timedelta(1))
    await close(api, old, new)
    day = CLOSES + timedelta(1) if change == "valid_from" else CLOSES
    refused = await (await api("hr")).patch(f"/org_units/{new.id}", json={change: str(day)}, headers=ANY_VERSION)
    assert (refused.status_code, refused.json()["code"]) == (409, "unit_succeeds")
