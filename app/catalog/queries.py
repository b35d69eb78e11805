"""Every SELECT of courses. Everybody who is signed in may see them all."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.kit.records import as_attribute


def courses() -> Select[Course]:
    """Courses with their skills and the courses that they name: three statements more, whatever the page."""
    return select(Course).options(
        selectinload(as_attribute(Course.skills)),
        selectinload(as_attribute(Course.prerequisite_links)).options(
            joinedload(as_attribute(CoursePrerequisite.required))
        ),
        selectinload(as_attribute(Course.equivalent_links)).options(
            joinedload(as_attribute(CourseEquivalent.equivalent))
        ),
    )


async def by_code(db: AsyncSession, codes: Iterable[str]) -> Mapping[str, Course]:
    found = await db.execute(select(Course).where(col(Course.code).in_(set(codes))))
    return {course.code: course for course in found.scalars()}


async def lock_links(db: AsyncSession) -> None:
    """Whoever links courses next waits for us: two links made at once could close a circle."""
    await db.execute(text("LOCK TABLE course_prerequisite, course_equivalent IN SHARE ROW EXCLUSIVE MODE"))


async def links(db: AsyncSession, start: Any, end: Any) -> dict[UUID, list[UUID]]:
    """All links of one kind: from each course to those it names."""
    graph: dict[UUID, list[UUID]] = {}
    for course_id, named_id in await db.execute(select(col(start), col(end))):
        graph.setdefault(course_id, []).append(named_id)
    return graph
