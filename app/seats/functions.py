"""Conditions on enrollments, and on people who want a seat."""

from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Select,
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
from app.kit.as_of import PUBLISHED_BY, AsOf
from app.people.enums import PostKind
from app.people.functions import in_subtree, posts_on
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting

_ADMISSION = (
    column("employee_id", Uuid),
    *(column(name, Boolean) for name in ("employed", "on_leave", "clashes", "targeted", "can_come")),
)

HAS_FREE_SEAT = col(CourseSession.seats_taken) < col(CourseSession.capacity)


def of_course(course_id: UUID) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.course_id) == course_id)


def of_fiscal_year(year: int) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.fiscal_year) == year)


def completed_in(year: int) -> ColumnElement[bool]:
    """The day of completion is in the fiscal year."""
    start, end = (clock.fiscal_year_start(each) for each in (year, year + 1))
    return (col(Enrollment.completed_on) >= start) & (col(Enrollment.completed_on) < end)


def _in_sessions(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Enrollment.course_session_id).in_(select(col(CourseSession.id)).where(condition))


def in_unit(top: UUID) -> ColumnElement[bool]:
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
