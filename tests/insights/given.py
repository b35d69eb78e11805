"""The small city with roles, skills and a map; and its gaps, recounted person by person from the explained gaps."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.insights.enums import FigureLevel
from app.insights.rules import LEVELS
from app.people.models import Employee, OrgUnit
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given as skills

Counts = dict[tuple[str | None, ...], tuple[int, int, int, int]]

WHOLE: tuple[str | None, ...] = (None, None, None)


async def unmapped(db: AsyncSession) -> people.City:
    """People, roles and skills without a map."""
    city = await people.city(db)
    await roles.roles(db)
    await skills.skills(db)
    return city


async def city(db: AsyncSession, **skill_map: Any) -> people.City:
    city = await unmapped(db)
    await skills.skill_map(db, **skill_map)
    return city


async def gap(client: AsyncClient, person: Employee, day: date) -> Any:
    answer = await client.get(f"/employees/{person.id}/skill_gap", params={"as_of": f"{day}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def states(client: AsyncClient, person: Employee, day: date) -> dict[str, str]:
    return {line["skill"]["code"]: line["status"] for line in (await gap(client, person, day))["skills"]}


async def figures(client: AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/skill_gaps", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def by_skill(client: AsyncClient, **asked: Any) -> dict[str, tuple[int, int, int | None]]:
    rows = (await figures(client, **asked))["results"]
    return {row["skill"]["code"]: (row["headcount"], row["headcount_with_absent"], row["missing"]) for row in rows}


async def counted(client: AsyncClient, group_by: Sequence[str], level: FigureLevel, day: date) -> Counts:
    """The figures by unit, role and skill code; the totals under WHOLE."""
    asked: dict[str, Any] = {"group_by": ",".join(group_by), "level": level, "as_of": f"{day}", "limit": 200}
    answer = await client.get("/skill_gaps", params=asked)
    assert answer.status_code == 200, answer.text
    groups = {
        tuple(row[of] and row[of]["code"] for of in ("org_unit", "role", "skill")): _numbers(row)
        for row in answer.json()["results"]
    }
    return groups | {WHOLE: _numbers(answer.json()["metadata"]["totals"])}


def _numbers(count: Any) -> tuple[int, int, int, int]:
    assert count["missing"] == count["headcount"] - count["holders"]
    assert count["coverage"] == (round(count["holders"] / count["headcount"], 4) if count["headcount"] else None)
    return count["headcount"], count["headcount_with_absent"], count["holders"], count["holders_with_absent"]


async def recounted(
    db: AsyncSession, client: AsyncClient, group_by: Sequence[str], level: FigureLevel, day: date
) -> Counts:
    units = {unit.id: unit for unit in (await db.execute(select(OrgUnit))).scalars()}
    found: dict[tuple[str | None, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for person in (await db.execute(select(Employee).order_by(col(Employee.employee_number)))).scalars():
        told = await gap(client, person, day)
        if told["in_scope"]:
            unit = _rolled_up(units, told["employee"]["org_unit"], level)
            for group, holds in _holdings(told, unit, group_by).items():
                found[group][1] += 1
                found[group][3] += holds
                found[group][0] += not told["absent"]
                found[group][2] += holds and not told["absent"]
    return {group: tuple(numbers) for group, numbers in found.items()}  # type: ignore[misc]


def _rolled_up(units: dict[UUID, OrgUnit], told: Any, level: FigureLevel) -> str | None:
    if told is None:
        return None
    lineage = [units[above] for above in units[UUID(told["id"])].lineage]
    return [lineage[0], *(unit for unit in lineage if unit.level in LEVELS[level])][-1].code


def _holdings(told: Any, unit: str | None, group_by: Sequence[str]) -> dict[tuple[str | None, ...], bool]:
    """The groups in which the person counts, and whether everything demanded there has been shown."""
    holds: dict[tuple[str | None, ...], bool] = {}
    for line in told["skills"]:
        for demand in line["demanded_by"]:
            key = {"org_unit": unit, "role": demand["role_code"], "skill": line["skill"]["code"]}
            group = tuple(key[of] if of in group_by else None for of in ("org_unit", "role", "skill"))
            for counted_in in (group, WHOLE):
                holds[counted_in] = holds.get(counted_in, True) and demand["met"]
    return holds
