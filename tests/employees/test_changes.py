"""A client that follows `since` gets every change: what a read shows decides its `updated_at`, also by the calendar."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.records import add
from app.kit.settings import Settings
from app.orders.commands import locked_person, write
from app.people.commands import name_person, renumber, use_numbers_of_today
from app.people.enums import AppointmentType, PostKind
from app.people.models import Employee, OrgUnit, ScopeRule
from app.people.queries import numbers
from app.people.schemas import NameUpdate
from app.roles.enums import AssignmentStatus, Decision, RoleBasis
from app.roles.models import Role, RoleAssignment
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.roles import given as roles
from tests.roles.test_terms import BEGIN, LAST, RandomCity, random_city
from tests.thoroughness import sample

DAY = timedelta(1)
BEFORE = clock.start_of(BEGIN - 20 * DAY)
EVER = clock.start_of(people.START)
ALL = {"employees": {}, "role_assignments": {"status": [status.value for status in AssignmentStatus]}}
CALLERS = {"employees": ("hr", "training"), "role_assignments": ("hr", "information")}

Rows = dict[str, dict[str, Any]]


async def rows(api: SignIn, path: str, caller: str, since: datetime) -> Rows:
    """All rows that have changed since, by id."""
    params: dict[str, Any] = {"since": since.isoformat(), "limit": 200, **ALL[path]}
    response = await (await api(caller)).get(f"/{path}", params=params)
    assert response.status_code == 200, response.text
    assert response.json()["metadata"]["next_cursor"] is None
    return {row["id"]: row for row in response.json()["results"]}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the client keeps, besides the time of change and the day that it asked for."""
    return {name: value for name, value in row.items() if name not in {"updated_at", "as_of"}}


@dataclass
class Mirror:
    """One caller's copy of a list, brought up to date by what has changed since the former moment."""

    api: SignIn
    path: str
    caller: str
    read: Rows = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    until: datetime = EVER
    found: int = 0

    async def follow(self) -> None:
        changed = await rows(self.api, self.path, self.caller, self.until)
        fresh = await rows(self.api, self.path, self.caller, EVER)
        self.kept |= {key: shown(row) for key, row in changed.items()}
        missed = {key: (self.kept.get(key), row) for key, row in fresh.items() if self.kept.get(key) != shown(row)}
        assert missed == {}, (self.path, self.caller, clock.now())
        for key in fresh.keys() & self.read.keys():
            if shown(self.read[key]) != shown(fresh[key]):
                self.found += 1
                assert self.read[key]["updated_at"] != fresh[key]["updated_at"], (self.caller, fresh[key])
        self.read, self.until = fresh, clock.now()


Case = Callable[[AsyncSession, people.City, date], Awaitable[Employee]]


async def an_appointment_begins(db: AsyncSession, city: people.City, day: date) -> Employee:
    await roles.appointment(db, city.staff, city.team, since=day)
    return city.staff


async def an_appointment_ends(db: AsyncSession, city: people.City, day: date) -> Employee:
    await roles.appointment(db, city.staff, city.team, valid_to=day)
    return city.staff


async def transferred(db: AsyncSession, city: people.City, day: date) -> Employee:
    person = await people.employee(db)
    await people.post(db, person, city.section, valid_to=day)
    await people.post(db, person, city.other_section, since=day)
    return person


async def an_appointment_lapses(db: AsyncSession, city: people.City, day: date) -> Employee:
    person = await transferred(db, city, day)
    await roles.appointment(db, person, city.section)
    return person


async def a_post_begins(db: AsyncSession, city: people.City, day: date) -> Employee:
    await people.post(db, city.staff, city.other_section, "section_head", PostKind.CONCURRENT, day)
    return city.staff


async def a_post_ends(db: AsyncSession, city: people.City, day: date) -> Employee:
    await people.post(db, city.staff, city.other_section, "section_head", PostKind.CONCURRENT, valid_to=day)
    return city.staff


async def a_role_begins(db: AsyncSession, city: people.City, day: date) -> Employee:
    await add(db, Role(code="new", name="new", basis=RoleBasis.POST, position_ranks=["staff"], valid_from=day))
    return city.staff


async def a_role_ends(db: AsyncSession, city: people.City, day: date) -> Employee:
    old = Role(code="old", name="old", basis=RoleBasis.POST, position_ranks=["staff"], valid_from=people.START)
    old.valid_to = day
    await add(db, old)
    return city.staff


async def an_appointed_role_ends(db: AsyncSession, city: people.City, day: date) -> Employee:
    await roles.role(db, "old", valid_to=day)
    await roles.appointment(db, city.staff, city.team, role_code="old")
    return city.staff


async def a_scope_rule_begins(db: AsyncSession, city: people.City, day: date) -> Employee:
    rule = ScopeRule(
        appointment_type=AppointmentType.FISCAL_YEAR_APPOINTED, job_service="administrative", valid_from=day
    )
    db.add(rule)
    return await people.employee(db, city.section, appointment_type="fiscal_year_appointed")


