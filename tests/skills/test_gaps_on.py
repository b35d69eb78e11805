"""The counted gap against the explained gap of every person, and the denominators by name."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.days import scope_on
from app.people.models import Employee
from app.people.rules import PostKind
from app.roles import queries as roles_held
from app.skills import commands, queries
from app.skills.facts import gaps_on
from app.skills.rules import EvidenceBasis, GapState, MapStatus
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given

TODAY = clock.today()
Counts = dict[tuple[UUID, str | None, str], tuple[int, int]]


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await roles.roles(db)
    await given.skills(db)
    return city


async def counted(db: AsyncSession, *, by_role: bool, day: date = TODAY, **more: Any) -> Counts:
    table = gaps_on(by_role, day=day, known_on=date.max, **more)
    rows = await db.execute(select(table))
    return {(row.org_unit_id, row.role_code, row.skill_code): (row.headcount, row.missing) for row in rows}


async def explained(db: AsyncSession, *, by_role: bool, day: date) -> Counts:
    """The same from every person's own gap, one by one."""
    scope = scope_on(day, date.max)
    asked: Counter[Any] = Counter()
    missing: Counter[Any] = Counter()
    in_scope = scope.c.in_scope & scope.c.org_unit_id.is_not(None)
    for person in (await db.execute(select(scope).where(in_scope))).all():
        for gap in await queries.gaps_of(db, person.employee_id, day, date.max):
            demands = {demand.role.role_code: demand.met for demand in gap.demands}
            lines = demands if by_role else {None: gap.state == GapState.SATISFIED}
            for role, met in lines.items():
                asked[person.org_unit_id, role, gap.skill_code] += 1
                missing[person.org_unit_id, role, gap.skill_code] += not met
    return {line: (asked[line], missing[line]) for line in asked}


async def evidence(db: AsyncSession, dice: Random, person: Employee) -> None:
    for skill in dice.sample(given.SKILLS, 3):
        more = {
            "level": dice.choice([None, 1, 2, 3]),
            "valid_to": dice.choice([None, TODAY, TODAY + timedelta(1)]),
            "revoked_on": dice.choice([None, None, TODAY]),
            "basis": dice.choice([EvidenceBasis.COMPLETION, EvidenceBasis.COMPLETION, EvidenceBasis.SELF_ASSESSMENT]),
        }
        await given.shown(db, person, skill, dice.choice([given.START, TODAY + timedelta(1)]), **more)


@pytest.mark.parametrize("seed", range(4))
async def test_counts_are_what_the_people_s_own_gaps_add_up_to(db: AsyncSession, city: people.City, seed: int) -> None:
    dice = Random(seed)
    units = [city.department, city.section, city.team, city.information, city.medical_center]
    drawn = await given.skill_map(db, cells={})
    for role, skills in given.CELLS.items():
        for skill in skills:
            await given.requirement(db, drawn, role, skill, target_level=dice.choice([None, None, 2]))
    for _ in range(12):
        service = dice.choice(["administrative", "medical", "fire"])
        category = dice.choice(["clerk", "nursery_teacher"])
        rank = dice.choice(["staff", "section_head"])
        person = await people.employee(db, dice.choice(units), rank, job_service=service, job_category=category)
        await evidence(db, dice, person)
        if dice.random() < 0.4:
            await roles.appointment(db, person, city.department)
    for by_role in (False, True):
        assert await counted(db, by_role=by_role) == await explained(db, by_role=by_role, day=TODAY)


async def test_somebody_with_two_roles_counts_once_in_all_and_once_for_each_role(
    db: AsyncSession, city: people.City
) -> None:
    await given.skill_map(db)
    await roles.appointment(db, city.section_head, city.section)
    section, skill = city.section.id, "dx_basics"
    once = await counted(db, by_role=False)
    assert once[section, None, skill] == (2, 2)
    each = await counted(db, by_role=True)
    assert [each[section, role, skill] for role in ("manager", "leader", "general")] == [(1, 1), (1, 1), (1, 1)]


async def test_people_count_in_their_primary_unit_alone(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db)
    before = await counted(db, by_role=False)
    await people.post(db, city.stranger, city.section, kind=PostKind.CONCURRENT)
    assert await counted(db, by_role=False) == before


async def test_who_is_out_of_scope_is_in_no_denominator(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db)
    before = await counted(db, by_role=False)
    await people.employee(db, city.section, job_service="fire")
    await people.employee(db, city.medical_center, job_service="medical")
    assert await counted(db, by_role=False) == before


async def test_who_is_away_is_counted_apart(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db)
    await given.shown(db, city.staff, "dx_basics")
    await people.absence(db, city.staff.id, TODAY)
    table = gaps_on(False, day=TODAY, known_on=TODAY)
    team = (table.c.org_unit_id == city.team.id) & (table.c.skill_code == "dx_basics")
    row = (await db.execute(select(table).where(team))).one()
    assert (row.headcount, row.holders, row.missing) == (2, 1, 1)
    assert (row.present_headcount, row.present_holders, row.present_missing) == (1, 0, 1)


async def test_units_narrow_the_count(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db)
    every = await counted(db, by_role=True)
    narrow = await counted(db, by_role=True, units=[city.team.id])
    assert narrow == {line: counts for line, counts in every.items() if line[0] == city.team.id}
    assert narrow


async def test_each_day_is_answered_by_the_map_of_its_day(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db, status=MapStatus.RETIRED, valid_to=TODAY)
    await given.skill_map(db, 2, {"general": ("network",)}, valid_from=TODAY)
    skills = [{line[2] for line in await counted(db, by_role=False, day=TODAY - timedelta(n))} for n in (1, 0)]
    assert skills == [{"leadership", "dx_basics", "security", "network"}, {"network"}]
    assert await counted(db, by_role=False, day=given.START - timedelta(1)) == {}


async def test_evidence_closes_the_gap_from_its_day_and_yesterday_stays(db: AsyncSession, city: people.City) -> None:
    await given.skill_map(db)
    source = city.staff.id
    await commands.grant(db, city.staff.id, {"dx_basics": 1}, EvidenceBasis.COMPLETION, source, TODAY + timedelta(1))
    line = (city.team.id, None, "dx_basics")
    missing = [(await counted(db, by_role=False, day=TODAY + timedelta(n)))[line][1] for n in (0, 1)]
    assert missing == [2, 1]


async def test_a_promotion_demands_more_and_grace_begins_with_it(db: AsyncSession, city: people.City) -> None:
    drawn = await given.skill_map(db, cells={})
    await given.requirement(db, drawn, "general", "security", grace_days=0)
    await given.requirement(db, drawn, "manager", "leadership", grace_days=90)
    await people.post(db, city.staff, city.section, "section_head", PostKind.ACTING, TODAY)
    gap = (await queries.gaps_of(db, city.staff.id, TODAY, TODAY))[0]
    assert (gap.skill_code, gap.state) == ("leadership", GapState.DUE_LATER)
    assert gap.demands[0].due_on == TODAY + timedelta(90)
    held = await roles_held.held_roles(db, city.staff.id, TODAY, TODAY)
    assert gap.demands[0].role == held[0]
