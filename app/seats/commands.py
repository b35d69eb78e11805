"""The only place where an enrollment changes its status; every caller holds the lock on the session's row."""

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
from app.seats.rules import SEATED


async def add(db: AsyncSession, who: Principal, session: CourseSession, enrollment: Enrollment) -> Enrollment:
    """Write a new enrollment; if it is waitlisted, it gets the next rank on the waiting list."""
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        enrollment.waitlist_order = await queries.last_waitlist_order(db, session.id) + 1
    db.add(enrollment)
    await _record_transitions(db, who, session, [(enrollment, None)])
    return enrollment


async def transition(
    db: AsyncSession,
    who: Principal,
    session: CourseSession,
    enrollments: Collection[Enrollment],
    target: EnrollmentStatus,
    reason: str | None = None,
) -> None:
    """Change the status of several enrollments; only one at a time can be waitlisted."""
    changes = [(enrollment, EnrollmentStatus(enrollment.status)) for enrollment in enrollments]
    order = await queries.last_waitlist_order(db, session.id) + 1 if target == EnrollmentStatus.WAITLISTED else None
    for enrollment, before in changes:
        enrollment.status, enrollment.reason = rules.next_status(before, target), reason
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
    freed = [enrollment.id for enrollment, before in changes if before in SEATED and enrollment.status not in SEATED]
    for booking in await queries.held_bookings(db, freed) if freed else ():
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
    """Refuse people who have another seat at the time; their calendars stay locked until the transaction ends."""
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
    """End enrollments and promote from the waiting lists that this affects, in the same transaction."""
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
        await promote_waitlist(db, who, await queries.locked_session(db, other))


async def promote_waitlist(db: AsyncSession, who: Principal, session: CourseSession) -> None:
    """Give free seats to the first on the waiting list who can attend."""
    if not (session.waitlist_length and session.free_seats):
        return
    if not rules.promotes_automatically(session.status, starts_at=session.starts_at, now=clock.now()):
        return
    waiting = await queries.enrollments_in(db, session.id, {EnrollmentStatus.WAITLISTED})
    await queries.lock_people(db, [enrollment.employee_id for enrollment in waiting])
    chosen = rules.next_to_promote(await queries.waitlist(db, session), free_seats=session.free_seats)
    promoted = [enrollment for enrollment in waiting if enrollment.id in chosen]
    await transition(db, who, session, promoted, EnrollmentStatus.CONFIRMED)
