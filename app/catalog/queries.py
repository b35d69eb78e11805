"""SELECTs of courses. Every signed-in caller sees all of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Select, String, Uuid, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.kit.once import built_once
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.lists.models import CourseTheme

_SESSIONS = table(
    "course_session",
    column("id", Uuid),
    column("course_id", Uuid),
    column("starts_at", DateTime(timezone=True)),
    column("status", String),
)
"""Of a higher layer, and named as a foreign key would name it."""


@built_once
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


async def locked_course(db: AsyncSession, course_id: UUID) -> Course:
    """Others who plan, publish or change its sessions wait."""
    return await one_or_404(db, _locked_courses(), col(Course.id), course_id)


@built_once
def _locked_courses() -> Select[Course]:
    return courses().with_for_update(of=Course).execution_options(populate_existing=True)


async def sessions_from(db: AsyncSession, course_id: UUID, start: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Sessions that start then or later, in their order; those held or cancelled left out."""
    later = _SESSIONS.c.course_id == course_id, _SESSIONS.c.starts_at >= start
    open_ = _SESSIONS.c.status.in_(("draft", "published", "closed"))
    rows = select(_SESSIONS.c.id, _SESSIONS.c.starts_at).where(*later, open_)
    return [(row[0], row[1]) for row in await db.execute(rows.order_by(_SESSIONS.c.starts_at, _SESSIONS.c.id))]


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


async def theme_names(db: AsyncSession, codes: Collection[str]) -> Sequence[str]:
    """What these themes are called, in both languages, and their codes."""
    named = select(col(CourseTheme.code), col(CourseTheme.name), col(CourseTheme.name_en))
    rows = (await db.execute(named.where(col(CourseTheme.code).in_(codes)))).all()
    return [text for row in rows for text in row if text]
