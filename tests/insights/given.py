"""The small city with roles, skills and a skill map; and counts of its gaps, recounted from the explained gaps."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
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

Counts = dict[Group, tuple[int, ...]]
"""By group: people and holders, both without and with those absent; in grace, expiring, missing."""

EXPIRES_WITHIN = 30

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
    query["expires_within"] = EXPIRES_WITHIN
    response = await client.get("/skill_gaps", params=query)
    assert response.status_code == 200, response.text
    groups = {
        tuple(row[of] and row[of]["code"] for of in ("org_unit", "role", "skill")): _numbers(row)
        for row in response.json()["results"]
    }
    return groups | {TOTAL: _numbers(response.json()["metadata"]["totals"])}


def _numbers(count: Any) -> tuple[int, ...]:
    assert count["headcount"] == count["holders"] + count["in_grace"] + count["missing"]
    assert count["expiring"] <= count["holders"]
    covered = count["holders"] + count["in_grace"]
    assert count["coverage"] == (round(covered / count["headcount"], 4) if count["headcount"] else None)
    people = count["headcount"], count["headcount_with_absent"], count["holders"], count["holders_with_absent"]
    return *people, count["in_grace"], count["expiring"], count["missing"]


async def recounted(
    db: AsyncSession, client: AsyncClient, group_by: Sequence[str], level: FigureLevel, day: date
) -> Counts:
    units = {unit.id: unit for unit in (await db.execute(select(OrgUnit))).scalars()}
    found: dict[Group, list[int]] = defaultdict(lambda: [0] * 7)
    for person in (await db.execute(select(Employee).order_by(col(Employee.employee_number)))).scalars():
        explained = await gap(client, person, day)
        if explained["in_scope"]:
            unit = _rolled_up(units, explained["employee"]["org_unit"], level)
            for group, demands in _demands_by_group(explained, unit, group_by).items():
                for at, counts in enumerate(_states(demands, day, present=not explained["absent"])):
                    found[group][at] += counts
    return {group: tuple(counts) for group, counts in found.items()}


def _states(demands: list[Any], day: date, *, present: bool) -> tuple[bool, ...]:
    """Whether a person is counted in each number of a group, from what the group requires of the person."""
    holds = all(demand["met"] for demand in demands)
    missing = any(not demand["met"] and demand["due_on"] <= f"{day}" for demand in demands)
    expiring = holds and not all(demand["lasts"] for demand in demands)
    in_grace = not holds and not missing
    return present, True, present and holds, holds, present and in_grace, present and expiring, present and missing


def _rolled_up(units: dict[UUID, OrgUnit], unit: Any, level: FigureLevel) -> str | None:
    if unit is None:
        return None
    lineage = [units[above] for above in units[UUID(unit["id"])].lineage]
    return [lineage[0], *(above for above in lineage if above.level in LEVELS[level])][-1].code


def _demands_by_group(explained: Any, unit: str | None, group_by: Sequence[str]) -> dict[Group, list[Any]]:
    """The groups in which the person counts, each with the demands on the person there."""
    demands: dict[Group, list[Any]] = defaultdict(list)
    last = f"{date.fromisoformat(explained['as_of']) + timedelta(EXPIRES_WITHIN)}"
    for line in explained["skills"]:
        for demand in line["demanded_by"]:
            target = demand["target_level"] or 0
            enough = [one for one in line["evidence"] if (one["level"] or 0) >= target]
            lasts = any(one["valid_to"] is None or one["valid_to"] > last for one in enough)
            key = {"org_unit": unit, "role": demand["role_code"], "skill": line["skill"]["code"]}
            group = tuple(key[of] if of in group_by else None for of in ("org_unit", "role", "skill"))
            for counted_in in (group, TOTAL):
                demands[counted_in].append(demand | {"lasts": lasts})
    return demands
