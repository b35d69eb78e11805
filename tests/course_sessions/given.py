"""Sessions for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.kit.records import add
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, SessionMeeting

HOUR = timedelta(hours=1)

DAY = timedelta(days=1)


async def session(
    db: AsyncSession, course: Course, *starts: datetime, status: SessionStatus = SessionStatus.PUBLISHED, **more: Any
) -> CourseSession:
    """Meetings of two hours (default: one in 30 days); applications are open from yesterday to the first meeting."""
    meetings = starts or (clock.now() + 30 * DAY,)
    first = min(meetings)
    fields: dict[str, Any] = {
        "capacity": 20,
        "application_opens_at": min(clock.now(), first) - DAY,
        "application_closes_at": first,
        "needs_approval": False,
        "fiscal_year": clock.fiscal_year(clock.day_of(first)),
        "starts_at": first,
        "ends_at": max(meetings) + 2 * HOUR,
    }
    made = CourseSession(course_id=course.id, course=course, status=status, **fields | more)
    made.meetings = [meeting(made, start) for start in sorted(meetings)]
    return await add(db, made)


def meeting(session: CourseSession, start: datetime) -> SessionMeeting:
    return SessionMeeting(course_session_id=session.id, starts_at=start, ends_at=start + 2 * HOUR, place="第3会議室")


def at(day: date, hour: int) -> datetime:
    """The hour of a day in Tokyo."""
    return clock.start_of(day) + hour * HOUR
