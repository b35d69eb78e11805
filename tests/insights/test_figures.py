"""Counted gaps over HTTP: equal to a recount from the explained gaps."""

from datetime import timedelta
from itertools import chain, combinations
from random import Random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.insights.enums import FigureLevel
from app.kit import clock
from app.kit.records import add
from app.people.enums import PostKind
from app.people.models import Employee
from app.skills.enums import EvidenceBasis
from app.skills.models import Skill
from tests.fixtures import SignIn
from tests.insights import given
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given as skills
from tests.thoroughness import sample

TODAY = clock.today()

DAY = timedelta(1)

KEYS = ("org_unit", "skill", "role")

GROUPINGS = list(chain.from_iterable(combinations(KEYS, n) for n in (1, 2, 3)))


async def evidence(db: AsyncSession, dice: Random, person: Employee) -> None:
    for skill in dice.sample(skills.SKILLS, 3):
        more: dict[str, Any] = {
            "level": dice.choice([None, 1, 2, 3]),
            "valid_to": dice.choice([None, *(TODAY + n * DAY for n in (-40, -10, 0, 1, 30, 31))]),
            "revoked_on": dice.choice([None, None, TODAY]),
            "basis": dice.choice([EvidenceBasis.COMPLETION, EvidenceBasis.COMPLETION, EvidenceBasis.SELF_ASSESSMENT]),
        }
        since = dice.choice([skills.START, skills.START, TODAY + DAY])
        if more["valid_to"] is None or since < more["valid_to"]:
            await skills.skill_record(db, person, skill, since, **more)


async def maps(db: AsyncSession, dice: Random) -> None:
    """A map that was succeeded lately by one with other cells, levels and days of grace."""
    former = await skills.skill_map(db, requirements={}, valid_to=TODAY - 15 * DAY)
    present = await skills.skill_map(db, 2, {}, valid_from=TODAY - 15 * DAY)
    for skill_map in (former, present):
        for role, demanded in skills.REQUIREMENTS.items():
            for skill in dice.sample(demanded, dice.randint(1, len(demanded))):
                terms = {"target_level": dice.choice([None, None, 2, 3]), "grace_days": dice.choice([0, 10, 20, 60])}
                await skills.requirement(db, skill_map, role, skill, **terms)


async def career(db: AsyncSession, dice: Random, city: people.City, person: Employee, unit: Any) -> None:
    """Other posts, appointments and absences, some of which began or ended lately."""
    day = TODAY - dice.choice([5, 12, 25, 100]) * DAY
    if unit and dice.random() < 0.4:
        await roles.appointment(db, person, city.department, since=day, valid_to=dice.choice([None, TODAY - 3 * DAY]))
    if unit and dice.random() < 0.4:
        until = dice.choice([None, TODAY - 2 * DAY])
        await people.post(db, person, city.section, "section_head", PostKind.ACTING, since=day, valid_to=until)
    if dice.random() < 0.5:
        since = TODAY - dice.choice([80, 30]) * DAY
        until = dice.choice([None, *(TODAY + n * DAY for n in (-25, -8, 0, 5))])
        await people.absence(db, person.id, since, until)


async def random_city(db: AsyncSession, dice: Random) -> None:
    city = await given.unmapped(db)
    units = [city.department, city.section, city.team, city.information, city.medical_center, None]
    await maps(db, dice)
    for _ in range(12):
        terms: dict[str, Any] = {
            "job_service": dice.choice(["administrative", "administrative", "medical", "fire"]),
            "job_category": dice.choice(["clerk", "nursery_teacher"]),
        }
        unit = dice.choice(units)
        since = dice.choice([people.START, TODAY - 7 * DAY])
        person = await people.employee(db, unit, dice.choice(["staff", "section_head"]), since, **terms)
        await evidence(db, dice, person)
        await career(db, dice, city, person, unit)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(sample(1, 10)))
