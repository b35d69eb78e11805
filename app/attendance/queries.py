"""Bookings as attendance: of which person at which meeting."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.once import built_once
from app.seats.enums import Attendance
from app.seats.models import Booking, Enrollment, SessionMeeting
from app.seats.queries import visible_to

AttendanceRows = Select[UUID, UUID, UUID, UUID, Attendance | None, int | None, UUID | None, datetime, datetime]
AttendanceRow = Row[UUID, UUID, UUID, UUID, Attendance | None, int | None, UUID | None, datetime, datetime]


@built_once
def _attendance(visible: Select[Enrollment]) -> AttendanceRows:
    """Meetings of visible enrollments that hold a seat, and those attended by people whose seat has ended."""
    return (
        select(
            col(Booking.id),
            col(Booking.enrollment_id),
            col(Booking.employee_id),
            col(Booking.session_meeting_id),
            col(Booking.attendance),
            col(Booking.minutes),
            col(Booking.org_unit_id),
            col(SessionMeeting.starts_at),
            col(SessionMeeting.ends_at),
        )
        .join(SessionMeeting, col(SessionMeeting.id) == col(Booking.session_meeting_id))
        .where(
            col(Booking.holds) | col(Booking.attendance).is_not(None),
            col(Booking.enrollment_id).in_(visible.with_only_columns(col(Enrollment.id))),
        )
    )


def attendance_of_enrollment(who: Principal) -> AttendanceRows:
    """Of the enrollment that is the parameter `enrollment_id`."""
    return _attendance_of(visible_to(who))


@built_once
def _attendance_of(visible: Select[Enrollment]) -> AttendanceRows:
    return _attendance(visible).where(col(Booking.enrollment_id) == bindparam("enrollment_id", type_=Uuid))


def attendance_at_session(who: Principal) -> AttendanceRows:
    """At the session that is the parameter `course_session_id`."""
    return _attendance_at(visible_to(who))


@built_once
def _attendance_at(visible: Select[Enrollment]) -> AttendanceRows:
    at_session = col(SessionMeeting.course_session_id) == bindparam("course_session_id", type_=Uuid)
    return _attendance(visible).where(at_session)


async def bookings(db: AsyncSession, meeting_id: UUID, enrollments: Collection[UUID]) -> Mapping[UUID, Booking]:
    """The bookings of one meeting, by enrollment."""
    rows = select(Booking).where(
        col(Booking.session_meeting_id) == meeting_id,
        col(Booking.enrollment_id).in_(enrollments),
        col(Booking.holds),
    )
    return {booking.enrollment_id: booking for booking in (await db.execute(rows)).scalars()}


async def recorded_after(db: AsyncSession, session_id: UUID, moment: datetime) -> Sequence[Booking]:
    """Bookings with attendance at meetings of the session that begin after the instant."""
    rows = (
        select(Booking)
        .join(SessionMeeting, col(SessionMeeting.id) == col(Booking.session_meeting_id))
        .where(
            col(SessionMeeting.course_session_id) == session_id,
            col(SessionMeeting.starts_at) > moment,
            col(Booking.attendance).is_not(None),
        )
    )
    return (await db.scalars(rows)).all()


async def enrollments(db: AsyncSession, session_id: UUID, ids: Collection[UUID]) -> Sequence[Enrollment]:
    rows = select(Enrollment).where(col(Enrollment.course_session_id) == session_id, col(Enrollment.id).in_(ids))
    return (await db.execute(rows)).scalars().all()
