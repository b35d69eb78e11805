"""Plan, publish, change, close and cancel sessions. Once published, a session is changed under its row's lock."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import commands as attendance
from app.catalog.errors import DuplicateEntry, UnknownCourse
from app.catalog.models import Course
from app.course_sessions import errors, queries, rules
from app.course_sessions.rules import Meeting, Schedule
from app.course_sessions.schemas import (
    CourseSessionCreate,
    CourseSessionPlan,
    CourseSessionUpdate,
    MeetingPlan,
    Reopening,
)
from app.identity.principal import Principal
from app.kit import clock
from app.kit.patching import merged
from app.kit.problems import NotFound
from app.kit.records import add, remove
from app.seats import queries as seats
from app.seats.commands import bookings_for, check_calendars, lock_affected, promote, release, transition
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import UnknownMeeting
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import ACTIVE, SEATED, SESSION_CANCELLED, SESSION_HELD, UNDECIDED


async def plan(db: AsyncSession, planned: CourseSessionCreate) -> CourseSession:
    """A draft, visible only to those who run sessions and to the auditor."""
    course = await queries.offered_course(db, planned.course_id, UnknownCourse(pointer="/course_id"))
    schedule = _schedule(planned, course, planned.fiscal_year)
    session = CourseSession(
        course_id=course.id,
        course=course,
        capacity=planned.capacity,
        application_opens_at=planned.application_opens_at,
        application_closes_at=planned.application_closes_at,
        withdrawal_closes_at=planned.withdrawal_closes_at,
        needs_approval=planned.needs_approval,
        fiscal_year=schedule.fiscal_year,
        starts_at=schedule.starts_at,
        ends_at=schedule.ends_at,
    )
    session.meetings = _meetings(session, planned)
    return await add(db, session)


def _schedule(planned: CourseSessionPlan, course: Course, fiscal_year: int | None) -> Schedule:
    schedule = Schedule(
        meetings=tuple(Meeting(meeting.starts_at, meeting.ends_at) for meeting in planned.meetings),
        application_opens_at=planned.application_opens_at,
        application_closes_at=planned.application_closes_at,
        withdrawal_closes_at=planned.withdrawal_closes_at,
    )
    rules.check_schedule(schedule, fiscal_year=fiscal_year)
    rules.check_offered(schedule.starts_at, retired_on=course.retired_on)
    return schedule


def _meetings(session: CourseSession, planned: CourseSessionPlan) -> list[SessionMeeting]:
    """Meetings sent with their id are kept or moved, the others are new."""
    present = {meeting.id: meeting for meeting in session.meetings}
    sent = [meeting.id for meeting in planned.meetings]
    for at, meeting_id in enumerate(sent):
        if meeting_id and meeting_id not in present:
            raise UnknownMeeting(pointer=f"/meetings/{at}/id")
        if meeting_id and meeting_id in sent[:at]:
            raise DuplicateEntry(pointer=f"/meetings/{at}/id")
    in_order = sorted(planned.meetings, key=lambda meeting: meeting.starts_at)
    return [_meeting(session, present.get(meeting.id) if meeting.id else None, meeting) for meeting in in_order]


def _times(session: CourseSession) -> list[tuple[datetime, datetime]]:
    return sorted((meeting.starts_at, meeting.ends_at) for meeting in session.meetings)


def _meeting(session: CourseSession, present: SessionMeeting | None, planned: MeetingPlan) -> SessionMeeting:
    starts_at, ends_at = planned.starts_at, planned.ends_at
    meeting = present or SessionMeeting(course_session_id=session.id, starts_at=starts_at, ends_at=ends_at)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place, meeting.url = planned.place, planned.url
    return meeting


async def publish(db: AsyncSession, session: CourseSession) -> CourseSession:
    status = rules.published(session.status)
    await _check_offered(db, session)
    session.status = status
    await db.flush()
    return session


async def _check_offered(db: AsyncSession, session: CourseSession) -> None:
    course = await queries.offered_course(db, session.course_id, NotFound())
    rules.check_offered(session.starts_at, retired_on=course.retired_on)


async def reopen(db: AsyncSession, who: Principal, session: CourseSession, reopening: Reopening) -> CourseSession:
    """Take applications again until the end of the window; seats that have become free go to the waiting list."""
    now = clock.now()
    status = rules.reopened(session.status, starts_at=session.starts_at, now=now)
    closes_at = reopening.application_closes_at or session.application_closes_at
    rules.check_reopened_window(closes_at, now=now)
    await _check_offered(db, session)
    session.status, session.application_closes_at = status, closes_at
    rules.check_closing(closes_at, opens_at=session.application_opens_at, starts_at=session.starts_at)
    await db.flush()
    await lock_affected(db, session, ())
    await promote(db, who, [session])
    return session


async def discard(db: AsyncSession, session: CourseSession) -> None:
    rules.check_draft(session.status)
    await remove(db, session)


async def close(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """End applications; once the session is over, mark it as held and pending applications as not selected."""
    session.status = rules.closed(session.status, ends_at=session.ends_at, now=clock.now())
    await db.flush()
    if session.status == SessionStatus.HELD:
        left = await seats.enrollments_in(db, session.id, UNDECIDED)
        await transition(db, who, session, left, EnrollmentStatus.NOT_SELECTED, SESSION_HELD)
    return session


async def cancel(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """Cancel the session and withdraw everybody, which does not count as a no-show; nobody stays completed."""
    session.status = rules.cancelled(session.status)
    await db.flush()
    await attendance.follow_cancellation(db, session)
    active = await seats.enrollments_in(db, session.id, ACTIVE)
    await release(db, who, session, active, EnrollmentStatus.WITHDRAWN, SESSION_CANCELLED)
    return session


async def change(
    db: AsyncSession, who: Principal, session: CourseSession, changes: CourseSessionUpdate
) -> CourseSession:
    """Additional seats go to the waiting list; bookings follow meetings that are moved."""
    before = {meeting.id for meeting in session.meetings}
    rescheduled = "meetings" in changes.model_fields_set
    bookings = await seats.bookings_of(db, session.id) if rescheduled else ()
    await _apply(db, session, changes, bookings)
    holders = await seats.enrollments_in(db, session.id, SEATED) if rescheduled else ()
    people = [enrollment.employee_id for enrollment in holders]
    others = await lock_affected(db, session, people)
    if rescheduled:
        await check_calendars(db, who, session.id, people)
        await _rebook(db, session, holders, bookings, before)
        await attendance.follow_meetings(db, who, session)
    await promote(db, who, [session, *others])
    return session


async def _apply(
    db: AsyncSession, session: CourseSession, changes: CourseSessionUpdate, bookings: Sequence[Booking]
) -> None:
    """Write the changes to the session and its meetings; an omitted fiscal year follows the meetings."""
    rules.check_revisable(session.status)
    planned = merged(CourseSessionPlan, session, changes)
    rules.check_capacity(planned.capacity, taken=session.seats_taken)
    course = await queries.offered_course(db, session.course_id, NotFound())
    schedule = _schedule(planned, course, changes.fiscal_year)
    window = (session.application_opens_at, session.application_closes_at)
    rules.check_window(session.status, window, planned.application_opens_at, planned.application_closes_at)
    session.capacity = planned.capacity
    session.application_opens_at = planned.application_opens_at
    session.application_closes_at = planned.application_closes_at
    session.withdrawal_closes_at = planned.withdrawal_closes_at
    session.needs_approval = planned.needs_approval
    session.fiscal_year = schedule.fiscal_year
    session.starts_at, session.ends_at = schedule.starts_at, schedule.ends_at
    before = _times(session)
    session.meetings = _meetings(session, planned)
    if _times(session) != before:
        session.rescheduled_at = clock.now()
    await _cancel_bookings(db, session, bookings)
    session.updated_at = clock.now()  # a change of meetings alone makes a new version of the session, too
    await db.flush()


async def _cancel_bookings(db: AsyncSession, session: CourseSession, bookings: Sequence[Booking]) -> None:
    """Those of meetings that are left out."""
    kept = {meeting.id for meeting in session.meetings}
    for booking in bookings:
        if booking.session_meeting_id not in kept:
            if booking.attendance is not None:
                raise errors.MeetingAttended(pointer="/meetings")
            await db.delete(booking)


async def _rebook(
    db: AsyncSession,
    session: CourseSession,
    holders: Sequence[Enrollment],
    bookings: Sequence[Booking],
    before: Collection[UUID],
) -> None:
    """Move the bookings of meetings that are moved, and book new meetings."""
    times = {meeting.id: Range(meeting.starts_at, meeting.ends_at) for meeting in session.meetings}
    await db.execute(text("SET CONSTRAINTS ex_booking_clash DEFERRED"))  # two meetings may swap their times
    for booking in bookings:
        if booking.session_meeting_id in times:
            booking.during = times[booking.session_meeting_id]
    all_bookings = [booking for enrollment in holders for booking in bookings_for(session.meetings, enrollment)]
    db.add_all(booking for booking in all_bookings if booking.session_meeting_id not in before)
    await db.flush()
    await db.execute(text("SET CONSTRAINTS ex_booking_clash IMMEDIATE"))
