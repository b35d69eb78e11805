"""Apply, decide and withdraw: lock, ask the rules, then change seats."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import commands as attendance
from app.attendance.schemas import AttendanceCreate
from app.catalog.enums import EnrollmentMode
from app.completion import commands as completion_commands
from app.completion.schemas import Completion
from app.enrollments import queries, rules, views
from app.enrollments.queries import ReportingLine
from app.enrollments.rules import Eligibility
from app.enrollments.schemas import EnrollmentCreate
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.people.errors import UnknownEmployee
from app.seats import commands as seats
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import UnknownSession
from app.seats.functions import LockedApplication
from app.seats.models import Enrollment
from app.seats.queries import lock_calendars, locked_application, session_as_it_is
from app.seats.rules import accepts_applications, initial_status


async def enroll(
    db: AsyncSession, who: Principal, application: EnrollmentCreate
) -> tuple[Enrollment, LockedApplication]:
    """The enrollment, and what was known when it was made. The session is locked first: rivals for its seats wait."""
    session_id, employee_id = application.course_session_id, application.employee_id
    known = await _known(db, who, session_id, employee_id)
    mode = _check_application(who, known, application)
    if known.clashes:
        await seats.check_calendars(db, who, session_id, [employee_id])
    if seats.is_promotion_due(known):
        await seats.promote(db, who, [await session_as_it_is(db, session_id)])
        known = await _known(db, who, session_id, employee_id)
    needs_approval = known.needs_approval and mode != EnrollmentMode.DESIGNATED
    enrollment = Enrollment(
        course_session_id=session_id,
        employee_id=employee_id,
        mode=mode,
        submitted_by=who.account_id,
        org_unit_id=known.org_unit_id,
        status=initial_status(capacity=known.capacity, taken=known.seats_taken, needs_approval=needs_approval),
    )
    return await seats.add(db, who, known, enrollment), known


async def _known(db: AsyncSession, who: Principal, session_id: UUID, employee_id: UUID) -> LockedApplication:
    known = await locked_application(db, who, session_id, employee_id)
    if known is None or (known.status == SessionStatus.DRAFT and not who.may(Permission.RUN_SESSIONS)):
        raise UnknownSession(pointer="/course_session_id")
    return known


def _check_application(who: Principal, known: LockedApplication, application: EnrollmentCreate) -> EnrollmentMode:
    """The mode in which the person may take part."""
    is_own, by_office = application.employee_id == who.employee_id, who.may(Permission.RUN_SESSIONS)
    mode = application.mode or rules.default_mode(is_own=is_own, by_office=by_office)
    designated, by_clerk = mode == EnrollmentMode.DESIGNATED, who.is_clerk_of(known.lineage or ())
    rules.check_applicant(is_own=is_own, by_clerk=by_clerk, by_office=by_office, designated=designated)
    now, window = clock.now(), (known.application_opens_at, known.application_closes_at)
    accepts = accepts_applications(known.status, *window, now)
    rules.check_open(known.status, accepts_applications=accepts, designated=designated, over=now >= known.ends_at)
    _check_admission(queries.eligibility_of(known))
    return mode


def _check_admission(eligibility: Eligibility | None) -> None:
    if eligibility is None:
        raise UnknownEmployee(pointer="/employee_id")
    rules.check_admission(eligibility)


async def approve(db: AsyncSession, who: Principal, enrollment: Enrollment) -> Enrollment:
    """Approval gives a seat, or a rank on the waiting list if none is free."""
    situation, line = await views.situation_of(db, who, enrollment)
    rules.check_approval(situation)
    session = enrollment.session
    _check_admission(await queries.eligibility(db, session, enrollment.employee_id))
    await lock_calendars(db, [session.id], [enrollment.employee_id])
    if enrollment.status == EnrollmentStatus.APPLIED:
        await seats.promote(db, who, [session])
    target = initial_status(capacity=session.capacity, taken=session.seats_taken)
    await seats.check_calendars(db, who, session.id, [enrollment.employee_id])
    await _record_decision(db, who, enrollment, line)
    await seats.transition(db, who, session, [enrollment], target)
    return enrollment


async def reject(db: AsyncSession, who: Principal, enrollment: Enrollment, reason: str) -> Enrollment:
    situation, line = await views.situation_of(db, who, enrollment)
    target = rules.rejection_status(situation)
    await _record_decision(db, who, enrollment, line)
    await seats.release(db, who, enrollment.session, [enrollment], target, reason)
    return enrollment


async def _record_decision(db: AsyncSession, who: Principal, enrollment: Enrollment, line: ReportingLine) -> None:
    enrollment.decided_by, enrollment.decided_at = who.account_id, clock.now()
    enrollment.decided_on_behalf_of = await queries.head_represented(db, who, line.lineage)


async def withdraw(db: AsyncSession, who: Principal, enrollment: Enrollment, reason: str | None) -> Enrollment:
    situation, _ = await views.situation_of(db, who, enrollment)
    rules.check_withdrawal(situation)
    await seats.release(db, who, enrollment.session, [enrollment], EnrollmentStatus.WITHDRAWN, reason)
    return enrollment


async def reconfirm(db: AsyncSession, who: Principal, enrollment: Enrollment, reason: str | None) -> Enrollment:
    situation, _ = await views.situation_of(db, who, enrollment)
    rules.check_reconfirmation(situation)
    await seats.reconfirm(db, who, enrollment.session, enrollment, reason)
    return enrollment


async def record_attendance(
    db: AsyncSession, who: Principal, enrollment: Enrollment, recorded: AttendanceCreate
) -> Enrollment:
    """Attendance of one person at one meeting."""
    situation, _ = await views.situation_of(db, who, enrollment)
    rules.check_attendance(situation)
    await attendance.record(db, who, enrollment, recorded)
    return enrollment


async def complete(db: AsyncSession, who: Principal, enrollment: Enrollment, completion: Completion) -> Enrollment:
    """Assess by the course's rule, or as a person decides with a reason."""
    situation, _ = await views.situation_of(db, who, enrollment)
    rules.check_completion(situation)
    await completion_commands.complete(db, who, enrollment, completion)
    return enrollment
