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

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.catalog.rules import Facts
from app.enrollments.rules import Eligibility
from app.identity.principal import Principal
from app.kit import clock
from app.kit.records import on_day
from app.people import functions as people_functions
from app.people.enums import PostKind
from app.people.models import Absence, Employee, Employment, OrgUnit, PositionRank
from app.roles.queries import roles_of
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent
from app.seats.queries import clashes, days_of, employed_throughout


@dataclass(frozen=True)
class ReportingLine:
    """A person's primary unit today with all above it, and who heads one of them: on published orders, not away."""

    org_unit_id: UUID | None = None
    lineage: Sequence[UUID] = ()
    heads: Sequence[UUID] = ()


@dataclass(frozen=True)
class EnrollmentContext:
    """What is to be known of an enrollment besides its row; settled: no meeting without attendance lies ahead."""

    chain: ReportingLine
    rank: int | None
    is_settled: bool


async def reporting_line_of(db: AsyncSession, employee_id: UUID, today: date) -> ReportingLine:
    return (await reporting_lines(db, {employee_id}, today)).get(employee_id, ReportingLine())


async def reporting_lines(db: AsyncSession, people: Collection[UUID], today: date) -> Mapping[UUID, ReportingLine]:
    posts = people_functions.posts_on(today, today)
    rows = (
        select(posts.c.employee_id, posts.c.org_unit_id, col(OrgUnit.lineage), _heads_in(col(OrgUnit.lineage), today))
        .join(OrgUnit, col(OrgUnit.id) == posts.c.org_unit_id)
        .where(posts.c.kind == PostKind.PRIMARY, posts.c.employee_id.in_(people))
    )
    return {row[0]: ReportingLine(row[1], row[2], row[3] or ()) for row in await db.execute(rows)}


def _heads_in(lineage: Any, today: date) -> ScalarSelect[Any]:
    posts = _head_posts(today)
    away = exists().where(col(Absence.employee_id) == posts.c.employee_id, people_functions.running(Absence, today))
    rows = select(func.array_agg(posts.c.employee_id)).where(posts.c.org_unit_id == any_(lineage), ~away)
    return rows.correlate(OrgUnit).scalar_subquery()


def _head_posts(today: date) -> Any:
    posts = people_functions.posts_on(today, today, "held")
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


async def contexts(db: AsyncSession, rows: Collection[Enrollment], today: date) -> Mapping[UUID, EnrollmentContext]:
    """Two statements, however many rows."""
    known = await reporting_lines(db, {row.employee_id for row in rows}, today)
    people = {row.id: row.employee_id for row in rows}
    return {
        row[0]: EnrollmentContext(known.get(people[row[0]], ReportingLine()), row[1], row[2])
        for row in await db.execute(_places(rows))
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


def events(enrollment: Enrollment) -> Select[EnrollmentEvent]:
    return select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == enrollment.id)


async def eligibility(db: AsyncSession, session: CourseSession, employee_id: UUID) -> Eligibility | None:
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
    return Eligibility(employed=row[0], away=row[1], missing_prerequisites=missing)


async def not_approvable(db: AsyncSession, ids: Collection[UUID]) -> Sequence[UUID]:
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
    posts = people_functions.posts_on(today, today)
    ranks = await db.execute(select(posts.c.position_rank).where(posts.c.employee_id == employee_id))
    terms = select(col(Employee.hired_on), col(Employment.job_category)).outerjoin(
        Employment, (col(Employment.employee_id) == col(Employee.id)) & people_functions.running(Employment, today)
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
