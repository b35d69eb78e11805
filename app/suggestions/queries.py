"""For each missing skill, sessions that a person can apply to, and enrollments that may still give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Subquery, Uuid, func, label, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog.enums import EnrollmentMode
from app.catalog.models import Course, CourseSkill
from app.seats.enums import EnrollmentStatus
from app.seats.functions import admissions, missing_prerequisites, published_today
from app.seats.models import CourseSession, Enrollment
from app.seats.rules import ACTIVE, PENDING
from app.suggestions.functions import gives, takes_applications


@dataclass(frozen=True)
class GapSession:
    """A session that would close the gap in a skill, with the person's enrollment in it, if there is one."""

    skill_code: str
    enrollment_id: UUID | None
    status: EnrollmentStatus | None
    mode: EnrollmentMode
    id: UUID
    course_id: UUID
    code: str
    title: str
    title_en: str | None
    starts_at: datetime
    free_seats: int
    application_opens_at: datetime
    application_closes_at: datetime


async def sessions_for(
    db: AsyncSession, employee_id: UUID, levels: Mapping[str, int], shown: int
) -> Sequence[GapSession]:
    """For each missing skill, the next sessions that would give it and for which the person can apply, and the person's
    enrollments that may still give it; the earliest session first."""
    both = union_all(_next_sessions(employee_id, levels, shown), _running(employee_id, levels)).subquery("both")
    rows = select(both).order_by(both.c.starts_at, both.c.id)
    return [GapSession(*row) for row in await db.execute(rows, published_today().params)]


def _columns(skill: SQLCoreOperations[str], *enrollment: SQLCoreOperations[Any]) -> Select[*tuple[Any, ...]]:
    """The columns of a `GapSession`, of the session and its course."""
    return select(
        label("skill_code", skill),
        *enrollment,
        col(CourseSession.id),
        col(CourseSession.course_id),
        col(Course.code),
        col(Course.title),
        col(Course.title_en),
        col(CourseSession.starts_at),
        (col(CourseSession.capacity) - col(CourseSession.seats_taken)).label("free_seats"),
        col(CourseSession.application_opens_at),
        col(CourseSession.application_closes_at),
    ).join(Course, col(Course.id) == col(CourseSession.course_id))


def _next_sessions(employee_id: UUID, levels: Mapping[str, int], shown: int) -> Select[*tuple[Any, ...]]:
    ranked = _ranked_sessions(employee_id, levels)
    none = (null().cast(Uuid).label("enrollment_id"), null().cast(String).label("status"))
    rows = _columns(ranked.c.skill_code, *none, col(Course.mode).label("mode"))
    return rows.join(ranked, col(CourseSession.id) == ranked.c.id).where(ranked.c.rank <= shown)


def _running(employee_id: UUID, levels: Mapping[str, int]) -> Select[*tuple[Any, ...]]:
    theirs = (col(Enrollment.id), col(Enrollment.status), col(Enrollment.mode))
    return (
        _columns(col(CourseSkill.skill_code), *theirs)
        .join(CourseSkill, col(CourseSkill.course_id) == col(CourseSession.course_id))
        .join(Enrollment, col(Enrollment.course_session_id) == col(CourseSession.id))
        .where(gives(levels), col(Enrollment.employee_id) == employee_id, col(Enrollment.status).in_(PENDING))
    )


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
