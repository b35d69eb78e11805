"""The only place where an enrollment changes its status; every caller holds the locks on the rows of the sessions, and
where seats are given or freed, on the calendars (`queries.lock_calendars`)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import batch
from app.identity.principal import Principal
from app.kit import clock
from app.kit.records import Record
from app.seats import queries, rules
from app.seats.enums import EnrollmentStatus
from app.seats.errors import TimeClash
from app.seats.functions import Circumstances, LockedApplication, Meeting
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent, SessionMeeting
from app.seats.rules import SEATED, EnrollmentState


async def add(db: AsyncSession, who: Principal, application: LockedApplication, enrollment: Enrollment) -> Enrollment:
    """Write a new enrollment with its history and bookings; if it is waitlisted, it gets the next rank on the waiting
    list. Triggers count the session's seats."""
    rows: list[Record] = [enrollment, _event(who, enrollment, None, None)]
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        enrollment.waitlist_order = application.last_waitlist_order + 1
    if enrollment.status == EnrollmentStatus.CONFIRMED:
        _confirm(enrollment, application.circumstances)
        rows += bookings_for(application.meetings, enrollment)
    await batch.add(db, rows)
    return enrollment


async def transition(
    db: AsyncSession,
    who: Principal | None,
    session: CourseSession,
    enrollments: Collection[Enrollment],
    target: EnrollmentStatus,
    reason: str | None = None,
) -> None:
    """Change the status of several enrollments; only one at a time can be waitlisted."""
    if not enrollments:
        return
    changes = [(enrollment, state_of(enrollment)) for enrollment in enrollments]
    order = await queries.last_waitlist_order(db, session.id) + 1 if target == EnrollmentStatus.WAITLISTED else None
    for enrollment, before in changes:
        _move(enrollment, before, replace(before, status=target, completed_on=None), reason)
        enrollment.waitlist_order = order
    await _record_transitions(db, who, session, changes)


async def set_state(
    db: AsyncSession, who: Principal, enrollment: Enrollment, to: EnrollmentState, reason: str | None
) -> None:
    """Give a result, or correct its day or score."""
    before = state_of(enrollment)
    _move(enrollment, before, to, reason)
    await _record_transitions(db, who, enrollment.session, [(enrollment, before)])


def state_of(enrollment: Enrollment) -> EnrollmentState:
    return EnrollmentState(EnrollmentStatus(enrollment.status), enrollment.completed_on, enrollment.score)


def _move(enrollment: Enrollment, before: EnrollmentState, after: EnrollmentState, reason: str | None) -> None:
    to = rules.next_state(before, after)
    enrollment.status, enrollment.completed_on, enrollment.score = to.status, to.completed_on, to.score
    enrollment.reason = reason


async def _record_transitions(
    db: AsyncSession,
    who: Principal | None,
    session: CourseSession,
    changes: Sequence[tuple[Enrollment, EnrollmentState | None]],
) -> None:
    """Write the changes with their history and bookings in one flush; triggers count the session's seats."""
    seated = {enrollment.id for enrollment, before in changes if before and before.status in SEATED}
    confirmed = [
        enrollment
        for enrollment, _ in changes
        if enrollment.status == EnrollmentStatus.CONFIRMED and enrollment.id not in seated
    ]
    await _keep_circumstances(db, session, confirmed)
    for enrollment in confirmed:
        db.add_all(bookings_for(session.meetings, enrollment))
    db.add_all(_event(who, enrollment, before, enrollment.reason) for enrollment, before in changes)
    freed = [enrollment.id for enrollment, _ in changes if enrollment.id in seated and enrollment.status not in SEATED]
    for booking in await queries.held_bookings(db, freed) if freed else ():
        booking.holds = False
    await db.flush()
    await db.refresh(session, ["seats_taken", "waitlist_length", "updated_at"])


def _event(
    who: Principal | None, enrollment: Enrollment, before: EnrollmentState | None, reason: str | None
) -> EnrollmentEvent:
    return EnrollmentEvent(
        enrollment_id=enrollment.id,
        enrollment=enrollment,
        by=who.account_id if who else None,
        from_status=before.status if before else None,
        to_status=enrollment.status,
        from_completed_on=before.completed_on if before else None,
        to_completed_on=enrollment.completed_on,
        from_score=before.score if before else None,
        to_score=enrollment.score,
        reason=reason,
    )


