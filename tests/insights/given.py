"""The small city with roles, skills and a skill map; and counts of its gaps, recounted from the explained gaps."""

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

Group = tuple[str | None, ...]

Counts = dict[Group, tuple[int, int, int, int]]

TOTAL: Group = (None, None, None)


async def unmapped(db: AsyncSession) -> people.City:
    """People, roles and skills without a skill map."""
    city = await people.city(db)
    await roles.roles(db)
    await skills.skills(db)
    return city


async def city(db: AsyncSession, **skill_map: Any) -> people.City:
    city = await unmapped(db)
    await skills.skill_map(db, **skill_map)
    return city


async def gap(client: AsyncClient, person: Employee, day: date) -> Any:
    response = await client.get(f"/employees/{person.id}/skill_gap", params={"as_of": f"{day}"})
    assert response.status_code == 200, response.text
    return response.json()


async def states(client: AsyncClient, person: Employee, day: date) -> dict[str, str]:
    return {line["skill"]["code"]: line["status"] for line in (await gap(client, person, day))["skills"]}


async def figures(client: AsyncClient, **query: Any) -> dict[str, Any]:
    response = await client.get("/skill_gaps", params=query)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def by_skill(client: AsyncClient, **query: Any) -> dict[str, tuple[int, int, int | None]]:
    rows = (await figures(client, **query))["results"]
    return {row["skill"]["code"]: (row["headcount"], row["headcount_with_absent"], row["missing"]) for row in rows}


async def counted(client: AsyncClient, group_by: Sequence[str], level: FigureLevel, day: date) -> Counts:
    """The figures by unit, role and skill code; the totals under `TOTAL`."""
    query: dict[str, Any] = {"group_by": ",".join(group_by), "level": level, "as_of": f"{day}", "limit": 200}
    response = await client.get("/skill_gaps", params=query)
    assert response.status_code == 200, response.text
    groups = {
        tuple(row[of] and row[of]["code"] for of in ("org_unit", "role", "skill")): _numbers(row)
        for row in response.json()["results"]
    }
    return groups | {TOTAL: _numbers(response.json()["metadata"]["totals"])}


def _numbers(count: Any) -> tuple[int, int, int, int]:
    assert count["missing"] == count["headcount"] - count["holders"]
    assert count["coverage"] == (round(count["holders"] / count["headcount"], 4) if count["headcount"] else None)
    return count["headcount"], count["headcount_with_absent"], count["holders"], count["holders_with_absent"]


async def recounted(
    db: AsyncSession, client: AsyncClient, group_by: Sequence[str], level: FigureLevel, day: date
) -> Counts:
    units = {unit.id: unit for unit in (await db.execute(select(OrgUnit))).scalars()}
    found: dict[Group, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for person in (await db.execute(select(Employee).order_by(col(Employee.employee_number)))).scalars():
        explained = await gap(client, person, day)
        if explained["in_scope"]:
            unit = _rolled_up(units, explained["employee"]["org_unit"], level)
            for group, holds in _holds_by_group(explained, unit, group_by).items():
                found[group][1] += 1
                found[group][3] += holds
                found[group][0] += not explained["absent"]
                found[group][2] += holds and not explained["absent"]
    return {group: (a, b, c, d) for group, (a, b, c, d) in found.items()}


def _rolled_up(units: dict[UUID, OrgUnit], unit: Any, level: FigureLevel) -> str | None:
    if unit is None:
        return None
    lineage = [units[above] for above in units[UUID(unit["id"])].lineage]
    return [lineage[0], *(above for above in lineage if above.level in LEVELS[level])][-1].code


def _holds_by_group(explained: Any, unit: str | None, group_by: Sequence[str]) -> dict[Group, bool]:
    """The groups in which the person counts, each with whether the person has all the skills needed there."""
    holds: dict[Group, bool] = {}
    for line in explained["skills"]:
        for demand in line["demanded_by"]:
            key = {"org_unit": unit, "role": demand["role_code"], "skill": line["skill"]["code"]}
            group = tuple(key[of] if of in group_by else None for of in ("org_unit", "role", "skill"))
            for counted_in in (group, TOTAL):
                holds[counted_in] = holds.get(counted_in, True) and demand["met"]
    return holds
