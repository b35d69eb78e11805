"""What a result follows from: meetings with their attendance, the course's skills, terms of service."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import CourseSkill
from app.completion.rules import MeetingAttendance
from app.kit.as_of import AsOf
from app.people.functions import employments_on
from app.seats.models import Booking, Enrollment, SessionMeeting


async def meetings_attended(db: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Sequence[MeetingAttendance]]:
    """Every meeting of each enrollment with the attendance, also where none is recorded."""
    same = (col(Booking.enrollment_id) == col(Enrollment.id)) & (
        col(Booking.session_meeting_id) == col(SessionMeeting.id)
    )
    rows = (
        select(
            col(Enrollment.id),
            col(Booking.attendance),
            col(Booking.minutes),
            col(SessionMeeting.starts_at),
            col(SessionMeeting.ends_at),
        )
        .join(SessionMeeting, col(SessionMeeting.course_session_id) == col(Enrollment.course_session_id))
        .outerjoin(Booking, same)
        .where(col(Enrollment.id).in_(ids))
    )
    found: dict[UUID, list[MeetingAttendance]] = {}
    for row in await db.execute(rows):
        found.setdefault(row[0], []).append(MeetingAttendance(*row[1:]))
    return found


async def levels_taught(db: AsyncSession, course_id: UUID) -> dict[str, int | None]:
    """The skills that the course teaches, with their levels."""
    rows = select(col(CourseSkill.skill_code), col(CourseSkill.level)).where(col(CourseSkill.course_id) == course_id)
    return {row[0]: row[1] for row in await db.execute(rows)}


async def is_employed(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> bool:
    terms = employments_on(as_of)
    return bool(await db.scalar(select(exists().where(terms.c.employee_id == employee_id))))
