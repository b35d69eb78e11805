"""What the rules ask about an application: the person's heads and days, the rank, what each caller may do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, any_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.applications.rules import Days, EnrollmentAction, Situation, allowed_actions
from app.applications.schemas import EnrollmentRead
from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.catalog.rules import Facts
from app.course_sessions.models import CourseSession
from app.enrollment.models import Booking, Enrollment, EnrollmentEvent
from app.enrollment.queries import clashes, days_of, employed_throughout
from app.enrollment.rules import EnrollmentStatus
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.listing import Also
from app.kit.records import on_day
from app.people import days
from app.people.models import Absence, Employee, Employment, OrgUnit, PositionRank
from app.people.queries import roles_of
from app.people.rules import PostKind


@dataclass(frozen=True)
class Chain:
    """A person's primary unit today with all above it, and who heads one of them: on published orders, not away."""

    org_unit_id: UUID | None = None
    lineage: Sequence[UUID] = ()
    heads: Sequence[UUID] = ()


@dataclass(frozen=True)
class Context:
    """What is to be known of an enrollment besides its row; settled: no meeting without attendance lies ahead."""

    chain: Chain
    rank: int | None
    is_settled: bool


async def chain_of(db: AsyncSession, employee_id: UUID, today: date) -> Chain:
    return (await chains(db, {employee_id}, today)).get(employee_id, Chain())


async def chains(db: AsyncSession, people: Collection[UUID], today: date) -> Mapping[UUID, Chain]:
    posts = days.posts_on(today, today)
    rows = (
        select(posts.c.employee_id, posts.c.org_unit_id, col(OrgUnit.lineage), _heads_in(col(OrgUnit.lineage), today))
        .join(OrgUnit, col(OrgUnit.id) == posts.c.org_unit_id)
        .where(posts.c.kind == PostKind.PRIMARY, posts.c.employee_id.in_(people))
    )
    return {row[0]: Chain(row[1], row[2], row[3] or ()) for row in await db.execute(rows)}


def _heads_in(lineage: Any, today: date) -> ScalarSelect[Any]:
    posts = _head_posts(today)
    away = exists().where(col(Absence.employee_id) == posts.c.employee_id, days.running(Absence, today))
    rows = select(func.array_agg(posts.c.employee_id)).where(posts.c.org_unit_id == any_(lineage), ~away)
    return rows.correlate(OrgUnit).scalar_subquery()


def _head_posts(today: date) -> Any:
    posts = days.posts_on(today, today, "held")
    return (
        select(posts)
        .join(PositionRank, col(PositionRank.code) == posts.c.position_rank)
        .where(col(PositionRank.is_head))
        .subquery("heads")
    )


async def represented(db: AsyncSession, who: Principal, lineage: Collection[UUID]) -> UUID | None:
    """The head for whom the caller decides, when only an acting post gives the caller the office."""
    offices = who.standing.headed.intersection(lineage)
    if not offices or not offices <= who.standing.acting:
        return None
    posts = _head_posts(who.today)
    own = (posts.c.org_unit_id.in_(offices)) & (posts.c.kind == PostKind.PRIMARY)
    return await db.scalar(select(posts.c.employee_id).where(own).limit(1))


async def contexts(db: AsyncSession, rows: Collection[Enrollment], today: date) -> Mapping[UUID, Context]:
    """Two statements, however many rows."""
    known = await chains(db, {row.employee_id for row in rows}, today)
    people = {row.id: row.employee_id for row in rows}
    return {
        row[0]: Context(known.get(people[row[0]], Chain()), row[1], row[2]) for row in await db.execute(_places(rows))
    }


def _places(rows: Collection[Enrollment]) -> Select[Any]:
    """Ranks are counted over the whole queue, whatever part of it the caller sees."""
    rank = func.row_number().over(
        partition_by=col(Enrollment.course_session_id), order_by=col(Enrollment.waitlist_order)
    )
    queue = (
        select(col(Enrollment.id), rank.label("rank"))
        .where(
            col(Enrollment.status) == EnrollmentStatus.WAITLISTED,
            col(Enrollment.course_session_id).in_({row.course_session_id for row in rows}),
        )
        .subquery("queue")
    )
    ahead = exists().where(
        col(Booking.enrollment_id) == col(Enrollment.id),
        col(Booking.attendance).is_(None),
        func.lower(col(Booking.during)) > clock.now(),
    )
    places = select(col(Enrollment.id), queue.c.rank, ~ahead).outerjoin(queue, queue.c.id == col(Enrollment.id))
    return places.where(col(Enrollment.id).in_([row.id for row in rows]))


