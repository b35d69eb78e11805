"""Target groups in SQL against the same rule in plain Python."""

from typing import Any

import pytest
from sqlalchemy import Date, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Employee
from tests.people import given as people
from tests.people.given import START, City
from tests.roles import given as roles

TARGETS: list[dict[str, Any]] = [
    {},
    {"role_codes": []},
    {"role_codes": ["manager", "leader"]},
    {"role_codes": ["leader"]},
    {"role_codes": ["manager"], "position_ranks": ["department_head"]},
    {"position_ranks": ["section_head"]},
    {"position_ranks": ["staff", "chief"], "job_categories": ["administrative"]},
    {"job_categories": ["childcare_teacher"]},
    {"years_of_service_min": 6, "years_of_service_max": 6},
    {"years_of_service_min": 7},
    {"years_of_service_max": 5},
    {"years_of_service_min": None, "years_of_service_max": None},
]
DAY = START.replace(year=2026)
_PERSON, _TARGET = bindparam("person", type_=Uuid), bindparam("target", type_=JSONB)
_TARGETED = select(func.is_targeted(_PERSON, _TARGET, bindparam("day", type_=Date), bindparam("day", type_=Date)))


@pytest.fixture
async def city(db: AsyncSession) -> City:
    await roles.roles(db)
    return await people.city(db)


def targeted(target: dict[str, Any], held: str, rank: str, years: int) -> bool:
    """Every list that is not empty must match; the years lie within the bounds."""
    lists = {"role_codes": held, "position_ranks": rank, "job_categories": "administrative"}
    least, most = target.get("years_of_service_min") or 0, target.get("years_of_service_max")
    return all(value in (target.get(name) or [value]) for name, value in lists.items()) and (
        least <= years and (most is None or years <= most)
    )


@pytest.mark.parametrize("target", TARGETS)
async def test_every_condition_of_a_target_must_hold(db: AsyncSession, city: City, target: dict[str, Any]) -> None:
    newcomer = await people.employee(db, city.team, since=DAY)

    async def found(person: Employee) -> bool:
        return bool(await db.scalar(_TARGETED, {"person": person.id, "target": target, "day": DAY}))

    assert await found(city.section_head) is targeted(target, "manager", "section_head", 6)
    assert await found(city.staff) is targeted(target, "general", "staff", 6)
    assert await found(newcomer) is targeted(target, "general", "staff", 0)
