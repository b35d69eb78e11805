"""What the training office does with sessions. Whoever changes one that is published holds its row's lock."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.errors import UnknownCourse
from app.catalog.models import Course
from app.course_sessions import errors, queries, rules
from app.course_sessions.rules import Meeting, Schedule
from app.course_sessions.schemas import CourseSessionCreate, CourseSessionPlan, CourseSessionUpdate
from app.identity.principal import Principal
from app.kit import clock
from app.kit.patching import merged
from app.kit.records import add, remove, sync_children, uuid7
from app.seats import queries as seats
from app.seats.commands import bookings_for, check_calendars, promote_after_release, release, transition
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import UnknownMeeting
from app.seats.models import Booking, CourseSession, CourseSessionFields, Enrollment, SessionMeeting
from app.seats.rules import PENDING, SEATED, SESSION_CANCELLED, SESSION_HELD


async def plan(db: AsyncSession, wanted: CourseSessionCreate) -> CourseSession:
    """A draft of a run; nobody but those who run sessions sees it."""
    course = await queries.course(db, wanted.course_id, UnknownCourse(pointer="/course_id"))
    columns = _columns(wanted, course, wanted.fiscal_year)
    session = CourseSession(course_id=course.id, course=course, **columns)
    session.meetings = _meetings(session, wanted)
    return await add(db, session)


async def _apply(db: AsyncSession, session: CourseSession, changes: CourseSessionUpdate) -> CourseSession:
    """Change a locked session; a fiscal year that was not sent follows the meetings."""
    rules.check_revisable(session.status)
    plan = merged(CourseSessionPlan, session, changes)
    rules.check_capacity(plan.capacity, taken=session.seats_taken)
    for name, value in _columns(plan, session.course, changes.fiscal_year).items():
        setattr(session, name, value)
    session.meetings = _meetings(session, plan)
    await db.flush()
    return session


def _columns(plan: CourseSessionPlan, course: Course, fiscal_year: int | None) -> dict[str, Any]:
    """What the session's own row says; `updated_at`, since moved meetings alone make a new version, too."""
    schedule = Schedule(
        meetings=tuple(Meeting(meeting.starts_at, meeting.ends_at) for meeting in plan.meetings),
        application_opens_at=plan.application_opens_at,
        application_closes_at=plan.application_closes_at,
        withdrawal_closes_at=plan.withdrawal_closes_at,
    )
    rules.check_schedule(schedule, fiscal_year=fiscal_year)
    rules.check_offered(schedule, retired_on=course.retired_on)
    derived = {name: getattr(schedule, name) for name in ("fiscal_year", "starts_at", "ends_at")}
    own = {name: getattr(plan, name) for name in CourseSessionFields.model_fields}
    return own | derived | {"updated_at": clock.now()}


def _meetings(session: CourseSession, plan: CourseSessionPlan) -> list[SessionMeeting]:
    """One that is sent with its id stays or moves, any other is new."""
    standing = {meeting.id for meeting in session.meetings}
    for at, meeting in enumerate(plan.meetings):
        if meeting.id and meeting.id not in standing:
            raise UnknownMeeting(pointer=f"/meetings/{at}/id")
    in_order = sorted(plan.meetings, key=lambda meeting: meeting.starts_at)
    wanted = [meeting.model_dump() | {"id": meeting.id or uuid7()} for meeting in in_order]
    return sync_children(session.meetings, SessionMeeting, ["id"], wanted)


async def publish(db: AsyncSession, session: CourseSession) -> CourseSession:
    session.status = rules.published(session.status)
    await db.flush()
    return session


async def discard(db: AsyncSession, session: CourseSession) -> None:
    rules.check_draft(session.status)
    await remove(db, session)


async def close(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """The call ends; once the session is over, whoever has no seat was not selected."""
    session.status = rules.closed(session.status, ends_at=session.ends_at, now=clock.now())
    await db.flush()
    if session.status == SessionStatus.HELD:
        left = await seats.enrollments_in(db, session.id, PENDING - SEATED)
        await transition(db, who, session, left, EnrollmentStatus.NOT_SELECTED, SESSION_HELD)
    return session


async def cancel(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """Called off by the organizer: everybody is withdrawn for that reason, which is no no-show."""
    session.status = rules.cancelled(session.status)
    await db.flush()
    pending = await seats.enrollments_in(db, session.id, PENDING)
    await release(db, who, session, pending, EnrollmentStatus.WITHDRAWN, SESSION_CANCELLED)
    return session


async def revise(
    db: AsyncSession, who: Principal, session: CourseSession, changes: CourseSessionUpdate
) -> CourseSession:
    """Fewer seats than are taken are refused, more go to the waiting list; moved meetings move the calendars."""
    before = {meeting.id for meeting in session.meetings}
    rescheduled = "meetings" in changes.model_fields_set
    bookings = await seats.bookings_of(db, session.id) if rescheduled else ()
    await _apply(db, session, changes)
    holders = await seats.enrollments_in(db, session.id, SEATED)
    people = [enrollment.employee_id for enrollment in holders]
    if rescheduled:
        attended = {booking.session_meeting_id for booking in bookings if booking.attendance is not None}
        if attended - {meeting.id for meeting in session.meetings}:
            raise errors.MeetingAttended(pointer="/meetings")
        await check_calendars(db, session, people)
        await _rebook(db, session, holders, bookings, before)
    await promote_after_release(db, who, session, people)
    return session


async def _rebook(
    db: AsyncSession,
    session: CourseSession,
    holders: Sequence[Enrollment],
    bookings: Sequence[Booking],
    before: Collection[UUID],
) -> None:
    """Move the bookings of moved meetings; book added ones. Two may change places, so the check waits for the end."""
    times = {meeting.id: Range(meeting.starts_at, meeting.ends_at) for meeting in session.meetings}
    await db.execute(text("SET CONSTRAINTS ex_booking_clash DEFERRED"))
    for booking in bookings:
        if booking.session_meeting_id in times:
            booking.during = times[booking.session_meeting_id]
    wanted = [booking for enrollment in holders for booking in bookings_for(session, enrollment)]
    db.add_all(booking for booking in wanted if booking.session_meeting_id not in before)
    await db.flush()
    await db.execute(text("SET CONSTRAINTS ex_booking_clash IMMEDIATE"))
