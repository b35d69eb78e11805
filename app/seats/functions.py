"""Conditions on enrollments."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from app.people.enums import PostKind
from app.people.functions import in_subtree, posts_on
from app.seats.models import CourseSession, Enrollment


def of_course(course_id: UUID) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.course_id) == course_id)


def of_fiscal_year(year: int) -> ColumnElement[bool]:
    return _in_sessions(col(CourseSession.fiscal_year) == year)


def _in_sessions(condition: Any) -> ColumnElement[bool]:
    return col(Enrollment.course_session_id).in_(select(col(CourseSession.id)).where(condition))


def in_unit(top: UUID) -> ColumnElement[bool]:
    """Of people whose primary unit on the statement's day is `top` or below it."""
    posts = posts_on(name="members")
    primary = (posts.c.kind == PostKind.PRIMARY) & in_subtree(posts.c.org_unit_id, top)
    return col(Enrollment.employee_id).in_(select(posts.c.employee_id).where(primary))