async def a_scope_rule_ends(db: AsyncSession, city: people.City, day: date) -> Employee:
    rule = ScopeRule(
        appointment_type=AppointmentType.FISCAL_YEAR_APPOINTED,
        job_service="administrative",
        valid_from=people.START,
        valid_to=day,
    )
    db.add(rule)
    return await people.employee(db, city.section, appointment_type="fiscal_year_appointed")


async def a_unit_closes(db: AsyncSession, city: people.City, day: date) -> Employee:
    """The person's posts are elsewhere: they were appointed from their home unit."""
    old = await people.unit(db, "OLD", valid_to=day)
    await roles.appointment(db, city.staff, old, home=city.team)
    return city.staff


async def a_unit_passes_on(db: AsyncSession, city: people.City, day: date) -> Employee:
    """The successor ends the appointment some days later."""
    new = await people.unit(db, "NEW", valid_to=day)
    old = await people.unit(db, "OLD", valid_to=day - DAY, successor_ids=[new.id], appointments_pass_on=True)
    await roles.appointment(db, city.staff, old, home=city.team)
    return city.staff


async def the_leader_returns(db: AsyncSession, city: people.City, day: date) -> Employee:
    held = await roles.appointment(db, city.leader, city.section)
    await people.absence(db, city.leader.id, BEGIN - 9 * DAY, day)
    await roles.appointment(db, city.staff, city.section, since=BEGIN - 5 * DAY, stands_in_for_id=held.id)
    return city.staff


async def an_absence_begins(db: AsyncSession, city: people.City, day: date) -> Employee:
    await people.absence(db, city.staff.id, day)
    return city.staff


async def terms_end(db: AsyncSession, city: people.City, day: date) -> Employee:
    return await people.employee(db, city.section, left_on=day)


async def terms_change(db: AsyncSession, city: people.City, day: date) -> Employee:
    person = await people.employee(db, city.section, left_on=day)
    await people.terms(db, person, day, job_category="nursery_teacher")
    return person


async def a_number_comes_into_use(db: AsyncSession, city: people.City, day: date) -> Employee:
    await renumber(db, city.staff, "N9", day)
    return city.staff


