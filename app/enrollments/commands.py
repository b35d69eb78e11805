"""Apply, decide and withdraw: lock, ask the rules, then change seats."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import commands as attendance
from app.attendance.schemas import AttendanceCreate
from app.catalog.enums import EnrollmentMode
from app.completion import commands as completion_commands
from app.completion.schemas import Completion
from app.enrollments import queries, rules, views
from app.enrollments.queries import ReportingLine
from app.enrollments.schemas import EnrollmentCreate
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.people.errors import UnknownEmployee
from app.seats import commands as seats
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import UnknownSession
from app.seats.models import CourseSession, Enrollment
from app.seats.queries import find_locked_session, lock_calendars
from app.seats.rules import accepts_applications, initial_status


async def enroll(
    db: AsyncSession, who: Principal, application: EnrollmentCreate
) -> tuple[Enrollment, Mapping[UUID, ReportingLine]]:
    """The enrollment and the person's reporting line. The session is locked first: rivals for its seats wait."""
    session, employee_id = await _session(db, who, application.course_session_id), application.employee_id
    lines = await queries.reporting_lines(db, [employee_id], who.as_of_today)
    mode = await _check_application(db, who, session, application, lines[employee_id])
    await lock_calendars(db, [session.id], [employee_id])
    await seats.promote(db, who, [session])
    enrollment = Enrollment(
        course_session_id=session.id,
        employee_id=employee_id,
        mode=mode,
        submitted_by=who.account_id,
        org_unit_id=lines[employee_id].org_unit_id,
        status=initial_status(
            capacity=session.capacity,
            taken=session.seats_taken,
            needs_approval=session.needs_approval and mode != EnrollmentMode.DESIGNATED,
        ),
    )
    await seats.check_calendars(db, who, session, [employee_id])
    enrollment.session = session
    return await seats.add(db, who, session, enrollment), lines


async def _session(db: AsyncSession, who: Principal, session_id: UUID) -> CourseSession:
    session = await find_locked_session(db, session_id)
    if session is None or (session.status == SessionStatus.DRAFT and not who.may(Permission.RUN_SESSIONS)):
        raise UnknownSession(pointer="/course_session_id")
    return session


async def _check_application(
    db: AsyncSession, who: Principal, session: CourseSession, application: EnrollmentCreate, line: ReportingLine
) -> EnrollmentMode:
    """The mode in which the person may take part."""
    is_own, by_office = application.employee_id == who.employee_id, who.may(Permission.RUN_SESSIONS)
    mode = application.mode or rules.default_mode(is_own=is_own, by_office=by_office)
    designated, by_clerk = mode == EnrollmentMode.DESIGNATED, who.is_clerk_of(line.lineage)
    rules.check_applicant(is_own=is_own, by_clerk=by_clerk, by_office=by_office, designated=designated)
    now, window = clock.now(), (session.application_opens_at, session.application_closes_at)
    accepts = accepts_applications(session.status, *window, now)
    rules.check_open(session.status, accepts_applications=accepts, designated=designated, over=now >= session.ends_at)
    await _check_admission(db, session, application.employee_id)
    return mode


async def _check_admission(db: AsyncSession, session: CourseSession, employee_id: UUID) -> None:
    eligibility = await queries.eligibility(db, session, employee_id)
    if eligibility is None:
        raise UnknownEmployee(pointer="/employee_id")
    rules.check_admission(eligibility)


async def approve(db: AsyncSession, who: Principal, enrollment: Enrollment) -> Enrollment:
    """Approval gives a seat, or a rank on the waiting list if none is free."""
    situation, line = await views.situation_of(db, who, enrollment)
    rules.check_approval(situation)
    session = enrollment.session
    await _check_admission(db, session, enrollment.employee_id)
    await lock_calendars(db, [session.id], [enrollment.employee_id])
    if enrollment.status == EnrollmentStatus.APPLIED:
        await seats.promote(db, who, [session])
    target = initial_status(capacity=session.capacity, taken=session.seats_taken)
    await seats.check_calendars(db, who, session, [enrollment.employee_id])
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
