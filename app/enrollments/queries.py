"""What the rules need to know of an enrollment: the person's heads, days and courses, and the waitlist rank."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, any_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.catalog.rules import TargetFacts
from app.enrollments.rules import Eligibility
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.people.functions import KnownEmployment, heads_on, posts_on, valid_on
from app.people.models import Absence, Employee, OrgUnit, PositionRank
from app.roles.queries import roles_of
from app.seats.enums import EnrollmentStatus
from app.seats.functions import MEETING_DAY, employed_throughout, is_available
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent, SessionMeeting
from app.seats.rules import UNDECIDED

_POSTS, _HEADS = posts_on(), heads_on()

_REPORTING_LINES = (
    select(
        _POSTS.c.employee_id,
        _POSTS.c.org_unit_id,
        col(OrgUnit.lineage),
        select(func.array_agg(_HEADS.c.employee_id))
        .where(_HEADS.c.org_unit_id == any_(col(OrgUnit.lineage)))
        .correlate(OrgUnit)
        .scalar_subquery(),
    )
    .join(OrgUnit, col(OrgUnit.id) == _POSTS.c.org_unit_id)
    .where(_POSTS.c.kind == PostKind.PRIMARY, _POSTS.c.employee_id.in_(bindparam("people", expanding=True)))
)


@dataclass(frozen=True)
class ReportingLine:
    """A person's primary unit, its lineage, and the heads in office of these units: on published orders, not away."""

    org_unit_id: UUID | None = None
    lineage: Sequence[UUID] = ()
    heads: Sequence[UUID] = ()


async def reporting_lines(db: AsyncSession, people: Iterable[UUID], as_of: AsOf) -> Mapping[UUID, ReportingLine]:
    """One for each of the people; empty for those without a primary unit on the day."""
    ids = set(people)
    rows = await db.execute(_REPORTING_LINES, {**as_of.params, "people": ids})
    return dict.fromkeys(ids, ReportingLine()) | {row[0]: ReportingLine(row[1], row[2], row[3] or ()) for row in rows}


async def head_represented(db: AsyncSession, who: Principal, lineage: Collection[UUID]) -> UUID | None:
    """The head on whose behalf the caller decides, if the caller is only acting head of these units."""
    offices = who.offices_in(lineage)
    if not offices or not who.only_acts_in(offices):
        return None
    posts = posts_on(who.as_of_today)
    own = (posts.c.org_unit_id.in_(offices)) & (posts.c.kind == PostKind.PRIMARY) & col(PositionRank.is_head)
    heads = select(posts.c.employee_id).join(PositionRank, col(PositionRank.code) == posts.c.position_rank)
    return await db.scalar(heads.where(own).limit(1))


def events(enrollment: Enrollment) -> Select[EnrollmentEvent]:
    return select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == enrollment.id)


def _missing_prerequisites(course_id: SQLCoreOperations[UUID], employee_id: SQLCoreOperations[UUID]) -> Select[str]:
    """Codes of required courses of which the person has completed neither the course nor an equivalent."""
    past, attended = aliased(Enrollment), aliased(CourseSession)
    by_equivalent = exists().where(
        col(CourseEquivalent.course_id) == col(Course.id),
        col(CourseEquivalent.equivalent_course_id) == col(attended.course_id),
        valid_on(CourseEquivalent, col(past.completed_on)),
    )
    completed = (
        select(col(past.id))
        .join(attended, col(attended.id) == col(past.course_session_id))
        .where(
            col(past.employee_id) == employee_id,
            col(past.status) == EnrollmentStatus.COMPLETED,
            or_(col(attended.course_id) == col(Course.id), by_equivalent),
        )
        .exists()
    )
    return (
        select(col(Course.code))
        .join(CoursePrerequisite, col(CoursePrerequisite.required_course_id) == col(Course.id))
        .where(col(CoursePrerequisite.course_id) == course_id, ~completed)
    )


_EMPLOYEE_ID, _SESSION_ID = bindparam("employee_id", type_=Uuid), bindparam("session_id", type_=Uuid)

_MISSING = _missing_prerequisites(bindparam("course_id", type_=Uuid), _EMPLOYEE_ID).subquery()

