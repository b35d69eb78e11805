"""`roles_on` in SQL against a plain reading of the policy, in random small cities."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.people.models import Employee, OrgUnit, Post
from app.roles.enums import Decision
from app.roles.functions import roles_on
from app.roles.models import RoleAssignment
from tests.people import given as people
from tests.roles import given

pytestmark = pytest.mark.slow

BEGIN = date(2026, 1, 1)

LAST = 40

Held = set[tuple[UUID, str]]


@dataclass
class RandomCity:
    units: dict[UUID, OrgUnit]
    people: dict[UUID, str]
    posts: list[Post]
    appointments: list[RoleAssignment]

    def roles(self, day: date, published_by: date) -> Held:
        explicit = {(post.employee_id, code) for post in self.posts for code in self.by_post(post, day, published_by)}
        explicit |= {(a.employee_id, "leader") for a in self.appointments if self.in_effect(a, day, published_by)}
        others = self.people.keys() - {person for person, _ in explicit}
        return explicit | {
            (person, "childcare" if self.people[person] == "nursery_teacher" else "general") for person in others
        }

    def by_post(self, post: Post, day: date, published_by: date) -> set[str]:
        if not self.held(post, day, published_by):
            return set()
        manager = {"manager"} if post.position_rank in {"department_head", "section_head"} else set()
        named = {unit.code for unit in self.units.values() if unit.id in self.units[post.org_unit_id].lineage}
        return manager | ({"advisor"} if "INFO" in named else set())

    def held(self, post: Post, day: date, published_by: date) -> bool:
        started = post.valid_from <= day and (post.published_on or date.min) <= published_by
        end_known = (post.end_published_on or date.min) <= published_by
        return started and not (post.valid_to is not None and post.valid_to <= day and end_known)

    def in_effect(self, a: RoleAssignment, day: date, published_by: date) -> bool:
        """On each day since the first: what has ended once does not come back."""
        runs = a.status == Decision.ACTIVE and a.valid_from <= day and (a.valid_to is None or day < a.valid_to)
        days = [a.valid_from + timedelta(offset) for offset in range((day - a.valid_from).days + 1)]
        return runs and all(self.works_there(a, each, published_by) for each in days)

    def works_there(self, a: RoleAssignment, day: date, published_by: date) -> bool:
        primary = [p for p in self.posts if p.employee_id == a.employee_id and p.kind == PostKind.PRIMARY]
        at = {unit for p in primary if self.held(p, day, published_by) for unit in self.units[p.org_unit_id].lineage}
        return not at.isdisjoint({a.org_unit_id, a.home_unit_id})


async def random_city(db: AsyncSession, dice: Random) -> RandomCity:
    await people.ranks(db)
    await given.roles(db)
    units = [await people.unit(db, f"D{index}", "department") for index in range(2)]
    units += [await people.unit(db, code, parent=dice.choice(units)) for code in ("S0", "INFO", "S2", "S3")]
    units += [await people.unit(db, f"T{index}", "team", parent=dice.choice(units[2:])) for index in range(4)]
    city = RandomCity({unit.id: unit for unit in units}, {}, [], [])
    for _ in range(14):
        category = dice.choice(["clerk", "clerk", "nursery_teacher"])
        person = await people.employee(db, job_category=category)
        city.people[person.id] = category
        await add_career(db, dice, city, person)
    return city


async def add_career(db: AsyncSession, dice: Random, city: RandomCity, person: Employee) -> None:
    """Primary posts one after another, sometimes a second post, sometimes an appointment."""
    units = list(city.units.values())
    days = [BEGIN + timedelta(offset) for offset in sorted(dice.sample(range(LAST), 3))]
    for start, end in zip(days, [*days[1:], None], strict=True):
        city.posts.append(await random_post(db, dice, person, dice.choice(units), PostKind.PRIMARY, start, end))
    if dice.random() < 0.5:
        kind = dice.choice([PostKind.CONCURRENT, PostKind.ACTING])
        city.posts.append(await random_post(db, dice, person, dice.choice(units), kind, days[0], days[2]))
    if dice.random() < 0.6:
        home = city.units[city.posts[-1].org_unit_id]
        status = dice.choice([Decision.ACTIVE, Decision.ACTIVE, Decision.NOMINATED, Decision.CANCELLED])
        more: dict[str, Any] = {"valid_to": dice.choice([None, days[2]]), "status": status}
        city.appointments.append(
            await given.appointment(db, person, dice.choice(units), home=home, since=days[1], **more)
        )


async def random_post(
    db: AsyncSession, dice: Random, person: Employee, unit: OrgUnit, kind: PostKind, start: date, end: date | None
) -> Post:
    published = dice.choice([None, start - timedelta(3), start + timedelta(2)])
    ended = dice.choice([None, end, end - timedelta(2)]) if end else None
    rank = dice.choice(["staff", "staff", "staff", "section_head"])
    more = {"valid_to": end, "published_on": published, "end_published_on": ended}
    return await people.post(db, person, unit, rank, kind, start, **more)


async def held_on(db: AsyncSession, day: date, published_by: date = date.max) -> Held:
    table = roles_on(AsOf(day, published_by))
    return {(row.employee_id, row.role_code) for row in await db.execute(select(table))}


@pytest.mark.parametrize("seed", range(6))
async def test_the_database_gives_the_roles_of_the_policy(db: AsyncSession, seed: int) -> None:
    city = await random_city(db, Random(seed))
    for offset in range(-1, LAST + 2, 3):
        day = BEGIN + timedelta(offset)
        for published_by in (date.max, day, day - timedelta(2)):
            assert await held_on(db, day, published_by) == city.roles(day, published_by), (day, published_by)


async def test_one_person_has_the_roles_of_the_whole_list(db: AsyncSession) -> None:
    city = await random_city(db, Random(0))
    table, day = roles_on(AsOf(BEGIN + timedelta(20), date.max)), BEGIN + timedelta(20)
    for person in city.people:
        rows = await db.execute(select(table.c.role_code).where(table.c.employee_id == person))
        assert {(person, row.role_code) for row in rows} == {
            held for held in await held_on(db, day) if held[0] == person
        }


Change = Callable[[AsyncSession, people.City], Awaitable[object]]


async def promote(db: AsyncSession, city: people.City) -> None:
    await people.post(
        db, city.staff, city.section, "section_head", PostKind.ACTING, date(2026, 6, 1), valid_to=date(2026, 7, 1)
    )


async def appoint(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.staff, city.section, since=date(2026, 6, 1), valid_to=date(2026, 7, 1))


async def lend_to_information(db: AsyncSession, city: people.City) -> None:
    await people.post(
        db, city.staff, city.information, kind=PostKind.CONCURRENT, since=date(2026, 6, 1), valid_to=date(2026, 7, 1)
    )


@pytest.mark.parametrize("change", [promote, appoint, lend_to_information])
async def test_a_change_affects_the_days_it_covers_and_no_others(db: AsyncSession, change: Change) -> None:
    city = await people.city(db)
    await given.roles(db)
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
    before = [await held_on(db, day) for day in days]
    await change(db, city)
    after = [await held_on(db, day) for day in days]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False, True]


async def test_a_new_definition_leaves_earlier_days_alone(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    role = await given.role(db, "manager", since=date(2019, 4, 1), valid_to=date(2020, 4, 1))
    role.position_ranks = ["assistant_section_head"]
    await db.flush()
    assert (city.leader.id, "manager") not in await held_on(db, date(2026, 6, 1))
    assert (city.section_head.id, "manager") in await held_on(db, date(2026, 6, 1))


async def test_a_transfer_ends_the_leader_role_and_a_return_does_not_restore_it(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    person = await people.employee(db)
    for unit, start, end in (
        (city.section, people.START, date(2026, 4, 1)),
        (city.other_section, date(2026, 4, 1), date(2026, 7, 1)),
        (city.team, date(2026, 7, 1), None),
    ):
        await people.post(db, person, unit, since=start, valid_to=end)
    await given.appointment(db, person, city.section)
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)]
    leads = [(person.id, "leader") in await held_on(db, day) for day in days]
    assert leads == [True, False, False, False]


async def test_a_leader_from_elsewhere_leads_several_offices_while_at_home(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    for office in (city.other_section, city.medical_center):
        await given.appointment(db, city.staff, office, home=city.team)
    table = roles_on(AsOf(date(2026, 6, 1), date.max))
    led = select(table.c.org_unit_id).where(table.c.employee_id == city.staff.id)
    assert set((await db.execute(led)).scalars()) == {city.other_section.id, city.medical_center.id}


async def test_only_personnel_officers_know_an_unpublished_promotion(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    april, published = date(2027, 4, 1), date(2027, 3, 25)
    await people.post(db, city.staff, city.section, "section_head", PostKind.ACTING, april, published_on=published)
    promoted = (city.staff.id, "manager")
    assert promoted not in await held_on(db, april, published_by=date(2027, 3, 24))
    assert promoted in await held_on(db, april, published_by=published)


async def test_a_reused_unit_code_refers_to_the_unit_of_the_day(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    reorganized = date(2026, 4, 1)
    city.information.valid_to = reorganized
    await db.flush()
    successor = await people.unit(db, "INFO", parent=city.department, valid_from=reorganized)
    newcomer = await people.employee(db, successor, since=reorganized)
    before, after = [await held_on(db, day) for day in (reorganized - timedelta(1), reorganized)]
    assert (city.advisor.id, "advisor") in before
    assert (city.advisor.id, "advisor") not in after
    assert (newcomer.id, "advisor") in after


async def test_an_employee_without_a_post_is_general_and_one_not_employed_has_no_role(db: AsyncSession) -> None:
    await people.city(db)
    await given.roles(db)
    idle = await people.employee(db, left_on=date(2026, 7, 1))
    roles = [
        {code for person, code in await held_on(db, day) if person == idle.id}
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert roles == [{"general"}, set()]
