"""Terms of appointments in SQL against a plain walk through the days, in random cities whose units close."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.people.models import Absence, OrgUnit, Post
from app.roles import queries
from app.roles.enums import AssignmentStatus
from app.roles.functions import ASSIGNED
from app.roles.models import RoleAssignment
from tests.people import given as people
from tests.roles import given
from tests.thoroughness import sample

BEGIN, LAST = date(2040, 1, 1), 40

Shown = tuple[AssignmentStatus, UUID]


@dataclass
class RandomCity:
    units: dict[UUID, OrgUnit] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    appointments: dict[UUID, RoleAssignment] = field(default_factory=dict)

    def walk(self, a: RoleAssignment) -> list[Shown]:
        """Status and unit on each day."""
        unit, home, covered = a.org_unit_id, a.home_unit_id, {a.org_unit_id, a.home_unit_id}
        status, shown = AssignmentStatus.UPCOMING, []
        for day in (BEGIN + timedelta(offset) for offset in range(LAST)):
            home = self.next_unit(a, home, day) or home
            if status != AssignmentStatus.ENDED:
                found = self.next_unit(a, unit, day)
                covered |= {unit, home, found or unit}
                status = self.next_status(a, status, day, covered, unit_is_open=found is not None)
                unit = unit if status == AssignmentStatus.ENDED else found or unit
            shown.append((status, unit))
        return shown

    def next_status(
        self, a: RoleAssignment, status: AssignmentStatus, day: date, covered: set[UUID], *, unit_is_open: bool
    ) -> AssignmentStatus:
        if day < a.valid_from:
            return AssignmentStatus.UPCOMING
        if not unit_is_open or (a.valid_to and a.valid_to <= day) or self.is_back(a, day):
            return AssignmentStatus.ENDED
        there = self.works_at(a.employee_id, day) & covered
        return AssignmentStatus.ACTIVE if there and status != AssignmentStatus.LAPSED else AssignmentStatus.LAPSED

    def next_unit(self, a: RoleAssignment, unit: UUID, day: date) -> UUID | None:
        """The unit that an appointment to `unit` is for on the day; None if it has ended with it."""
        present = self.units[unit]
        if present.valid_to is None or present.valid_to > day:
            return unit
        if not present.appointments_pass_on or present.valid_to < day:
            return None
        works = self.works_at(a.employee_id, day)
        parts = [one for one in present.successor_ids if len(present.successor_ids) == 1 or one in works]
        return parts[0] if parts else None

    def works_at(self, person: UUID, day: date) -> set[UUID]:
        primary = (p for p in self.posts if p.employee_id == person and p.kind == PostKind.PRIMARY)
        held = [p for p in primary if p.valid_from <= day and (p.valid_to is None or day < p.valid_to)]
        return {unit for post in held for unit in self.units[post.org_unit_id].lineage}

    def is_back(self, a: RoleAssignment, day: date) -> bool:
        """The person stood in for has been present on a day since the first."""
        if a.stands_in_for_id is None:
            return False
        held = self.appointments[a.stands_in_for_id]
        offsets = range((a.valid_from - BEGIN).days, (day - BEGIN).days + 1)
        present = [
            self.walk(held)[offset][0] == AssignmentStatus.ACTIVE
            and not self.is_away(held.employee_id, BEGIN + timedelta(offset))
            for offset in offsets
        ]
        return any(present)

    def is_away(self, person: UUID, day: date) -> bool:
        theirs = (one for one in self.absences if one.employee_id == person)
        return any(one.valid_from <= day and (one.valid_to is None or day < one.valid_to) for one in theirs)


async def random_city(db: AsyncSession, dice: Random) -> RandomCity:
    await people.ranks(db)
    await given.roles(db)
    city = RandomCity()
    for generation, opens in enumerate((BEGIN - timedelta(9), BEGIN + timedelta(12), BEGIN + timedelta(24))):
        new = [await people.unit(db, f"U{generation}{index}", valid_from=opens) for index in range(3)]
        closing = [unit for unit in city.units.values() if unit.valid_to is None and dice.random() < 0.8]
        stay = [unit for unit in city.units.values() if unit.valid_to is None and unit not in closing]
        for old in closing:
            old.valid_to, old.appointments_pass_on = opens, dice.random() < 0.7
            old.successor_ids = [unit.id for unit in dice.sample([*new, *stay], dice.choice([0, 1, 1, 2]))]
        city.units |= {unit.id: unit for unit in new}
    await db.flush()
    for _ in range(12):
        await add_career(db, dice, city)
    return city


async def add_career(db: AsyncSession, dice: Random, city: RandomCity) -> None:
    """Works somewhere, most often in the successor when the unit closes; appointed to a unit; sometimes away."""
    person = await people.employee(db, since=BEGIN - timedelta(9))
    day: date | None = BEGIN - timedelta(9)
    at = dice.choice([unit for unit in city.units.values() if unit.valid_from < BEGIN])
    while day:
        closes = at.valid_to
        end = min(filter(None, (closes, dice.choice([None, day + timedelta(dice.randint(3, 15))]))), default=None)
        city.posts.append(await people.post(db, person, at, since=day, valid_to=end))
        day = end
        if day:
            there = [unit for unit in city.units.values() if unit.valid_from <= day < (unit.valid_to or date.max)]
            following = [unit for unit in there if end == closes and unit.id in at.successor_ids]
            at = dice.choice(following if following and dice.random() < 0.9 else there)
    if dice.random() < 0.4:
        since = BEGIN + timedelta(dice.randrange(LAST))
        until = dice.choice([None, since + timedelta(dice.randint(1, 15))])
        city.absences.append(await people.absence(db, person.id, since, until))
    since = BEGIN + timedelta(dice.randrange(12))
    working = [unit for unit in city.units.values() if unit.id in city.works_at(person.id, since)]
    first = [unit for unit in city.units.values() if unit.valid_from < BEGIN]
    stood_in_for = dice.choice([None, *city.appointments.values()])
    more: dict[str, Any] = {"valid_to": dice.choice([None, None, since + timedelta(20)])}
    if stood_in_for and stood_in_for.stands_in_for_id is None and dice.random() < 0.5:
        more["stands_in_for_id"] = stood_in_for.id
    held = await given.appointment(db, person, dice.choice([*working, *first]), home=working[0], since=since, **more)
    city.appointments[held.id] = held


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(sample(3, 40)))
async def test_each_day_s_status_and_unit_follow_from_the_days_before(db: AsyncSession, seed: int) -> None:
    city = await random_city(db, Random(seed))
    expected = {key: city.walk(a) for key, a in city.appointments.items()}
    rows = select(ASSIGNED).where(ASSIGNED.c.basis == "appointment")
    seen = set()
    for offset in range(LAST):
        day = BEGIN + timedelta(offset)
        found = (await db.execute(rows, AsOf(day, date.max).params)).all()
        shown = {row.id: (AssignmentStatus(row.status), row.org_unit_id) for row in found}
        assert shown == {key: days[offset] for key, days in expected.items()}, day
        assert [queries.term(row).status(day) for row in found] == [shown[row.id][0] for row in found]
        seen |= {status for status, _ in shown.values()}
    assert len(seen) >= 3
