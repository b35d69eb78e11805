"""SELECTs of courses. Every signed-in caller sees all of them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.kit.records import as_attribute


def courses() -> Select[Course]:
    """Courses with their skills and the courses they refer to: three more statements, however many rows."""
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
    """Others who link courses wait, because two links made at once could close a cycle."""
    await db.execute(text("LOCK TABLE course_prerequisite, course_equivalent IN SHARE ROW EXCLUSIVE MODE"))


async def links(
    db: AsyncSession, start: SQLCoreOperations[UUID], end: SQLCoreOperations[UUID]
) -> dict[UUID, list[UUID]]:
    """All links of one kind: the ids of the courses that each course refers to."""
    graph: dict[UUID, list[UUID]] = {}
    for course_id, named_id in await db.execute(select(start, end)):
        graph.setdefault(course_id, []).append(named_id)
    return graph
