"""Read models of enrollments, with waitlist rank, flags and what the caller may do."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.enrollments.queries import EnrollmentContext, ReportingLine, contexts, line_of
from app.enrollments.rules import Situation, allowed_actions
from app.enrollments.schemas import EnrollmentEventRead, EnrollmentRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.functions import LockedApplication
from app.seats.models import CourseSession, Enrollment, EnrollmentEvent


async def situation_of(db: AsyncSession, who: Principal, enrollment: Enrollment) -> tuple[Situation, ReportingLine]:
    """The caller's situation with one enrollment, and the person's reporting line."""
    context = (await contexts(db, [enrollment], who.as_of_today))[enrollment.id]
    return _situation(who, enrollment, enrollment.session, context), context.line


def _situation(
    who: Principal, enrollment: Enrollment, session: CourseSession | LockedApplication, context: EnrollmentContext
) -> Situation:
    return Situation(
        status=EnrollmentStatus(enrollment.status),
        session_status=session.status,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        withdrawal_closes_at=session.withdrawal_closes_at,
        has_free_seat=session.free_seats > 0,
        now=clock.now(),
        employee_id=enrollment.employee_id,
        caller_id=who.employee_id,
        heads=context.line.heads,
        by_office=who.may(Permission.RUN_SESSIONS),
        by_clerk=who.is_clerk_of(context.line.lineage),
        records_attendance=who.may(Permission.RECORD_ATTENDANCE),
        changes=context.changes or (),
    )


async def enrollments(db: AsyncSession, who: Principal, rows: Sequence[Enrollment]) -> list[EnrollmentRead]:
    found = await contexts(db, rows, who.as_of_today)
    return [_enrollment(who, row, row.session, found[row.id]) for row in rows]


async def enrollment(db: AsyncSession, who: Principal, row: Enrollment) -> EnrollmentRead:
    return (await enrollments(db, who, [row]))[0]


def applied(who: Principal, row: Enrollment, known: LockedApplication) -> EnrollmentRead:
    """A new enrollment as reading it would show it: if it waits, it is the last; nothing has happened to it, as its
    checks have just passed and its circumstances were kept."""
    rank = known.waitlist_length + 1 if row.status == EnrollmentStatus.WAITLISTED else None
    return _enrollment(who, row, known, EnrollmentContext(line_of(known), rank, not_approvable=False))


def _enrollment(
    who: Principal, row: Enrollment, session: CourseSession | LockedApplication, context: EnrollmentContext
) -> EnrollmentRead:
    actions = allowed_actions(_situation(who, row, session, context), admissible=not context.not_approvable)
    return EnrollmentRead(
        id=row.id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        row_version=row.row_version,
        course_session_id=row.course_session_id,
        employee_id=row.employee_id,
        mode=row.mode,
        submitted_by=row.submitted_by,
        status=row.status,
        waitlist_rank=context.waitlist_rank,
        reason=row.reason,
        org_unit_id=row.org_unit_id,
        decided_by=row.decided_by,
        decided_on_behalf_of=row.decided_on_behalf_of,
        decided_at=row.decided_at,
        fiscal_year=session.fiscal_year,
        completed_on=row.completed_on,
        completed_on_reason=row.completed_on_reason if row.completed_on == row.completed_on_decided else None,
        completion_fiscal_year=clock.fiscal_year(row.completed_on) if row.completed_on else None,
        completion_reason=row.completion_reason,
        score=row.score,
        confirmed_at=row.confirmed_at,
        needs_reconfirmation=bool(context.changes),
        reconfirmation_reasons=list(context.changes or ()),
        allowed_actions=actions,
    )


def event(row: EnrollmentEvent) -> EnrollmentEventRead:
    return EnrollmentEventRead.model_validate(row)
