"""What the rules ask about an application: the person's heads and days, the rank, what each caller may do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, case, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.catalog.rules import TargetFacts
from app.enrollments.rules import Eligibility
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.people.functions import heads_on, posts_on, valid_on
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
    """What is known of an enrollment besides its row. Settled: no meeting without attendance lies ahead. Refused: the
    person's days, courses or calendar rule an approval out."""

    line: ReportingLine
    rank: int | None
    is_settled: bool
    is_refused: bool


async def reporting_line_of(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> ReportingLine:
    return (await reporting_lines(db, {employee_id}, as_of)).get(employee_id, ReportingLine())


async def reporting_lines(db: AsyncSession, people: Collection[UUID], as_of: AsOf) -> Mapping[UUID, ReportingLine]:
    posts, heads = posts_on(as_of), heads_on(as_of)
    in_office = select(func.array_agg(heads.c.employee_id)).where(heads.c.org_unit_id == any_(col(OrgUnit.lineage)))
    rows = (
        select(
            posts.c.employee_id,
            posts.c.org_unit_id,
            col(OrgUnit.lineage),
            in_office.correlate(OrgUnit).scalar_subquery(),
        )
        .join(OrgUnit, col(OrgUnit.id) == posts.c.org_unit_id)
        .where(posts.c.kind == PostKind.PRIMARY, posts.c.employee_id.in_(people))
    )
    return {row[0]: ReportingLine(row[1], row[2], row[3] or ()) for row in await db.execute(rows)}


async def represented(db: AsyncSession, who: Principal, lineage: Collection[UUID]) -> UUID | None:
    """The head for whom the caller decides, when only an acting post gives the caller the office."""
    offices = who.offices_in(lineage)
    if not offices or not who.only_acts_in(offices):
        return None
    posts = posts_on(who.as_of_today)
    own = (posts.c.org_unit_id.in_(offices)) & (posts.c.kind == PostKind.PRIMARY) & col(PositionRank.is_head)
    heads = select(posts.c.employee_id).join(PositionRank, col(PositionRank.code) == posts.c.position_rank)
    return await db.scalar(heads.where(own).limit(1))


async def contexts(
    db: AsyncSession, rows: Collection[Enrollment], as_of: AsOf, known: Mapping[UUID, ReportingLine] | None = None
) -> Mapping[UUID, EnrollmentContext]:
    """Two statements, however many rows; one where the reporting lines are known already."""
    if known is None:
        known = await reporting_lines(db, {row.employee_id for row in rows}, as_of)
    people = {row.id: row.employee_id for row in rows}
    return {
        row[0]: EnrollmentContext(known.get(people[row[0]], ReportingLine()), *row[1:])
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
    undecided = col(Enrollment.status).in_((EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED))
    refused = case((undecided, _approval_refused()), else_=false())
    places = select(col(Enrollment.id), queue.c.rank, ~ahead, refused)
    joined = places.join(CourseSession, col(CourseSession.id) == col(Enrollment.course_session_id))
    return joined.outerjoin(queue, queue.c.id == col(Enrollment.id)).where(
        col(Enrollment.id).in_([row.id for row in rows])
    )


def events(enrollment: Enrollment) -> Select[EnrollmentEvent]:
    return select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == enrollment.id)


async def eligibility(db: AsyncSession, session: CourseSession, employee_id: UUID) -> Eligibility | None:
    """What the person's days and courses say of the session, or None when there is no such person."""
    away = [valid_on(Absence, day) for day in days_of(session)]
    missing = _prerequisites_missing(session.course_id, employee_id).subquery()
    statement = select(
        employed_throughout(col(Employee.id), session.id),
        exists().where(col(Absence.employee_id) == col(Employee.id), or_(*away)),
        select(func.array_agg(missing.c.code)).scalar_subquery(),
    ).where(col(Employee.id) == employee_id)
    row = (await db.execute(statement)).first()
    return Eligibility(employed=row[0], away=row[1], missing_prerequisites=row[2] or ()) if row else None


def _approval_refused() -> ColumnElement[bool]:
    """Of a row of `Enrollment` and its `CourseSession`."""
    person, session_id = col(Enrollment.employee_id), col(CourseSession.id)
    return or_(
        ~employed_throughout(person, session_id),
        _prerequisites_missing(CourseSession.course_id, person).exists(),
        clashes(session_id, col(Booking.employee_id) == person).exists(),
    )


def _prerequisites_missing(course_id: Any, employee_id: Any) -> Select[str]:
    """Codes of courses to be completed first that the person has completed neither themselves nor by an equivalent."""
    past, attended = aliased(Enrollment), aliased(CourseSession)
    equals = exists().where(
        col(CourseEquivalent.course_id) == col(Course.id),
        col(CourseEquivalent.equivalent_course_id) == col(attended.course_id),
        valid_on(CourseEquivalent, col(past.completed_on)),
    )
    done = (
        select(col(past.id))
        .join(attended, col(attended.id) == col(past.course_session_id))
        .where(
            col(past.employee_id) == employee_id,
            col(past.status) == EnrollmentStatus.COMPLETED,
            or_(col(attended.course_id) == col(Course.id), equals),
        )
        .exists()
    )
    return (
        select(col(Course.code))
        .join(CoursePrerequisite, col(CoursePrerequisite.required_course_id) == col(Course.id))
        .where(col(CoursePrerequisite.course_id) == course_id, ~done)
    )


async def target_facts(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> TargetFacts:
    """What a course's target may depend on."""
    posts = posts_on(as_of)
    ranks = select(func.array_agg(posts.c.position_rank)).where(posts.c.employee_id == employee_id)
    terms = (
        select(col(Employee.hired_on), col(Employment.job_category), ranks.scalar_subquery())
        .outerjoin(Employment, (col(Employment.employee_id) == col(Employee.id)) & valid_on(Employment, as_of.day))
        .where(col(Employee.id) == employee_id)
    )
    hired_on, job_category, position_ranks = (await db.execute(terms)).one()
    return TargetFacts(
        role_codes=(await roles_of(db, [employee_id], as_of)).get(employee_id, []),
        position_ranks=position_ranks or (),
        job_category=job_category,
        years_of_service=_full_years(hired_on, as_of.day),
    )


def _full_years(start: date, day: date) -> int:
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))