async def test_counts_equal_a_recount_person_by_person(api: SignIn, db: AsyncSession, seed: int) -> None:
    dice = Random(seed)
    await random_city(db, dice)
    office = await api("training")
    for group_by in GROUPINGS:
        level, day = dice.choice(list(FigureLevel)), TODAY + dice.choice([-20, -14, 0, 0, 0, 6]) * DAY
        counted = await given.counted(office, group_by, level, day)
        assert counted == await given.recounted(db, office, group_by, level, day)


async def test_a_person_with_two_roles_counts_in_each_and_once_in_the_totals(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.section_head, city.section)
    office = await api("training")
    found = await given.figures(office, group_by="role")
    assert {row["role"]["code"]: row["headcount"] for row in found["results"]} == {
        "manager": 2,
        "leader": 1,
        "advisor": 1,
        "general": 4,
    }
    assert found["metadata"]["totals"]["headcount"] == 7
    assert (await given.by_skill(office))["security"][0] == 6


async def test_coverage_of_yearly_training_does_not_fall_to_zero_on_the_first_of_april(
    api: SignIn, db: AsyncSession
) -> None:
    city = await given.unmapped(db)
    skill_map = await skills.skill_map(db, requirements={})
    await skills.requirement(db, skill_map, "general", "security", grace_days=91)
    april = clock.fiscal_year_start(clock.fiscal_year(TODAY) + 1)
    await skills.skill_record(db, city.staff, "security", valid_to=april)
    await skills.skill_record(db, city.colleague, "security", april + 100 * DAY)
    office = await api("training")
    names = ("headcount", "holders", "in_grace", "expiring", "missing", "coverage")
    found = []
    for day in (april - 61 * DAY, april - DAY, april, april + 90 * DAY, april + 91 * DAY, april + 100 * DAY):
        (row,) = (await given.figures(office, under=city.team.id, as_of=f"{day}"))["results"]
        found.append(tuple(row[name] for name in names))
    assert found == [
        (2, 1, 0, 0, 1, 0.5),
        (2, 1, 0, 1, 1, 0.5),
        (2, 0, 1, 0, 1, 0.5),
        (2, 0, 1, 0, 1, 0.5),
        (2, 0, 0, 0, 2, 0.0),
        (2, 1, 0, 0, 1, 0.5),
    ]


async def test_figures_of_a_fiscal_year_are_as_of_its_day_nearest_to_today(api: SignIn, db: AsyncSession) -> None:
    await given.city(db)
    office, year = await api("training"), clock.fiscal_year(TODAY)
    found = [await given.figures(office, fiscal_year=each) for each in (year - 1, year, year + 1)]
    days = [clock.fiscal_year_start(year) - DAY, TODAY, clock.fiscal_year_start(year + 1)]
    assert [(one["metadata"]["fiscal_year"], one["metadata"]["as_of"]) for one in found] == [
        (each, f"{day}") for each, day in zip((year - 1, year, year + 1), days, strict=True)
    ]
    both = await office.get("/skill_gaps", params={"fiscal_year": year, "as_of": f"{TODAY}"})
    assert (both.status_code, both.json()["code"]) == (422, "day_with_fiscal_year")


