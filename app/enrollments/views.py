from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.enrollments.enums import EnrollmentAction
from app.enrollments.queries import EnrollmentContext, ReportingLine, contexts, not_approvable
from app.enrollments.rules import Situation, allowed_actions
from app.enrollments.schemas import EnrollmentRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.listing import Also
from app.seats.enums import EnrollmentStatus
from app.seats.models import Enrollment


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
        heads=context.chain.heads,
        by_office=who.may(Permission.RUN_SESSIONS),
        by_clerk=who.is_clerk_of(context.chain.lineage),
        records_attendance=who.may(Permission.RECORD_ATTENDANCE),
        is_settled=context.is_settled,
    )


async def situation_of(db: AsyncSession, who: Principal, enrollment: Enrollment) -> tuple[Situation, ReportingLine]:
    """One enrollment as the caller meets it."""
    context = (await contexts(db, [enrollment], who.today))[enrollment.id]
    return situation(who, enrollment, context), context.chain


def described(who: Principal) -> Also:
    """The step that completes a page of enrollments: ranks, flags and what the caller may do."""

    async def complete(db: AsyncSession, rows: Sequence[Enrollment]) -> Sequence[EnrollmentRead]:
        known = await contexts(db, rows, who.today)
        offers = {row.id: allowed_actions(situation(who, row, known[row.id])) for row in rows}
        approvable = [row.id for row in rows if EnrollmentAction.APPROVAL in offers[row.id]]
        may_decide = who.standing.headed or who.may(Permission.RUN_SESSIONS)  # others are spared the question
        for enrollment_id in await not_approvable(db, approvable) if may_decide else ():
            offers[enrollment_id].remove(EnrollmentAction.APPROVAL)
        return [_read(row, known[row.id], offers[row.id]) for row in rows]

    return complete


def _read(row: Enrollment, context: EnrollmentContext, actions: list[EnrollmentAction]) -> EnrollmentRead:
    moved_on = row.org_unit_id is not None and row.org_unit_id not in context.chain.lineage
    known = {
        "waitlist_rank": context.rank,
        "needs_reconfirmation": row.status == EnrollmentStatus.CONFIRMED and moved_on,
        "allowed_actions": actions,
    }
    return EnrollmentRead.model_validate(row, update=known)


async def shown(db: AsyncSession, who: Principal, enrollment: Enrollment) -> EnrollmentRead:
    return (await described(who)(db, [enrollment]))[0]  # type: ignore[no-any-return]
