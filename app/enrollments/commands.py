"""Applying, deciding, withdrawing: ask the rules, then let the seats be settled."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import commands as attendance
from app.attendance.schemas import AttendanceCreate, Completion
from app.catalog.enums import EnrollmentMode
from app.catalog.rules import Target
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
from app.seats.queries import locked_session
from app.seats.rules import is_open_for_application, place


async def enroll(db: AsyncSession, who: Principal, wanted: EnrollmentCreate) -> tuple[Enrollment, ReportingLine]:
    """The enrollment and the person's reporting line. The session is locked first, so rivals for its seats wait."""
    session = await _session(db, who, wanted.course_session_id)
    line = await queries.reporting_line_of(db, wanted.employee_id, who.as_of_today)
    mode = wanted.mode or _usual_mode(who, wanted.employee_id)
    designated = mode == EnrollmentMode.DESIGNATED
    rules.check_applicant(
        is_own=wanted.employee_id == who.employee_id,
        by_clerk=who.is_clerk_of(line.lineage),
        by_office=who.may(Permission.RUN_SESSIONS),
        designated=designated,
    )
    await _check_admission(db, who, session, wanted.employee_id, designated=designated)
    await seats.promote_waitlist(db, who, session)
    enrollment = Enrollment(
        course_session_id=session.id,
        employee_id=wanted.employee_id,
        mode=mode,
        submitted_by=who.account_id,
        org_unit_id=line.org_unit_id,
        status=place(
            capacity=session.capacity,
            taken=session.seats_taken,
            needs_approval=session.needs_approval and not designated,
        ),
    )
    await seats.check_calendars(db, session, [enrollment.employee_id])
    enrollment.session = session
    return await seats.add(db, who, session, enrollment), line


async def _session(db: AsyncSession, who: Principal, session_id: UUID) -> CourseSession:
    session = await locked_session(db, session_id, UnknownSession(pointer="/course_session_id"))
    if session.status == SessionStatus.DRAFT and not who.may(Permission.RUN_SESSIONS):
        raise UnknownSession(pointer="/course_session_id")
    return session


def _usual_mode(who: Principal, employee_id: UUID) -> EnrollmentMode:
    by_office = who.may(Permission.RUN_SESSIONS) and employee_id != who.employee_id
    return EnrollmentMode.DESIGNATED if by_office else EnrollmentMode.APPLIED


async def _check_admission(
    db: AsyncSession, who: Principal, session: CourseSession, employee_id: UUID, *, designated: bool
) -> None:
    now, window = clock.now(), (session.application_opens_at, session.application_closes_at)
    accepts = is_open_for_application(session.status, *window, now)
    rules.check_open(session.status, accepts_applications=accepts, designated=designated, over=now >= session.ends_at)
    await _check_days(db, session, employee_id, designated=designated)
    if not designated:
        facts = await queries.target_facts(db, employee_id, who.as_of_today)
        rules.check_target(Target(**session.course.target), facts, session.course.mode)


async def _check_days(db: AsyncSession, session: CourseSession, employee_id: UUID, *, designated: bool) -> None:
    known = await queries.eligibility(db, session, employee_id)
    if known is None:
        raise UnknownEmployee(pointer="/employee_id")
    rules.check_admission(known, designated=designated)


async def approve(db: AsyncSession, who: Principal, enrollment: Enrollment) -> Enrollment:
    """The last seat is given by the same rule as without approval."""
    here, line = await views.situation_of(db, who, enrollment)
    rules.check_approval(here)
    session = enrollment.session
    await _check_days(db, session, enrollment.employee_id, designated=False)
    if enrollment.status == EnrollmentStatus.APPLIED:
        await seats.promote_waitlist(db, who, session)
    target = place(capacity=session.capacity, taken=session.seats_taken, needs_approval=False)
    await seats.check_calendars(db, session, [enrollment.employee_id])
    await _sign(db, who, enrollment, line)
    await seats.transition(db, who, session, [enrollment], target)
    return enrollment


async def reject(db: AsyncSession, who: Principal, enrollment: Enrollment, reason: str) -> Enrollment:
    here, line = await views.situation_of(db, who, enrollment)
    target = rules.rejected(here)
    await _sign(db, who, enrollment, line)
    await seats.release(db, who, enrollment.session, [enrollment], target, reason)
    return enrollment


async def _sign(db: AsyncSession, who: Principal, enrollment: Enrollment, line: ReportingLine) -> None:
    enrollment.decided_by, enrollment.decided_at = who.account_id, clock.now()
    enrollment.decided_on_behalf_of = await queries.represented(db, who, line.lineage)


async def withdraw(db: AsyncSession, who: Principal, enrollment: Enrollment, reason: str | None) -> Enrollment:
    here, _ = await views.situation_of(db, who, enrollment)
    rules.check_withdrawal(here)
    await seats.release(db, who, enrollment.session, [enrollment], EnrollmentStatus.WITHDRAWN, reason)
    return enrollment


async def record_attendance(
    db: AsyncSession, who: Principal, enrollment: Enrollment, wanted: AttendanceCreate
) -> Enrollment:
    """One person at one meeting."""
    here, _ = await views.situation_of(db, who, enrollment)
    rules.check_attendance(here)
    await attendance.record(db, who, enrollment, wanted)
    return enrollment


async def complete(db: AsyncSession, who: Principal, enrollment: Enrollment, wanted: Completion) -> Enrollment:
    """By the course's rule, or by a person who says why."""
    here, _ = await views.situation_of(db, who, enrollment)
    rules.check_completion(here)
    await attendance.complete(db, who, enrollment, wanted)
    return enrollment
