"""A few skills, a skill map in force with its requirements, and evidence."""

from datetime import date
from typing import Any

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import add, uuid7
from app.people.models import Employee
from app.skills.enums import EvidenceBasis, Provenance
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement
from tests.people import given

START = given.START

SKILLS = ("leadership", "dx_basics", "security", "network")

REQUIREMENTS = {
    "manager": ("leadership", "dx_basics", "security"),
    "leader": ("dx_basics", "security"),
    "advisor": ("dx_basics", "network"),
    "general": ("dx_basics", "security"),
    "childcare": ("security",),
}


async def skills(db: AsyncSession) -> None:
    for ordinal, code in enumerate(SKILLS):
        await add(db, Skill(code=code, name=code, definition=f"{code}を理解している。", ordinal=ordinal))


async def skill_map(db: AsyncSession, number: int = 1, requirements: Any = REQUIREMENTS, **more: Any) -> SkillMap:
    fields: dict[str, Any] = {"valid_from": START, "stated_counts": {"network": 1}}
    skill_map = await add(db, SkillMap(version=number, name="スキルマップ", **(fields | more)))
    for role, codes in requirements.items():
        for code in codes:
            await requirement(db, skill_map, role, code)
    return skill_map


async def requirement(db: AsyncSession, skill_map: SkillMap, role: str, skill: str, **more: Any) -> SkillRequirement:
    fields: dict[str, Any] = {"provenance": Provenance.RECONSTRUCTED, "confidence": 80}
    return await add(
        db, SkillRequirement(skill_map_id=skill_map.id, role_code=role, skill_code=skill, **(fields | more))
    )


async def skill_record(db: AsyncSession, person: Employee, skill: str, since: date = START, **more: Any) -> SkillRecord:
    fields: dict[str, Any] = {"basis": EvidenceBasis.COMPLETION, "source_id": uuid7()}
    return await add(db, SkillRecord(employee_id=person.id, skill_code=skill, valid_from=since, **(fields | more)))


async def rows(client: AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    response = await client.get(path, params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["results"]
    return found
