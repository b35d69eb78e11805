"""Read models of enrollments, with waitlist rank, flags and what the caller may do."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.enrollments.queries import EnrollmentContext, ReportingLine, contexts
from app.enrollments.rules import Situation, allowed_actions
from app.enrollments.schemas import EnrollmentEventRead, EnrollmentRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import Enrollment, EnrollmentEvent


async def situation_of(db: AsyncSession, who: Principal, enrollment: Enrollment) -> tuple[Situation, ReportingLine]:
    """The caller's situation with one enrollment, and the person's reporting line."""
    context = (await contexts(db, [enrollment], who.as_of_today))[enrollment.id]
    return _situation(who, enrollment, context), context.line


def _situation(who: Principal, enrollment: Enrollment, context: EnrollmentContext) -> Situation:
    session = enrollment.session
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


async def enrollments(
    db: AsyncSession, who: Principal, rows: Sequence[Enrollment], lines: Mapping[UUID, ReportingLine] | None = None
) -> list[EnrollmentRead]:
    """`lines`: the reporting lines of the people, if they are known already."""
    found = await contexts(db, rows, who.as_of_today, lines)
    return [_enrollment(who, row, found[row.id]) for row in rows]


async def enrollment(
    db: AsyncSession, who: Principal, row: Enrollment, lines: Mapping[UUID, ReportingLine] | None = None
) -> EnrollmentRead:
    return (await enrollments(db, who, [row], lines))[0]


def _enrollment(who: Principal, row: Enrollment, context: EnrollmentContext) -> EnrollmentRead:
    actions = allowed_actions(_situation(who, row, context), admissible=not context.not_approvable)
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
        fiscal_year=row.session.fiscal_year,
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
