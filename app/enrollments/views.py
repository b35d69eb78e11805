"""Enrollments as the API answers them: with the queue, the flags, and what this caller may do."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.enrollments.enums import EnrollmentAction
from app.enrollments.queries import EnrollmentContext, ReportingLine, contexts
from app.enrollments.rules import Situation, allowed_actions
from app.enrollments.schemas import EnrollmentEventRead, EnrollmentRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import Enrollment, EnrollmentEvent


def situation(who: Principal, enrollment: Enrollment, context: EnrollmentContext) -> Situation:
    session = enrollment.session
    return Situation(
        status=EnrollmentStatus(enrollment.status),
        session_status=session.status,
        starts_at=session.starts_at,
        withdrawal_closes_at=session.withdrawal_closes_at,
        has_free_seat=session.free_seats > 0,
        now=clock.now(),
        employee_id=enrollment.employee_id,
        caller_id=who.employee_id,
        heads=context.line.heads,
        by_office=who.may(Permission.RUN_SESSIONS),
        by_clerk=who.is_clerk_of(context.line.lineage),
        records_attendance=who.may(Permission.RECORD_ATTENDANCE),
        is_settled=context.is_settled,
    )


async def situation_of(db: AsyncSession, who: Principal, enrollment: Enrollment) -> tuple[Situation, ReportingLine]:
    """One enrollment as this caller meets it."""
    context = (await contexts(db, [enrollment], who.as_of_today))[enrollment.id]
    return situation(who, enrollment, context), context.line


async def enrollments(
    db: AsyncSession, who: Principal, rows: Sequence[Enrollment], known: Mapping[UUID, ReportingLine] | None = None
) -> list[EnrollmentRead]:
    """Enrollments with ranks, flags and what the caller may do; `known` are reporting lines that were read already."""
    found = await contexts(db, rows, who.as_of_today, known)
    return [_enrollment(row, found[row.id], _offers(who, row, found[row.id])) for row in rows]


async def enrollment(
    db: AsyncSession, who: Principal, row: Enrollment, known: Mapping[UUID, ReportingLine] | None = None
) -> EnrollmentRead:
    return (await enrollments(db, who, [row], known))[0]


def _offers(who: Principal, row: Enrollment, context: EnrollmentContext) -> list[EnrollmentAction]:
    refused = {EnrollmentAction.APPROVAL} if context.is_refused else set()
    return [action for action in allowed_actions(situation(who, row, context)) if action not in refused]


def _enrollment(row: Enrollment, context: EnrollmentContext, actions: list[EnrollmentAction]) -> EnrollmentRead:
    moved_on = row.org_unit_id is not None and row.org_unit_id not in context.line.lineage
    known = {
        "waitlist_rank": context.rank,
        "needs_reconfirmation": row.status == EnrollmentStatus.CONFIRMED and moved_on,
        "allowed_actions": actions,
    }
    return EnrollmentRead.model_validate(row, update=known)


def event(row: EnrollmentEvent) -> EnrollmentEventRead:
    return EnrollmentEventRead.model_validate(row)