async def _keep_circumstances(db: AsyncSession, session: CourseSession, confirmed: Sequence[Enrollment]) -> None:
    """Those in which the seats are confirmed now, to be compared with those of later days."""
    people = [enrollment.employee_id for enrollment in confirmed]
    found = await queries.circumstances(db, session.id, people) if people else {}
    for enrollment in confirmed:
        _confirm(enrollment, found[enrollment.employee_id])


def _confirm(enrollment: Enrollment, now: Circumstances) -> None:
    enrollment.confirmed_at = clock.now()
    enrollment.confirmed_section_ids, enrollment.confirmed_leave_days = now.section_ids, now.leave_days
    enrollment.confirmed_out_of_target = now.out_of_target


async def reconfirm(
    db: AsyncSession, who: Principal, session: CourseSession, enrollment: Enrollment, reason: str | None
) -> None:
    """Keep the seat, whatever has happened to it since it was confirmed."""
    await _keep_circumstances(db, session, [enrollment])
    db.add(_event(who, enrollment, state_of(enrollment), reason or rules.RECONFIRMED))
    await db.flush()


def bookings_for(meetings: Iterable[SessionMeeting | Meeting], enrollment: Enrollment) -> list[Booking]:
    return [
        Booking(
            enrollment_id=enrollment.id,
            enrollment=enrollment,
            session_meeting_id=meeting.id,
            employee_id=enrollment.employee_id,
            during=Range(meeting.starts_at, meeting.ends_at),
        )
        for meeting in meetings
    ]


async def check_calendars(db: AsyncSession, who: Principal, session_id: UUID, people: Sequence[UUID]) -> None:
    """Refuse people who have another seat at the time, naming those whom the caller may see."""
    found = await queries.clashes(db, session_id, people)
    if found:
        numbers = await queries.visible_numbers(db, who, {person for person, _ in found})
        raise TimeClash(
            course_session_id=session_id,
            other_session_ids=", ".join(sorted({str(other) for _, other in found})),
            employee_numbers=", ".join(numbers),
        )


async def release(
    db: AsyncSession,
    who: Principal | None,
    session: CourseSession,
    leaving: Sequence[Enrollment],
    target: EnrollmentStatus,
    reason: str | None,
) -> None:
    """End enrollments and promote from the waiting lists that this affects, in the same transaction."""
    others = await lock_affected(db, session, [enrollment.employee_id for enrollment in leaving])
    await transition(db, who, session, leaving, target, reason)
    await promote(db, who, [session, *others])


async def lock_affected(db: AsyncSession, session: CourseSession, freed: Collection[UUID]) -> Sequence[CourseSession]:
    """Lock the calendars of these people of the session and of everybody who may be promoted once they are free; the
    other sessions in which that can be, all of them locked already."""
    others = await queries.sessions_also_waited_for(db, freed, {session.id}) if freed else ()
    await queries.lock_calendars(db, [session.id, *(other.id for other in others)], freed)
    return others


def is_promotion_due(known: LockedApplication) -> bool:
    """`promote` would change something, before somebody else applies."""
    moves = known.somebody_leaves or (known.waitlist_length and known.free_seats)
    return bool(moves) and rules.promotes_automatically(known.status, starts_at=known.starts_at, now=clock.now())


async def promote(db: AsyncSession, who: Principal | None, sessions: Sequence[CourseSession]) -> None:
    """Give free seats to the first on the waiting lists who can come, those of people who leave among them."""
    for session in sessions:
        if rules.promotes_automatically(session.status, starts_at=session.starts_at, now=clock.now()):
            crowded = session.waitlist_length or not session.free_seats
            leavers = await queries.leavers(db, session.id) if crowded else ()
            await transition(db, None, session, leavers, EnrollmentStatus.WITHDRAWN, rules.LEFT)
            await promote_waitlist(db, who, session)


async def promote_waitlist(db: AsyncSession, who: Principal | None, session: CourseSession) -> None:
    if session.waitlist_length and session.free_seats:
        waiting = await queries.enrollments_in(db, session.id, {EnrollmentStatus.WAITLISTED})
        chosen = rules.next_to_promote(await queries.waitlist(db, session), free_seats=session.free_seats)
        promoted = [enrollment for enrollment in waiting if enrollment.id in chosen]
        await transition(db, who, session, promoted, EnrollmentStatus.CONFIRMED)