def situation(who: Principal, enrollment: Enrollment, context: Context) -> Situation:
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


async def met(db: AsyncSession, who: Principal, enrollment: Enrollment) -> tuple[Situation, Chain]:
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
        for enrollment_id in await barred(db, approvable) if may_decide else ():
            offers[enrollment_id].remove(EnrollmentAction.APPROVAL)
        return [_read(row, known[row.id], offers[row.id]) for row in rows]

    return complete


def _read(row: Enrollment, context: Context, actions: list[EnrollmentAction]) -> EnrollmentRead:
    moved_on = row.org_unit_id is not None and row.org_unit_id not in context.chain.lineage
    known = {
        "waitlist_rank": context.rank,
        "needs_reconfirmation": row.status == EnrollmentStatus.CONFIRMED and moved_on,
        "allowed_actions": actions,
    }
    return EnrollmentRead.model_validate(row, update=known)


async def shown(db: AsyncSession, who: Principal, enrollment: Enrollment) -> EnrollmentRead:
    return (await described(who)(db, [enrollment]))[0]  # type: ignore[no-any-return]


def events(enrollment: Enrollment) -> Select[EnrollmentEvent]:
    return select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == enrollment.id)


async def days_known(db: AsyncSession, session: CourseSession, employee_id: UUID) -> Days | None:
    """The person's days of the session, or None when there is no such person."""
    on = days_of(session)
    away = [on_day(col(Absence.valid_from), col(Absence.valid_to), day) for day in on]
    row = (
        await db.execute(
            select(
                employed_throughout(col(Employee.id), session.id),
                exists().where(col(Absence.employee_id) == col(Employee.id), or_(*away)),
            ).where(col(Employee.id) == employee_id)
        )
    ).first()
    if row is None:
        return None
    missing = (await db.execute(_prerequisites_missing(session.course_id, employee_id))).scalars().all()
    return Days(employed=row[0], away=row[1], missing_prerequisites=missing)


async def barred(db: AsyncSession, ids: Collection[UUID]) -> Sequence[UUID]:
    """Whose approval the person's days, courses or calendar would refuse."""
    asked, session = aliased(Enrollment), aliased(CourseSession)
    person, session_id = col(asked.employee_id), col(session.id)
    refused = or_(
        ~employed_throughout(person, session_id),
        _prerequisites_missing(session.course_id, person).exists(),
        clashes(session_id, col(Booking.employee_id) == person).exists(),
    )
    rows = select(col(asked.id)).join(session, session_id == col(asked.course_session_id))
    return (await db.scalars(rows.where(col(asked.id).in_(ids), refused))).all()


def _prerequisites_missing(course_id: Any, employee_id: Any) -> Select[str]:
    """Codes of courses to be completed first that the person has completed neither themselves nor by an equivalent."""
    equals = exists().where(
        col(CourseEquivalent.course_id) == col(Course.id),
        col(CourseEquivalent.equivalent_course_id) == col(CourseSession.course_id),
        on_day(col(CourseEquivalent.valid_from), col(CourseEquivalent.valid_to), col(Enrollment.completed_on)),
    )
    done = (
        select(col(Enrollment.id))
        .join(CourseSession, col(CourseSession.id) == col(Enrollment.course_session_id))
        .where(
            col(Enrollment.employee_id) == employee_id,
            col(Enrollment.status) == EnrollmentStatus.COMPLETED,
            or_(col(CourseSession.course_id) == col(Course.id), equals),
        )
        .exists()
    )
    return (
        select(col(Course.code))
        .join(CoursePrerequisite, col(CoursePrerequisite.required_course_id) == col(Course.id))
        .where(col(CoursePrerequisite.course_id) == course_id, ~done)
    )


async def facts(db: AsyncSession, employee_id: UUID, today: date) -> Facts:
    """What a course's target may ask of the person."""
    posts = days.posts_on(today, today)
    ranks = await db.execute(select(posts.c.position_rank).where(posts.c.employee_id == employee_id))
    terms = select(col(Employee.hired_on), col(Employment.job_category)).outerjoin(
        Employment, (col(Employment.employee_id) == col(Employee.id)) & days.running(Employment, today)
    )
    hired_on, job_category = (await db.execute(terms.where(col(Employee.id) == employee_id))).one()
    return Facts(
        role_codes=(await roles_of(db, [employee_id], today, today)).get(employee_id, []),
        position_ranks=ranks.scalars().all(),
        job_category=job_category,
        years_of_service=_whole_years(hired_on, today),
    )


def _whole_years(start: date, day: date) -> int:
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))
