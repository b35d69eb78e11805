"""What callers can compute of one person's skills from all the figures that they can get."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Employee
from tests.findings.attack import Answer, learnt
from tests.fixtures import SignIn
from tests.insights import given
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given as skills
from tests.thoroughness import sample

pytestmark = pytest.mark.slow

TODAY = clock.today()
DAY = timedelta(days=1)
SKILLS = ("dx_basics", "security")


@dataclass(frozen=True)
class Stay:
    """Somebody's time in the section; a childcare worker needs `security` only."""

    person: Employee
    since: date
    until: date | None
    away: tuple[date, date] | None
    needs: tuple[str, ...]
    holds: frozenset[str]

    def counts(self, day: date, skill: str) -> bool:
        here = self.since <= day and (self.until is None or day < self.until)
        away = self.away is not None and self.away[0] <= day < self.away[1]
        return here and not away and skill in self.needs


async def stay(db: AsyncSession, dice: Random, city: people.City) -> Stay:
    """Somebody who came and went within the last 20 months, or was there all the time."""
    since = dice.choice([people.START, people.START, TODAY - dice.randint(1, 600) * DAY])
    until = dice.choice([None, None, TODAY - dice.randint(-100, 500) * DAY])
    until = until if until and until > since else None
    childcare = dice.random() < 0.3
    person = await people.employee(
        db, since=people.START, job_category="nursery_teacher" if childcare else "administrative"
    )
    if since > people.START:
        await people.post(db, person, city.other_section, since=people.START, valid_to=since)
    await people.post(db, person, dice.choice([city.section, city.team]), since=since, valid_to=until)
    if until:
        await people.post(db, person, city.other_section, since=until)
    away = None
    if dice.random() < 0.3:
        first = TODAY - dice.randint(1, 600) * DAY
        away = first, first + dice.randint(1, 300) * DAY
        await people.absence(db, person.id, *away)
    holds = frozenset(skill for skill in SKILLS if dice.random() < 0.5)
    for skill in holds:
        await skills.skill_record(db, person, skill)
    return Stay(person, since, until, away, ("security",) if childcare else SKILLS, holds)


async def section(db: AsyncSession, dice: Random) -> tuple[people.City, list[Stay]]:
    """A section for 20 months: the people of the small city, and others who come and go. Nobody's skills change."""
    city = await given.unmapped(db)
    requirements = {"general": SKILLS, "childcare": ("security",), "leader": SKILLS}
    await skills.skill_map(db, requirements=requirements, valid_from=TODAY - 600 * DAY)
    await roles.appointment(db, city.leader, city.section)
    settled = [Stay(who, people.START, None, None, SKILLS, frozenset()) for who in (city.staff, city.colleague)]
    return city, [*settled, *[await stay(db, dice, city) for _ in range(dice.randint(6, 16))]]


async def answers(client: AsyncClient, **more: Any) -> dict[tuple[date, str], int]:
    """The holders that the caller is shown, by day answered for and skill, asked for on two days of each month."""
    shown: dict[tuple[date, str], int] = {}
    for n in range(0, 600, 15):
        found = await given.figures(client, as_of=f"{TODAY - n * DAY}", **more)
        totals = {found["metadata"]["totals"][name] for name in ("holders", "missing", "coverage")}
        assert totals == {None} or not found["results"]
        for row in found["results"]:
            if row["holders"] is not None:
                shown[date.fromisoformat(found["metadata"]["as_of"]), row["skill"]["code"]] = row["holders"]
    return shown


@pytest.mark.parametrize("seed", range(sample(2, 10)))
async def test_a_leader_learns_nobody_s_skill_from_all_days_and_skills(
    api: SignIn, db: AsyncSession, seed: int
) -> None:
    city, stays = await section(db, Random(seed))
    shown = await answers(await api("employee", employee=city.leader))
    by_skill: dict[str, list[Answer[UUID]]] = defaultdict(list)
    for (day, skill), holders in shown.items():
        counted = {one.person.id for one in stays if one.counts(day, skill)}
        assert holders == len([one for one in stays if one.counts(day, skill) and skill in one.holds])
        by_skill[skill].append((counted, holders))
    assert {skill: learnt(found) for skill, found in by_skill.items()} == {skill: set() for skill in by_skill}


async def test_a_leader_is_shown_holders_of_a_group_that_stays_together(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.leader, city.section)
    for n in range(6):
        person = await people.employee(db, city.team)
        if n % 2:
            await skills.skill_record(db, person, "dx_basics")
    found = await given.figures(await api("employee", employee=city.leader))
    assert found["metadata"]["as_of"] == f"{date(TODAY.year, (TODAY.month - 1) // 3 * 3 + 1, 1)}"
    rows = {row["skill"]["code"]: row for row in found["results"]}
    shown = rows["dx_basics"]
    assert (shown["headcount"], shown["holders"], shown["suppressed"]) == (10, 3, False)


async def test_a_leader_s_days_are_quarters_that_have_begun(api: SignIn, db: AsyncSession) -> None:
    city, _ = await section(db, Random(1))
    leader = await api("employee", employee=city.leader)
    days = [f"{TODAY + 400 * DAY}", f"{TODAY}", f"{TODAY - 400 * DAY}"]
    read = [date.fromisoformat((await given.figures(leader, as_of=day))["metadata"]["as_of"]) for day in days]
    assert read[0] == read[1] <= TODAY
    assert {(day.day, (day.month - 1) % 3) for day in read} == {(1, 0)}


@pytest.mark.parametrize("group_by", ["skill", "org_unit,role,skill"])
async def test_a_head_counts_only_people_whose_gaps_the_head_may_see(
    api: SignIn, db: AsyncSession, group_by: str
) -> None:
    """On a day before, there were people who have left since; the count less those in sight would be theirs."""
    city, stays = await section(db, Random(2))
    head = await api("employee", employee=city.section_head)
    for n in (0, 45, 200, -50):
        day = TODAY - n * DAY
        visible = [one for one in stays if one.counts(day, "security") and _is_here(one)]
        rows = (await given.figures(head, group_by=group_by, as_of=f"{day}", skill_code="security"))["results"]
        others = [row for row in rows if not row["role"] or row["role"]["code"] != "leader"]
        leader = 0 if len(others) < len(rows) else 1
        assert sum(row["headcount"] for row in others) == len(visible) + leader
        assert sum(row["holders"] for row in rows) == len([one for one in visible if "security" in one.holds])


def _is_here(one: Stay) -> bool:
    return one.since <= TODAY and (one.until is None or one.until > TODAY)


async def test_others_get_no_figure_on_any_day(api: SignIn, db: AsyncSession) -> None:
    city, stays = await section(db, Random(3))
    clerk, employee = await api("clerk", employee=city.staff), await api("employee", employee=stays[-1].person)
    callers = [clerk, employee, await api("hr")]
    for query in ("", "?as_of=2026-04-01", "?fiscal_year=2025", "?group_by=role", f"?under={city.section.id}"):
        assert [(await caller.get(f"/skill_gaps{query}")).status_code for caller in callers] == [403] * 3
