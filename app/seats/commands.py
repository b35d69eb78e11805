"""The only place where a seat changes hands; every caller holds the lock on the session's row."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.principal import Principal
from app.kit import clock
from app.seats import queries, rules
from app.seats.enums import EnrollmentStatus
from app.seats.errors import TimeClash
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent
from app.seats.queries import locked_session
from app.seats.rules import SEATED


async def add(db: AsyncSession, who: Principal, session: CourseSession, enrollment: Enrollment) -> Enrollment:
    """A new enrollment takes its seat, its rank in the waiting list, or waits for approval."""
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        enrollment.waitlist_order = await queries.last_in_queue(db, session.id) + 1
    db.add(enrollment)
    await _record_transitions(db, who, session, [(enrollment, None)])
    return enrollment


async def transition(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    moving: Collection[Enrollment],
    target: EnrollmentStatus,
    reason: str | None = None,
) -> None:
    """The only way in which a status changes; to the waiting list they go one at a time."""
    changes = [(enrollment, EnrollmentStatus(enrollment.status)) for enrollment in moving]
    order = await queries.last_in_queue(db, session.id) + 1 if target == EnrollmentStatus.WAITLISTED else None
    for enrollment, before in changes:
        enrollment.status, enrollment.reason = rules.moved(before, target), reason
        enrollment.waitlist_order = order
    await _record_transitions(db, who, session, changes)


async def _record_transitions(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    changes: Sequence[tuple[Enrollment, EnrollmentStatus | None]],
) -> None:
    """Write the changes with their history and bookings in one flush; triggers count the session's seats."""
    for enrollment, before in changes:
        db.add(
            EnrollmentEvent(
                enrollment_id=enrollment.id,
                enrollment=enrollment,
                by=who.account_id,
                from_status=before,
                to_status=enrollment.status,
                reason=enrollment.reason,
            )
        )
        if enrollment.status == EnrollmentStatus.CONFIRMED:
            db.add_all(bookings_for(session, enrollment))
    left = [enrollment.id for enrollment, before in changes if before in SEATED and enrollment.status not in SEATED]
    for booking in await queries.held_bookings(db, left) if left else ():
        booking.holds = False
    await db.flush()
    await db.refresh(session, ["seats_taken", "waitlist_length", "updated_at"])


def bookings_for(session: CourseSession, enrollment: Enrollment) -> list[Booking]:
    return [
        Booking(
            enrollment_id=enrollment.id,
            enrollment=enrollment,
            session_meeting_id=meeting.id,
            employee_id=enrollment.employee_id,
            during=Range(meeting.starts_at, meeting.ends_at),
        )
        for meeting in session.meetings
    ]


async def check_calendars(db: AsyncSession, session: CourseSession, people: Sequence[UUID]) -> None:
    """Refuse people with another seat at the time; their calendars stay locked, so that this stays true."""
    await queries.lock_people(db, people)
    others = await queries.clashing_sessions(db, session.id, people)
    if others:
        raise TimeClash(course_session_id=session.id, other_session_ids=", ".join(map(str, others)))


async def release(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    leaving: Sequence[Enrollment],
    target: EnrollmentStatus,
    reason: str | None,
) -> None:
    """Give seats back and promote those who wait, in the same transaction."""
    people = [enrollment.employee_id for enrollment in leaving]
    await queries.lock_people(db, people)
    await transition(db, who, session, leaving, target, reason)
    await promote_after_release(db, who, session, people)


async def promote_after_release(
    db: AsyncSession, who: Principal, session: CourseSession, freed: Collection[UUID]
) -> None:
    """Promote in this session, and in others where people with a freed calendar wait beside an empty seat."""
    await promote_waitlist(db, who, session)
    for other in await queries.sessions_also_waited_for(db, freed, session.id):
        await promote_waitlist(db, who, await locked_session(db, other))


async def promote_waitlist(db: AsyncSession, who: Principal, session: CourseSession) -> None:
    """Give free seats to the first in the waiting list who can come."""
    may_promote = rules.promotes(session.status, starts_at=session.starts_at, now=clock.now())
    if not (may_promote and session.waitlist_length and session.free_seats):
        return
    waiting = await queries.of_session(db, session.id, {EnrollmentStatus.WAITLISTED})
    await queries.lock_people(db, [enrollment.employee_id for enrollment in waiting])
    chosen = rules.promoted(await queries.queue(db, session), free=session.free_seats)
    await transition(db, who, session, [one for one in waiting if one.id in chosen], EnrollmentStatus.CONFIRMED)
