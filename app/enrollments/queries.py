"""What the rules need to know of an enrollment: the person's heads, days and courses, and the waitlist rank."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, case, false, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.enrollments.rules import Eligibility
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.people.enums import PostKind
from app.people.functions import heads_on, is_known, posts_on
from app.people.models import OrgUnit, PositionRank
from app.reconfirmation.enums import ReconfirmationReason
from app.reconfirmation.functions import reconfirmations
from app.seats.enums import EnrollmentStatus
from app.seats.functions import LockedApplication, admissions, missing_prerequisites, published_today
from app.seats.models import CourseSession, Enrollment, EnrollmentEvent
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


EVENTS = select(EnrollmentEvent).where(col(EnrollmentEvent.enrollment_id) == bindparam("enrollment_id", type_=Uuid))


_EMPLOYEE_ID, _SESSION_ID = bindparam("employee_id", type_=Uuid), bindparam("session_id", type_=Uuid)

_MISSING = missing_prerequisites(bindparam("course_id", type_=Uuid), _EMPLOYEE_ID).subquery()

_ASKED = admissions(_SESSION_ID)

_ELIGIBILITY = select(
    _ASKED.c.employed,
    _ASKED.c.on_leave,
    _ASKED.c.targeted,
    select(func.array_agg(_MISSING.c.code)).scalar_subquery(),
).where(_ASKED.c.employee_id == _EMPLOYEE_ID, is_known(_EMPLOYEE_ID))


def eligibility_of(known: LockedApplication) -> Eligibility | None:
    """As `eligibility`."""
    return Eligibility(known.employed, known.on_leave, known.targeted, known.missing) if known.is_known else None


def line_of(known: LockedApplication) -> ReportingLine:
    return ReportingLine(known.org_unit_id, known.lineage or (), known.heads)


async def eligibility(db: AsyncSession, session: CourseSession, employee_id: UUID) -> Eligibility | None:
    """None if there is no such employee, or none that is published yet."""
    parameters = {"employee_id": employee_id, "session_id": session.id, "course_id": session.course_id}
    row = (await db.execute(_ELIGIBILITY, {**parameters, **published_today().params})).first()
    return Eligibility(row[0], row[1], row[2], row[3] or ()) if row else None


@dataclass(frozen=True)
class EnrollmentContext:
    """What is known of an enrollment besides its row. `not_approvable`: the person cannot come, or a course is missing.
    `changes`: what has happened to the seat since it was confirmed."""

    line: ReportingLine
    waitlist_rank: int | None
    not_approvable: bool
    changes: Sequence[ReconfirmationReason] | None = None


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

_ADMISSION = admissions(col(Enrollment.course_session_id))

_NOT_APPROVABLE = (
    select(
        ~_ADMISSION.c.can_come
        | missing_prerequisites(col(CourseSession.course_id), col(Enrollment.employee_id)).exists()
    )
    .where(_ADMISSION.c.employee_id == col(Enrollment.employee_id))
    .correlate(Enrollment, CourseSession)
    .scalar_subquery()
)
"""A scalar, so that PostgreSQL asks only where it decides; a join would be computed for every row."""

_RECONFIRMATIONS = reconfirmations()

_CHANGES = (
    select(func.array_agg(aggregate_order_by(_RECONFIRMATIONS.c.reason, _RECONFIRMATIONS.c.reason)))
    .where(_RECONFIRMATIONS.c.enrollment_id == col(Enrollment.id))
    .scalar_subquery()
)

_CONTEXTS = (
    select(
        col(Enrollment.id),
        _RANKS.c.rank,
        case((col(Enrollment.status).in_(UNDECIDED), func.coalesce(_NOT_APPROVABLE, false())), else_=false()),
        _CHANGES,
    )
    .join(CourseSession, col(CourseSession.id) == col(Enrollment.course_session_id))
    .outerjoin(_RANKS, _RANKS.c.id == col(Enrollment.id))
    .where(col(Enrollment.id).in_(bindparam("ids", expanding=True)))
)


async def contexts(db: AsyncSession, rows: Collection[Enrollment], as_of: AsOf) -> Mapping[UUID, EnrollmentContext]:
    """Two statements, however many rows."""
    people = {row.id: row.employee_id for row in rows}
    lines = await reporting_lines(db, people.values(), as_of)
    parameters = {"ids": list(people), "session_ids": {row.course_session_id for row in rows}, "now": clock.now()}
    found = await db.execute(_CONTEXTS, {**parameters, **published_today().params})
    return {row[0]: EnrollmentContext(lines[people[row[0]]], *row[1:]) for row in found}