_ELIGIBILITY = select(
    employed_throughout(col(Employee.id), _SESSION_ID),
    exists().where(
        col(Absence.employee_id) == col(Employee.id),
        col(SessionMeeting.course_session_id) == _SESSION_ID,
        valid_on(Absence, MEETING_DAY),
    ),
    select(func.array_agg(_MISSING.c.code)).scalar_subquery(),
).where(col(Employee.id) == _EMPLOYEE_ID)


async def eligibility(db: AsyncSession, session: CourseSession, employee_id: UUID) -> Eligibility | None:
    """None if there is no such employee."""
    parameters = {"employee_id": employee_id, "session_id": session.id, "course_id": session.course_id}
    row = (await db.execute(_ELIGIBILITY, parameters)).first()
    return Eligibility(employed=row[0], away=row[1], missing_prerequisites=row[2] or ()) if row else None


@dataclass(frozen=True)
class EnrollmentContext:
    """What is known of an enrollment besides its row. `not_approvable`: employment, courses or calendar of the person
    rule an approval out."""

    line: ReportingLine
    waitlist_rank: int | None
    has_meetings_ahead: bool
    not_approvable: bool


_RANKS = (
    select(
        col(Enrollment.id),
        func.row_number()
        .over(partition_by=col(Enrollment.course_session_id), order_by=col(Enrollment.waitlist_order))
        .label("rank"),
    )
    .where(
        col(Enrollment.status) == EnrollmentStatus.WAITLISTED,
        col(Enrollment.course_session_id).in_(bindparam("session_ids", expanding=True)),
    )
    .subquery("ranks")
)
"""Ranks in the whole waiting list, whatever part of it the caller sees."""

_HAS_MEETINGS_AHEAD = exists().where(
    col(Booking.enrollment_id) == col(Enrollment.id),
    col(Booking.attendance).is_(None),
    func.lower(col(Booking.during)) > bindparam("now", type_=DateTime(timezone=True)),
)

_NOT_APPROVABLE = case(
    (
        col(Enrollment.status).in_(UNDECIDED),
        ~is_available(col(Enrollment.employee_id), col(CourseSession.id))
        | _missing_prerequisites(col(CourseSession.course_id), col(Enrollment.employee_id)).exists(),
    ),
    else_=false(),
)

_CONTEXTS = (
    select(col(Enrollment.id), _RANKS.c.rank, _HAS_MEETINGS_AHEAD, _NOT_APPROVABLE)
    .join(CourseSession, col(CourseSession.id) == col(Enrollment.course_session_id))
    .outerjoin(_RANKS, _RANKS.c.id == col(Enrollment.id))
    .where(col(Enrollment.id).in_(bindparam("ids", expanding=True)))
)


async def contexts(
    db: AsyncSession, rows: Collection[Enrollment], as_of: AsOf, known: Mapping[UUID, ReportingLine] | None = None
) -> Mapping[UUID, EnrollmentContext]:
    """Two statements, however many rows; one if the reporting lines are known already."""
    people = {row.id: row.employee_id for row in rows}
    lines = known or await reporting_lines(db, people.values(), as_of)
    parameters = {"ids": list(people), "session_ids": {row.course_session_id for row in rows}, "now": clock.now()}
    return {
        row[0]: EnrollmentContext(lines[people[row[0]]], *row[1:]) for row in await db.execute(_CONTEXTS, parameters)
    }


async def target_facts(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> TargetFacts:
    """What a course's target may depend on."""
    posts = posts_on(as_of)
    ranks = select(func.array_agg(posts.c.position_rank)).where(posts.c.employee_id == employee_id)
    known = select(func.min(col(KnownEmployment.valid_from))).where(col(KnownEmployment.employee_id) == employee_id)
    present = select(col(KnownEmployment.job_category)).where(
        col(KnownEmployment.employee_id) == employee_id, valid_on(KnownEmployment)
    )
    facts = select(known.scalar_subquery(), present.scalar_subquery(), ranks.scalar_subquery())
    hired_on, job_category, position_ranks = (await db.execute(facts, as_of.params)).one()
    return TargetFacts(
        role_codes=(await roles_of(db, [employee_id], as_of)).get(employee_id, []),
        position_ranks=position_ranks or (),
        job_category=job_category,
        years_of_service=clock.full_years(hired_on or as_of.day, as_of.day),
    )