async def test_people_only_count_in_their_primary_unit(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    office = await api("training")
    before = await given.figures(office, group_by="org_unit,skill")
    await people.post(db, city.stranger, city.section, kind=PostKind.CONCURRENT)
    assert await given.figures(office, group_by="org_unit,skill") == before


async def test_people_absent_or_out_of_scope_are_not_in_the_denominator(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await skills.skill_record(db, city.staff, "dx_basics")
    await people.absence(db, city.staff.id, TODAY)
    await people.employee(db, city.team, job_service="fire")
    (row,) = (await given.figures(await api("training"), skill_code="dx_basics", under=city.team.id))["results"]
    assert (row["headcount"], row["holders"], row["missing"], row["coverage"]) == (1, 0, 1, 0)
    assert (row["headcount_with_absent"], row["holders_with_absent"]) == (2, 1)
    await people.absence(db, city.colleague.id, TODAY)
    (row,) = (await given.figures(await api("training"), skill_code="dx_basics", under=city.team.id))["results"]
    assert (row["headcount"], row["coverage"]) == (0, None)


async def test_a_count_as_of_a_day_uses_its_skill_map_and_evidence(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db, valid_to=TODAY + DAY)
    await skills.skill_map(db, 2, {"general": ("network",)}, valid_from=TODAY + DAY)
    await skills.skill_record(db, city.staff, "security", TODAY)
    office = await api("training")
    yesterday, today, tomorrow = [await given.by_skill(office, as_of=f"{TODAY + n * DAY}") for n in (-1, 0, 1)]
    assert (yesterday["security"], today["security"]) == ((6, 6, 6), (6, 6, 5))
    assert tomorrow == {"network": (4, 4, 4)}
    empty = await given.figures(office, as_of=f"{people.START - DAY}")
    assert (empty["results"], empty["metadata"]["totals"]["headcount"]) == ([], 0)
    assert empty["metadata"]["resultset"]["count"] == 0


async def test_more_requirements_than_an_integer_has_bits_are_counted(api: SignIn, db: AsyncSession) -> None:
    city = await given.unmapped(db)
    requirements = {role: tuple(f"skill{n}" for n in range(70)) for role in ("general", "manager")}
    for n in range(70):
        await add(db, Skill(code=f"skill{n}", name="多い", definition="定義", ordinal=n))
    await skills.skill_map(db, requirements=requirements)
    for n in (0, 69):
        await skills.skill_record(db, city.staff, f"skill{n}")
    found = await given.by_skill(await api("training"), limit=100)
    assert {code for code, counts in found.items() if counts == (6, 6, 5)} == {"skill0", "skill69"}
    assert sum(counts == (6, 6, 6) for counts in found.values()) == 68


async def test_groups_are_sorted_paged_and_filtered(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await skills.skill_record(db, city.staff, "security")
    office = await api("training")
    query: dict[str, Any] = {"group_by": "org_unit,role,skill", "sort": "-missing,skill_code", "limit": 3}
    page = await given.figures(office, **query)
    rows, metadata = page["results"], page["metadata"]
    while page["metadata"]["next_cursor"]:
        page = await given.figures(office, **query, cursor=page["metadata"]["next_cursor"])
        rows += page["results"]
        assert page["metadata"]["resultset"]["count"] is None
        assert page["metadata"]["totals"] == metadata["totals"]
    assert len(rows) == metadata["resultset"]["count"]
    assert [row["missing"] for row in rows] == sorted((row["missing"] for row in rows), reverse=True)
    beyond = await given.figures(office, **query, offset=1000)
    assert (beyond["results"], beyond["metadata"]["totals"]) == ([], metadata["totals"])
    assert beyond["metadata"]["resultset"]["count"] == metadata["resultset"]["count"]
    narrowed = await given.figures(
        office, group_by="org_unit", level="department", role_code="general", under=city.section.id
    )
    assert [(row["org_unit"]["code"], row["headcount"]) for row in narrowed["results"]] == [("D1", 3)]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("group_by=person", "/query/group_by/0"),
        ("group_by=skill,person", "/query/group_by/1"),
        ("group_by=", "/query/group_by/0"),
        ("level=office", "/query/level"),
        ("under=everything", "/query/under"),
        ("role_code=%00", "/query/role_code/0"),
        ("skill_code=a'b", "/query/skill_code/0"),
        ("sort=name", "/query/sort"),
        ("since=2026-01-01T00:00:00Z", "/query/since"),
        ("as_of=tomorrow", "/query/as_of"),
        ("cursor=abc", "/query/cursor"),
        ("employee_id=1", "/query/employee_id"),
    ],
)
async def test_invalid_input_is_reported(api: SignIn, query: str, pointer: str) -> None:
    response = await (await api("training")).get(f"/skill_gaps?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("group_by", ["skill", "org_unit,skill,role"])
async def test_figures_take_three_statements(api: SignIn, db: AsyncSession, statements: Any, group_by: str) -> None:
    await given.city(db)
    office = await api("training")
    with statements() as seen:
        await given.figures(office, group_by=group_by)
    assert len(seen) == 3
