"""Conditions on enrollments, and on people who want a seat."""

from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.kit import clock
from app.people.enums import PostKind
from app.people.functions import in_subtree, posts_on, valid_on
from app.people.models import Employment
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting

MEETING_DAY = cast(func.timezone(str(clock.TOKYO), col(SessionMeeting.starts_at)), Date)

HAS_FREE_SEAT = col(CourseSession.seats_taken) < col(CourseSession.capacity)


def of_course(course_id: UUID) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.course_id) == course_id)


def of_fiscal_year(year: int) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.fiscal_year) == year)


def _in_sessions(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Enrollment.course_session_id).in_(select(col(CourseSession.id)).where(condition))


def in_unit(top: UUID) -> ColumnElement[bool]:
    """Enrollments of people whose primary unit on the statement's day is `top` or below it."""
    posts = posts_on(name="members")
    primary = (posts.c.kind == PostKind.PRIMARY) & in_subtree(posts.c.org_unit_id, top)
    return col(Enrollment.employee_id).in_(select(posts.c.employee_id).where(primary))


def is_available(employee_id: SQLCoreOperations[UUID], session_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """The person is employed on every day of the session and has no other seat at the time."""
    clash = clashing(session_id, col(Booking.employee_id) == employee_id)
    return employed_throughout(employee_id, session_id) & ~clash.exists()


def employed_throughout(
    employee_id: SQLCoreOperations[UUID], session_id: SQLCoreOperations[UUID]
) -> ColumnElement[bool]:
    """Employed on every day of the session."""
    employed = exists().where(col(Employment.employee_id) == employee_id, valid_on(Employment, MEETING_DAY))
    days_without = select(col(SessionMeeting.id)).where(
        col(SessionMeeting.course_session_id) == session_id, ~employed.correlate_except(Employment)
    )
    return ~days_without.correlate_except(SessionMeeting).exists()


def clashing(session_id: SQLCoreOperations[UUID], of_people: ColumnElement[bool]) -> Select[UUID]:
    """Other sessions in which these people have a seat at the time of one of this session's meetings."""
    booked, planned = aliased(SessionMeeting), aliased(SessionMeeting)
    return (
        select(col(booked.course_session_id))
        .distinct()
        .join(Booking, col(Booking.session_meeting_id) == col(booked.id))
        .join(planned, col(Booking.during).op("&&")(func.tstzrange(col(planned.starts_at), col(planned.ends_at))))
        .where(
            col(planned.course_session_id) == session_id,
            col(booked.course_session_id) != session_id,
            col(Booking.holds),
            of_people,
        )
    )
