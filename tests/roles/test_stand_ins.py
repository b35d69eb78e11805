"""A leader who is away for long makes a vacancy, and somebody may stand in."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Employee
from app.roles.models import RoleAssignment
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import assignment_body, rows
from tests.roles.test_standing_on import standing

TODAY = clock.today()
AWAY = TODAY - timedelta(5)
Absence = tuple[date, date | None]


def days(count: int) -> timedelta:
    return timedelta(count)


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


@pytest.fixture
async def appointment(db: AsyncSession, city: people.City) -> RoleAssignment:
    return await given.appointment(db, city.leader, city.section)


async def vacancy(client: AsyncClient, city: people.City, day: date = TODAY) -> Any:
    found = await rows(client, "/role_vacancies", org_unit_id=str(city.section.id), as_of=str(day))
    return (found[0]["reason"], found[0]["days_open"], found[0]["stand_in"]) if found else None


LONG: list[list[Absence]] = [
    [(AWAY, AWAY + days(365))],
    [(AWAY, None)],
    [(AWAY, AWAY + days(31))],
    [(AWAY, AWAY + days(20)), (AWAY + days(20), AWAY + days(40))],
]
SHORT: list[list[Absence]] = [
    [(AWAY, AWAY + days(30))],
    [(AWAY, AWAY + days(20)), (AWAY + days(21), AWAY + days(90))],
    [(TODAY + days(1), None)],
]


@pytest.mark.parametrize(("absences", "is_vacant"), [(one, True) for one in LONG] + [(one, False) for one in SHORT])
async def test_a_leader_away_for_longer_than_the_setting_is_a_vacancy_from_the_first_day(
    api: SignIn,
    db: AsyncSession,
    city: people.City,
    appointment: RoleAssignment,
    absences: list[Absence],
    is_vacant: bool,
) -> None:
    for since, until in absences:
        await people.absence(db, city.leader.id, since, until)
    client = await api("information")
    assert await vacancy(client, city) == (("away", 5, None) if is_vacant else None)
    assert await vacancy(client, city, AWAY - days(1)) is None
    filtered = await rows(client, "/role_vacancies", reason="away")
    assert [row["org_unit"]["code"] for row in filtered] == ["S1"] * is_vacant


async def test_the_setting_says_how_long(
    app: FastAPI, api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    await people.absence(db, city.leader.id, AWAY, AWAY + days(30))
    app.state.settings = app.state.settings.model_copy(update={"leader_absence_days": 29})
    assert await vacancy(await api("information"), city) == ("away", 5, None)


async def test_another_leader_who_is_present_covers_the_unit(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    await people.absence(db, city.leader.id, AWAY)
    second = await given.appointment(db, city.staff, city.section, since=AWAY + days(2))
    client = await api("information")
    assert await vacancy(client, city, AWAY + days(1)) == ("away", 1, None)
    assert await vacancy(client, city) is None
    await people.absence(db, city.staff.id, TODAY - days(1))
    assert await vacancy(client, city) == ("away", 1, None)
    assert second.stands_in_for_id is None


async def stand_in(client: AsyncClient, person: Employee, city: people.City, of: Any, **more: Any) -> Any:
    body = assignment_body(person, city.section, stands_in_for_id=str(of), **more)
    return await client.post("/role_assignments", json=body)


async def test_a_stand_in_is_named_holds_the_role_and_ends_with_the_return(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    back = TODAY + days(100)
    await people.absence(db, city.leader.id, AWAY, back)
    client = await api("information")
    placed = await stand_in(client, city.staff, city, appointment.id)
    assert (placed.status_code, placed.json()["status"], placed.json()["valid_to"]) == (201, "active", None)
    assert placed.json()["stands_in_for_id"] == str(appointment.id)
    named = {"employee_number": city.staff.employee_number, "employee_name": "𠮷田 花子"}
    assert await vacancy(client, city) == ("away", 5, named)
    assert (await standing(db, city.staff, TODAY))[3] == [city.section.id]
    assert await vacancy(client, city, back) is None
    path = f"/role_assignments/{placed.json()['id']}"
    ended = (await client.get(path, params={"as_of": str(back)})).json()
    assert (ended["status"], ended["end_cause"], ended["valid_to"]) == ("ended", "return", str(back))
    held = {row["employee_number"] for row in await rows(client, role_code="leader", as_of=str(back))}
    assert held == {city.leader.employee_number}


async def test_a_stand_in_who_is_away_too_is_not_named(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    await people.absence(db, city.leader.id, AWAY)
    client = await api("information")
    assert (await stand_in(client, city.staff, city, appointment.id)).status_code == 201
    await people.absence(db, city.staff.id, TODAY)
    assert await vacancy(client, city) == ("away", 5, None)


async def test_a_stand_in_for_a_leader_who_was_transferred_stays_until_a_decision(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    moved = await people.employee(db)
    await people.post(db, moved, city.section, valid_to=AWAY)
    await people.post(db, moved, city.other_section, since=AWAY)
    lapsed = await given.appointment(db, moved, city.section)
    client = await api("information")
    assert (await stand_in(client, city.staff, city, lapsed.id)).status_code == 201
    reason, _, named = await vacancy(client, city, TODAY + days(500))
    assert (reason, named["employee_number"]) == ("left_unit", city.staff.employee_number)


WRONG = ("unknown", "derived", "other unit", "the holder", "one who stands in", "the holder is present")


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_stand_in_is_refused(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment, wrong: str
) -> None:
    client = await api("information")
    if wrong != "the holder is present":
        await people.absence(db, city.leader.id, AWAY)
    derived = (await rows(client, basis="unit"))[0]["id"]
    elsewhere = await given.appointment(db, city.stranger, city.other_section)
    standing_in = await given.appointment(db, city.colleague, city.section, stands_in_for_id=appointment.id)
    of = {"unknown": uuid4(), "derived": derived, "other unit": elsewhere.id, "one who stands in": standing_in.id}
    person = city.leader if wrong == "the holder" else city.staff
    refused = await stand_in(client, person, city, of.get(wrong, appointment.id))
    expected = {"unknown": "unknown_appointment", "derived": "unknown_appointment"}
    expected["the holder is present"] = "holder_present"
    assert (refused.status_code, refused.json()["code"]) == (422, expected.get(wrong, "stand_in_mismatch"))


async def test_a_head_nominates_who_stands_in_for_a_leader_in_sight(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    await people.absence(db, city.leader.id, AWAY)
    head = await api("employee", employee=city.section_head)
    nominated = await stand_in(head, city.staff, city, appointment.id)
    assert (nominated.status_code, nominated.json()["status"]) == (201, "nominated")
    elsewhere = await given.appointment(db, city.stranger, city.other_section)
    assert (await stand_in(head, city.staff, city, elsewhere.id)).json()["code"] == "unknown_appointment"


@pytest.mark.parametrize(
    ("caller", "sees"),
    [("section_head", True), ("department_head", True), ("staff", False), ("leader", False), ("stranger", False)],
)
async def test_only_those_who_may_see_that_somebody_is_away_see_the_vacancy_and_nobody_why(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment, caller: str, sees: bool
) -> None:
    await people.absence(db, city.leader.id, AWAY)
    client = await api("employee", employee=getattr(city, caller))
    listed = await client.get("/role_vacancies", params={"role_code": "leader", "org_unit_id": str(city.section.id)})
    assert [row["reason"] for row in listed.json()["results"]] == ["away"] * sees
    assert listed.json()["metadata"]["resultset"]["count"] == int(sees)
    assert "childcare_leave" not in listed.text


async def test_a_hidden_absence_makes_no_vacancy_before_it_is_published(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    begins, published = TODAY + days(30), TODAY + days(20)
    absence = await people.absence(db, city.leader.id, begins)
    absence.published_on = published
    await db.flush()
    client, admin = await api("information"), await api("admin")
    assert await vacancy(client, city, begins) is None
    assert (await stand_in(client, city.staff, city, appointment.id, valid_from=str(begins))).status_code == 422
    assert await vacancy(admin, city, begins) == ("away", 0, None)
    with clock.travel(clock.start_of(published)):
        assert await vacancy(await api("information"), city, begins) == ("away", 0, None)


async def test_holders_who_are_present_are_counted_alike(
    api: SignIn, db: AsyncSession, city: people.City, appointment: RoleAssignment
) -> None:
    """Units without a holder who is present are those that the list calls vacant, with and without a stand-in."""
    await given.appointment(db, city.stranger, city.other_section)
    client = await api("information")
    assert await rows(client, "/role_vacancies") == []
    await people.absence(db, city.leader.id, AWAY)
    assert [row["org_unit"]["code"] for row in await rows(client, "/role_vacancies")] == ["S1"]
    await stand_in(client, city.staff, city, appointment.id)
    holders = {row["employee_number"] for row in await rows(client, role_code="leader")}
    assert holders == {person.employee_number for person in (city.leader, city.stranger, city.staff)}
    assert (await standing(db, city.leader, TODAY))[3] is None
