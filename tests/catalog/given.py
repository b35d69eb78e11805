"""Courses for tests."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course, CourseSkill
from app.kit.records import add
from app.kit.text import fold
from app.skills.models import Skill

DX_BASICS: dict[str, Any] = {
    "code": "AP1-DX",
    "title": "DX基礎研修",
    "provider_kind": "city",
    "format": "e_learning",
    "minutes": 90,
}


async def skills(db: AsyncSession, *codes: str) -> list[Skill]:
    return [await add(db, Skill(code=code, name=code, definition="定義", ordinal=at)) for at, code in enumerate(codes)]


async def course(db: AsyncSession, code: str = "AP1-DX", skill_code: str | None = None, **more: Any) -> Course:
    """A course of the city for everyone; it teaches the skill, which must exist."""
    fields = DX_BASICS | {"code": code, "target": {"role_codes": []}, "completion_rule": {}} | more
    made = Course(**fields, search_key=fold(code, str(fields["title"])))
    if skill_code:
        made.skills = [CourseSkill(course_id=made.id, skill_code=skill_code)]
    return await add(db, made)
