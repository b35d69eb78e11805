"""Conditions on enrollments, and on people who want a seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.selectable import LateralFromClause
from sqlmodel import col

from app.kit import clock
from app.kit.as_of import DAY, PUBLISHED_BY, AsOf
from app.people.enums import PostKind
from app.people.functions import in_subtree, posts_on
from app.seats.enums import SessionStatus
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting

_ADMISSION = (
    column("employee_id", Uuid),
    *(column(name, Boolean) for name in ("employed", "on_leave", "clashes", "targeted", "can_come")),
)

_INSTANT = DateTime(timezone=True)
_APPLICATION = (
    (String, "status"),
    (Integer, "fiscal_year"),
    (_INSTANT, "starts_at ends_at application_opens_at application_closes_at withdrawal_closes_at"),
    (Boolean, "needs_approval"),
    (Integer, "capacity seats_taken waitlist_length"),
    (BigInteger, "last_waitlist_order"),
    (Boolean, "somebody_leaves"),
    (ARRAY(Uuid), "meeting_ids"),
    (ARRAY(_INSTANT), "meetings_start meetings_end"),
    (Uuid, "org_unit_id"),
    (ARRAY(Uuid), "lineage heads"),
    (Boolean, "is_known employed on_leave clashes targeted"),
    (ARRAY(String), "missing"),
    (ARRAY(Uuid), "section_ids"),
    (ARRAY(Date), "leave_days"),
)

HAS_FREE_SEAT = col(CourseSession.seats_taken) < col(CourseSession.capacity)


def of_course(course_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.course_id) == course_id)


def of_fiscal_year(year: SQLCoreOperations[int]) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.fiscal_year) == year)


def completed_in(year: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """The day of completion is in the fiscal year."""
    start, end = func.make_date(year, 4, 1), func.make_date(year + 1, 4, 1)
    return (col(Enrollment.completed_on) >= start) & (col(Enrollment.completed_on) < end)


def _in_sessions(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Enrollment.course_session_id).in_(select(col(CourseSession.id)).where(condition))


def in_unit(top: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """Enrollments of people whose primary unit on the statement's day is `top` or below it."""
    posts = posts_on(name="members")
    primary = (posts.c.kind == PostKind.PRIMARY) & in_subtree(posts.c.org_unit_id, top)
    return col(Enrollment.employee_id).in_(select(posts.c.employee_id).where(primary))


def admissions(session_id: SQLCoreOperations[UUID]) -> LateralFromClause:
    """Everybody with what keeps them from coming to the session, for a statement that is run with an `AsOf`: seats
    follow what is published today, for every caller (`published_today`)."""
    return func.admissions(session_id, PUBLISHED_BY).table_valued(*_ADMISSION).lateral("admission")


CIRCUMSTANCES = (
    func.circumstances(bindparam("session_id", type_=Uuid), PUBLISHED_BY)
    .table_valued(
        column("employee_id", Uuid),
        column("section_ids", ARRAY(Uuid)),
        column("leave_days", ARRAY(Date)),
        column("out_of_target", Boolean),
    )
    .alias("circumstances")
)


APPLICATION = (
    func.locked_application(
        bindparam("session_id", type_=Uuid),
        bindparam("employee_id", type_=Uuid),
        DAY,
        bindparam("known_by", type_=Date),
        PUBLISHED_BY,
    )
    .table_valued(*(column(name, kind) for kind, names in _APPLICATION for name in names.split()))
    .alias("application")
)


@dataclass(frozen=True)
class Circumstances:
    """What a seat is confirmed with: the person's sections on the session's days, those days on leave, and whether the
    person is outside the target group of a course with designated participants."""

    section_ids: list[UUID]
    leave_days: list[date]
    out_of_target: bool


class Meeting(NamedTuple):
    """A meeting of a session, as far as calendars are concerned."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class LockedApplication:
    """What decides an application, a row of `APPLICATION`: the session as it is now, then the person. `heads`: in
    office today of the units in `lineage`. `somebody_leaves`: is asked only where seats or the waiting list matter."""

    status: SessionStatus
    fiscal_year: int
    starts_at: datetime
    ends_at: datetime
    application_opens_at: datetime
    application_closes_at: datetime
    withdrawal_closes_at: datetime | None
    needs_approval: bool
    capacity: int
    seats_taken: int
    waitlist_length: int
    last_waitlist_order: int
    somebody_leaves: bool
    meeting_ids: Sequence[UUID]
    meetings_start: Sequence[datetime]
    meetings_end: Sequence[datetime]
    org_unit_id: UUID | None
    lineage: Sequence[UUID] | None
    heads: Sequence[UUID]
    is_known: bool
    employed: bool
    on_leave: bool
    clashes: bool
    targeted: bool
    missing: Sequence[str]
    section_ids: list[UUID]
    leave_days: list[date]

    @property
    def free_seats(self) -> int:
        return self.capacity - self.seats_taken

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(self.section_ids, self.leave_days, not self.targeted)

    @property
    def meetings(self) -> list[Meeting]:
        rows = zip(self.meeting_ids, self.meetings_start, self.meetings_end, strict=True)
        return [Meeting(*row) for row in rows]


def missing_prerequisites(course_id: SQLCoreOperations[UUID], employee_id: SQLCoreOperations[UUID]) -> Select[str]:
    """Codes of required courses of which the person has completed neither the course nor an equivalent."""
    return select(
        func.missing_prerequisites(course_id, employee_id).table_valued(column("code", String)).lateral().c.code
    )


def published_today() -> AsOf:
    """What is published decides about seats, also for callers who know more."""
    today = clock.today()
    return AsOf(today, published_by=today)


def clashing(session_id: SQLCoreOperations[UUID], of_people: ColumnElement[bool]) -> Select[UUID, UUID]:
    """People, and the other sessions in which they have a seat at the time of one of this session's meetings."""
    booked, planned = aliased(SessionMeeting), aliased(SessionMeeting)
    return (
        select(col(Booking.employee_id), col(booked.course_session_id))
        .distinct()
        .join(booked, col(Booking.session_meeting_id) == col(booked.id))
        .join(planned, col(Booking.during).op("&&")(func.tstzrange(col(planned.starts_at), col(planned.ends_at))))
        .where(
            col(planned.course_session_id) == session_id,
            col(booked.course_session_id) != session_id,
            col(Booking.holds),
            of_people,
        )
    )
