"""Record attendance under the session's lock; results follow it, and follow what becomes of the session."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app.attendance import errors, queries, rules
from app.attendance.schemas import AttendanceCreate, AttendanceSheet, AttendanceSheetEntry
from app.completion import commands as completion
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.kit.problems import FieldError, Invalid
from app.kit.reading import pointers
from app.people.queries import primary_units
from app.seats.errors import AttendanceNotYetOpen, UnknownMeeting
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.queries import enrollments_in
from app.seats.rules import (
    ATTENDANCE_CORRECTED,
    ATTENDANCE_OPENS_BEFORE,
    MEETINGS_CHANGED,
    RESULTS,
    SESSION_CANCELLED,
    is_attendance_open,
)


async def record(db: AsyncSession, who: Principal, enrollment: Enrollment, recorded: AttendanceCreate) -> None:
    """Attendance of one person at one meeting."""
    meeting = _meeting(enrollment.session, recorded.session_meeting_id)
    entry = AttendanceSheetEntry(enrollment_id=enrollment.id, attendance=recorded.attendance, minutes=recorded.minutes)
    await _record(db, who, meeting, [enrollment], {"": entry})


async def record_sheet(
    db: AsyncSession, who: Principal, session: CourseSession, sheet: AttendanceSheet
) -> Sequence[Enrollment]:
    """Attendance of everybody at one meeting, or of nobody if a line is wrong; the error names every wrong line."""
    meeting = _meeting(session, sheet.session_meeting_id)
    wanted = [entry.enrollment_id for entry in sheet.entries]
    enrollments = _in(session, await queries.enrollments(db, session.id, wanted))
    await _record(db, who, meeting, enrollments, pointers("/entries", sheet.entries))
    return enrollments


def _meeting(session: CourseSession, meeting_id: UUID) -> SessionMeeting:
    meeting = next((meeting for meeting in session.meetings if meeting.id == meeting_id), None)
    if meeting is None:
        raise UnknownMeeting(pointer="/session_meeting_id")
    if not is_attendance_open(meeting.starts_at, now=clock.now()):
        raise AttendanceNotYetOpen
    return meeting


async def _record(
    db: AsyncSession,
    who: Principal,
    meeting: SessionMeeting,
    enrollments: Sequence[Enrollment],
    entries: Mapping[str, AttendanceSheetEntry],
) -> None:
    """Write the entries, which are given by their JSON Pointers, and assess again what was assessed before."""
    ids = [entry.enrollment_id for entry in entries.values()]
    booked = await queries.bookings(db, meeting.id, ids)
    day = AsOf(clock.day_of(meeting.starts_at), published_by=who.today)
    units = await primary_units(db, {one.employee_id for one in enrollments}, day)
    repeated = rules.repeated(ids)
    wrong = [
        errors.DuplicateEnrollment.at(f"{pointer}/enrollment_id")
        if at in repeated
        else _enter(entry, booked.get(entry.enrollment_id), units, meeting, pointer)
        for at, (pointer, entry) in enumerate(entries.items())
    ]
    if any(wrong):
        raise Invalid(fields=tuple(field for field in wrong if field))
    await db.flush()
    await completion.assess_again(db, who, enrollments, ATTENDANCE_CORRECTED)


def _enter(
    entry: AttendanceSheetEntry,
    booking: Booking | None,
    units: Mapping[UUID, UUID],
    meeting: SessionMeeting,
    pointer: str,
) -> FieldError | None:
    """Write one entry, or return what is wrong with it."""
    if booking is None:
        return errors.NoSeatInSession.at(f"{pointer}/enrollment_id")
    try:
        length = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1)
        booking.minutes = rules.minutes_to_record(entry.attendance, entry.minutes, length=length)
    except Invalid as wrong:
        return wrong.at(f"{pointer}/minutes")
    booking.attendance = entry.attendance
    booking.org_unit_id = units.get(booking.employee_id)
    return None


async def follow_meetings(db: AsyncSession, who: Principal, session: CourseSession) -> None:
    """After meetings changed: attendance recorded of what lies ahead again is void, results are assessed again."""
    await _void_after(db, session, clock.now() + ATTENDANCE_OPENS_BEFORE)
    results = await enrollments_in(db, session.id, RESULTS)
    await completion.assess_again(db, who, _in(session, results), MEETINGS_CHANGED)


async def follow_cancellation(db: AsyncSession, session: CourseSession) -> None:
    """Before everybody is withdrawn: attendance of what will not take place is void, completions are no evidence."""
    await _void_after(db, session, clock.now())
    await completion.withdraw(db, await enrollments_in(db, session.id, RESULTS), SESSION_CANCELLED)


async def _void_after(db: AsyncSession, session: CourseSession, moment: datetime) -> None:
    for booking in await queries.recorded_after(db, session.id, moment):
        booking.attendance, booking.minutes, booking.org_unit_id = None, None, None
    await db.flush()


def _in(session: CourseSession, enrollments: Sequence[Enrollment]) -> Sequence[Enrollment]:
    for enrollment in enrollments:
        set_committed_value(enrollment, "session", session)
    return enrollments