CASES: list[Case] = [
    an_appointment_begins,
    an_appointment_ends,
    an_appointment_lapses,
    transferred,
    a_post_begins,
    a_post_ends,
    a_role_begins,
    a_role_ends,
    an_appointed_role_ends,
    a_scope_rule_begins,
    a_scope_rule_ends,
    a_unit_closes,
    a_unit_passes_on,
    the_leader_returns,
    an_absence_begins,
    terms_end,
    terms_change,
    a_number_comes_into_use,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_a_change_by_the_calendar_is_found_on_its_day(api: SignIn, db: AsyncSession, case: Case) -> None:
    day = BEGIN + 3 * DAY
    with clock.travel(BEFORE):
        city = await people.city(db)
        await roles.roles(db)
        person = await case(db, city, day)
        await db.flush()
    read: dict[date, Any] = {}
    for today in (day - DAY, day):
        with clock.travel(clock.start_of(today)):
            client = await api("training")
            read[today] = (await client.get(f"/employees/{person.id}")).json()
            found = await rows(api, "employees", "training", clock.now() - DAY)
    before, after = read[day - DAY], read[day]
    assert shown(before) != shown(after)
    assert datetime.fromisoformat(before["updated_at"]) < datetime.fromisoformat(after["updated_at"])
    assert datetime.fromisoformat(after["updated_at"]) == clock.start_of(day)
    assert found[str(person.id)] == after


@pytest.mark.parametrize("path", ["posts", "absences"])
async def test_what_is_taken_back_has_changed_the_person(api: SignIn, db: AsyncSession, path: str) -> None:
    """Also the one who stands in, who no longer ends with the return."""
    with clock.travel(BEFORE):
        city = await people.city(db)
        await roles.roles(db)
        held = await roles.appointment(db, city.leader, city.section)
        absence = await people.absence(db, city.leader.id, BEGIN - 9 * DAY)
        stand_in = await roles.appointment(
            db, city.staff, city.section, since=BEGIN - 5 * DAY, stands_in_for_id=held.id
        )
        post = await people.post(db, city.staff, city.other_section, "section_head", PostKind.CONCURRENT)
    with clock.travel(clock.start_of(BEGIN)):
        taken = post if path == "posts" else absence
        deleted = await (await api("hr")).delete(f"/{path}/{taken.id}", headers=ANY_VERSION)
        assert deleted.status_code == 204, deleted.text
    with clock.travel(clock.start_of(BEGIN) + timedelta(hours=1)):
        for caller in ("hr", "training"):
            since = clock.start_of(BEGIN)
            assert str(city.staff.id) in await rows(api, "employees", caller, since)
            assert str(stand_in.id) in await rows(api, "role_assignments", "information", since)


Event = Callable[[AsyncSession, Random, RandomCity], Awaitable[None]]


async def _someone(db: AsyncSession, dice: Random) -> Employee:
    ids = (await db.scalars(select(col(Employee.id)).order_by(col(Employee.created_at), col(Employee.id)))).all()
    return await locked_person(db, dice.choice(ids))


async def rename(db: AsyncSession, dice: Random, _city: RandomCity) -> None:
    await name_person(
        db, await _someone(db, dice), NameUpdate.model_validate({"display_name": f"別名{dice.randrange(1000)}"})
    )


async def give_a_number(db: AsyncSession, dice: Random, _city: RandomCity) -> None:
    person = await _someone(db, dice)
    last = max(await numbers_begin(db, person), clock.today())
    await renumber(db, person, f"M{dice.randrange(10**6)}", last + dice.randint(0, 3) * DAY)


async def numbers_begin(db: AsyncSession, person: Employee) -> date:
    return (await numbers(db, person.id))[-1].valid_from


async def move_an_absence(db: AsyncSession, dice: Random, city: RandomCity) -> None:
    if city.absences:
        absence = dice.choice(city.absences)
        end = dice.choice([None, max(absence.valid_from, clock.today()) + dice.randint(1, 9) * DAY])
        write(absence, valid_to=end, end_published_on=dice.choice([None, clock.today() + dice.randint(0, 4) * DAY]))


async def move_a_post(db: AsyncSession, dice: Random, city: RandomCity) -> None:
    """Corrects its unit, or cuts it short, which is published some days later."""
    post = dice.choice(city.posts)
    if dice.random() < 0.5:
        write(post, org_unit_id=dice.choice(list(city.units)))
    elif post.valid_from < clock.today() and (post.valid_to is None or post.valid_to > clock.today() + 2 * DAY):
        write(post, valid_to=clock.today() + 2 * DAY, end_published_on=clock.today() + dice.randint(0, 4) * DAY)


async def change_a_unit(db: AsyncSession, dice: Random, city: RandomCity) -> None:
    unit: OrgUnit = dice.choice(list(city.units.values()))
    if dice.random() < 0.5:
        unit.code = f"C{dice.randrange(10**6)}" if dice.random() < 0.5 else f"INFO{clock.today():%m%d}"
    else:
        unit.appointments_pass_on = not unit.appointments_pass_on


async def change_an_appointment(db: AsyncSession, dice: Random, city: RandomCity) -> None:
    held: RoleAssignment = dice.choice(list(city.appointments.values()))
    if dice.random() < 0.3:
        held.status = Decision.CANCELLED if held.status == Decision.ACTIVE else Decision.ACTIVE
    else:
        held.valid_to = dice.choice([None, max(held.valid_from, clock.today()) + dice.randint(1, 5) * DAY])


async def change_a_role(db: AsyncSession, dice: Random, _city: RandomCity) -> None:
    changing = (await db.scalars(select(Role).order_by(col(Role.code)))).all()
    role = dice.choice(changing)
    role.valid_to = dice.choice([None, clock.today() + dice.randint(0, 5) * DAY])
    if role.basis == RoleBasis.UNIT:
        role.org_unit_codes = dice.choice([[f"INFO{clock.today():%m%d}"], ["U00"], ["U10", "U20"]])


async def change_the_scope(db: AsyncSession, dice: Random, _city: RandomCity) -> None:
    rule = (await db.scalars(select(ScopeRule).order_by(col(ScopeRule.job_service)).limit(1))).one()
    rule.valid_to = dice.choice([None, clock.today() + dice.randint(0, 5) * DAY])
    rule.except_org_unit_codes = dice.choice([[], ["U00"], ["U10"]])


EVENTS: list[Event] = [
    rename,
    give_a_number,
    move_an_absence,
    move_a_post,
    change_a_unit,
    change_an_appointment,
    change_a_role,
    change_the_scope,
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(sample(1, 20)))
async def test_a_mirror_that_follows_the_changes_equals_a_fresh_read(
    api: SignIn, db: AsyncSession, settings: Settings, seed: int
) -> None:
    dice = Random(seed)
    with clock.travel(BEFORE):
        await people.scope_rules(db)
        city = await random_city(db, dice)
        for person in [await _someone(db, dice) for _ in range(3)]:
            await people.post(
                db, person, dice.choice(list(city.units.values())), "section_head", PostKind.CONCURRENT, BEGIN + 7 * DAY
            )
    mirrors = [Mirror(api, path, caller) for path, callers in CALLERS.items() for caller in callers]
    for today in (BEGIN + offset * DAY for offset in range(sample(LAST // 4, LAST))):
        for hour in (0, 1, 12):
            with clock.travel(clock.start_of(today) + timedelta(hours=hour)):
                if hour == 1:
                    await use_numbers_of_today(db, settings)
                for event in dice.sample(EVENTS, 2) if hour else []:
                    await event(db, dice, city)
                    await db.flush()
            if hour != 1:
                with clock.travel(clock.start_of(today) + timedelta(hours=hour, minutes=1 if hour else 0)):
                    for mirror in mirrors:
                        await mirror.follow()
    assert all(mirror.found > 0 for mirror in mirrors)
