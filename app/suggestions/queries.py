"""For each missing skill, sessions that a person can apply to, and enrollments that may still give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Subquery, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlmodel import col

from app.catalog.models import CourseSkill
from app.kit.records import as_attribute
from app.seats.functions import admissions, missing_prerequisites, published_today
from app.seats.models import CourseSession, Enrollment
from app.seats.rules import ACTIVE, PENDING
from app.suggestions.functions import gives, takes_applications


@dataclass(frozen=True)
class GapSession:
    """A session that would close the gap in a skill, and the person's enrollment in it if there is one."""

    skill_code: str
    session: CourseSession
    enrollment: Enrollment | None = None


async def next_sessions(
    db: AsyncSession, employee_id: UUID, levels: Mapping[str, int], shown: int
) -> Sequence[GapSession]:
    """For each missing skill, the next sessions that would give it and for which the person can apply."""
    ranked = _ranked_sessions(employee_id, levels)
    rows = (
        select(ranked.c.skill_code, CourseSession)
        .options(joinedload(as_attribute(CourseSession.course)))
        .join_from(ranked, CourseSession, col(CourseSession.id) == ranked.c.id)
        .where(ranked.c.rank <= shown)
        .order_by(ranked.c.skill_code, ranked.c.rank)
    )
    return [GapSession(row[0], row[1]) for row in await db.execute(rows, published_today().params)]


def _ranked_sessions(employee_id: UUID, levels: Mapping[str, int]) -> Subquery:
    """Skill code, id and rank of sessions that would give a missing skill, the earliest first."""
    applied_for = select(col(Enrollment.course_session_id)).where(
        col(Enrollment.employee_id) == employee_id, col(Enrollment.status).in_(ACTIVE)
    )
    rank = func.row_number().over(
        partition_by=col(CourseSkill.skill_code), order_by=(col(CourseSession.starts_at), col(CourseSession.id))
    )
    admission = admissions(col(CourseSession.id))
    missing = missing_prerequisites(col(CourseSession.course_id), literal(employee_id, Uuid))
    return (
        select(col(CourseSkill.skill_code), col(CourseSession.id), rank.label("rank"))
        .join(CourseSession, col(CourseSession.course_id) == col(CourseSkill.course_id))
        .join(admission, admission.c.employee_id == employee_id)
        .where(
            gives(levels),
            takes_applications(),
            col(CourseSession.id).not_in(applied_for),
            admission.c.can_come,
            ~missing.exists(),
        )
        .subquery("ranked")
    )


async def running_enrollments(db: AsyncSession, employee_id: UUID, levels: Mapping[str, int]) -> Sequence[GapSession]:
    """For each missing skill, the person's enrollments that may still give it, the earliest session first."""
    rows = (
        select(col(CourseSkill.skill_code), CourseSession, Enrollment)
        .options(joinedload(as_attribute(CourseSession.course)))
        .join(CourseSession, col(CourseSession.course_id) == col(CourseSkill.course_id))
        .join(Enrollment, col(Enrollment.course_session_id) == col(CourseSession.id))
        .where(gives(levels), col(Enrollment.employee_id) == employee_id, col(Enrollment.status).in_(PENDING))
        .order_by(col(CourseSession.starts_at), col(CourseSession.id))
    )
    return [GapSession(*row) for row in await db.execute(rows)]
