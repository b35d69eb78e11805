"""Seats change hands here and nowhere else; every caller holds the lock on the session's row."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.course_sessions import commands as course_sessions
from app.course_sessions.models import CourseSession, SessionMeeting
from app.course_sessions.queries import locked_session
from app.course_sessions.rules import SessionStatus
from app.course_sessions.schemas import CourseSessionUpdate
from app.enrollment import queries, rules
from app.enrollment.models import Booking, Enrollment, EnrollmentEvent
from app.enrollment.rules import PENDING, SEATED, SESSION_CANCELLED, SESSION_HELD, EnrollmentStatus, TimeClash
from app.identity.principal import Principal
from app.kit import clock


async def enter(db: AsyncSession, who: Principal, session: CourseSession, enrollment: Enrollment) -> Enrollment:
    """A new enrollment takes its seat, its rank or its place on the head's desk."""
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        enrollment.waitlist_order = await queries.last_in_queue(db, session.id) + 1
    db.add(enrollment)
    await db.flush()
    await _settle(db, who, session, [(enrollment, None)])
    return enrollment


async def move(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    moving: Collection[Enrollment],
    target: EnrollmentStatus,
    reason: str | None = None,
) -> None:
    """The only way in which a status changes; to the queue they go one at a time."""
    changes = [(enrollment, EnrollmentStatus(enrollment.status)) for enrollment in moving]
    order = await queries.last_in_queue(db, session.id) + 1 if target == EnrollmentStatus.WAITLISTED else None
    for enrollment, before in changes:
        enrollment.status, enrollment.reason = rules.moved(before, target), reason
        enrollment.waitlist_order = order
    await db.flush()
    await _settle(db, who, session, changes)


async def _settle(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    changes: Sequence[tuple[Enrollment, EnrollmentStatus | None]],
) -> None:
    """The history and the calendars follow; the database has counted the seats."""
    for enrollment, before in changes:
        event = EnrollmentEvent(enrollment_id=enrollment.id, by=who.account_id, to_status=enrollment.status)
        event.from_status, event.reason = before, enrollment.reason
        db.add(event)
        if enrollment.status == EnrollmentStatus.CONFIRMED:
            db.add_all(_bookings(session, enrollment))
    left = [enrollment.id for enrollment, before in changes if before in SEATED and enrollment.status not in SEATED]
    if left:
        await db.execute(update(Booking).where(col(Booking.enrollment_id).in_(left)).values(holds=False))
    await db.flush()
    await db.refresh(session, ["seats_taken", "waitlist_length"])


def _bookings(session: CourseSession, enrollment: Enrollment) -> list[Booking]:
    return [
        Booking(
            enrollment_id=enrollment.id,
            session_meeting_id=meeting.id,
            employee_id=enrollment.employee_id,
            during=Range(meeting.starts_at, meeting.ends_at),
        )
        for meeting in session.meetings
    ]


async def check_calendars(db: AsyncSession, session: CourseSession, people: Sequence[UUID]) -> None:
    """Nobody has another seat at the time; calendars are locked with the question, so that the answer stays true."""
    await queries.lock_people(db, people)
    others = await queries.clashing_sessions(db, session.id, people)
    if others:
        raise TimeClash(course_session_id=session.id, other_session_ids=", ".join(map(str, others)))


async def leave(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    leaving: Sequence[Enrollment],
    target: EnrollmentStatus,
    reason: str | None,
) -> None:
    """Seats are given back, and whoever that lets in takes them in the same transaction."""
    people = [enrollment.employee_id for enrollment in leaving]
    await queries.lock_people(db, people)
    await move(db, who, session, leaving, target, reason)
    await refill(db, who, session, people)


async def refill(db: AsyncSession, who: Principal, session: CourseSession, freed: Collection[UUID]) -> None:
    """Fill this session, and others for which people with a freed calendar wait beside an empty seat."""
    await fill(db, who, session)
    for other in await queries.awaited_elsewhere(db, freed, session.id):
        await fill(db, who, await locked_session(db, other))


async def fill(db: AsyncSession, who: Principal, session: CourseSession) -> None:
    """Free seats go to the first in the queue who can come."""
    open_to_queue = rules.promotes(session.status, starts_at=session.starts_at, now=clock.now())
    if not (open_to_queue and session.waitlist_length and session.free_seats):
        return
    waiting = await queries.of_session(db, session.id, {EnrollmentStatus.WAITLISTED})
    await queries.lock_people(db, [enrollment.employee_id for enrollment in waiting])
    chosen = rules.promoted(await queries.queue(db, session), free=session.free_seats)
    await move(db, who, session, [one for one in waiting if one.id in chosen], EnrollmentStatus.CONFIRMED)


async def close_session(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """The call ends; once the session is over, whoever has no seat was not selected."""
    await course_sessions.close_session(db, session)
    if session.status == SessionStatus.HELD:
        left = await queries.of_session(db, session.id, PENDING - SEATED)
        await move(db, who, session, left, EnrollmentStatus.NOT_SELECTED, SESSION_HELD)
    return session


async def cancel_session(db: AsyncSession, who: Principal, session: CourseSession) -> CourseSession:
    """Called off by the organizer: everybody is withdrawn for that reason, which is no no-show."""
    await course_sessions.cancel_session(db, session)
    pending = await queries.of_session(db, session.id, PENDING)
    await leave(db, who, session, pending, EnrollmentStatus.WITHDRAWN, SESSION_CANCELLED)
    return session


async def revise_session(
    db: AsyncSession, who: Principal, session: CourseSession, changes: CourseSessionUpdate
) -> CourseSession:
    """Fewer seats than are taken are refused, more are given to the queue; moved meetings move the calendars."""
    attended = await queries.attended_meetings(db, session.id)
    await course_sessions.revise_session(db, session, changes)
    holders = await queries.of_session(db, session.id, SEATED)
    people = [enrollment.employee_id for enrollment in holders]
    if changes.meetings is not None:
        if attended - {meeting.id for meeting in session.meetings}:
            raise rules.MeetingAttended(pointer="/meetings")
        await check_calendars(db, session, people)
        await _rebook(db, session, holders)
    await refill(db, who, session, people)
    return session


async def _rebook(db: AsyncSession, session: CourseSession, holders: Sequence[Enrollment]) -> None:
    """Moved meetings move in one statement, since two may change places; added ones are booked."""
    theirs = col(Booking.session_meeting_id) == col(SessionMeeting.id)
    during = func.tstzrange(col(SessionMeeting.starts_at), col(SessionMeeting.ends_at))
    ours = col(SessionMeeting.course_session_id) == session.id
    await db.execute(update(Booking).where(theirs, ours).values(during=during))
    booked = await queries.booked(db, session.id)
    wanted = [booking for enrollment in holders for booking in _bookings(session, enrollment)]
    db.add_all(one for one in wanted if (one.enrollment_id, one.session_meeting_id) not in booked)
    await db.flush()
