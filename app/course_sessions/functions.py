"""Conditions on course sessions."""

from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog import functions as catalog
from app.kit.as_of import NOW
from app.people.functions import start_of
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession


def teaches(skill_code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    return col(CourseSession.course).has(catalog.teaches(skill_code))


def starts_on_or_after(day: SQLCoreOperations[date]) -> ColumnElement[bool]:
    return col(CourseSession.starts_at) >= start_of(day)


def starts_before(day: SQLCoreOperations[date]) -> ColumnElement[bool]:
    return col(CourseSession.starts_at) < start_of(day)


ACCEPTS_APPLICATIONS = and_(
    col(CourseSession.status) == SessionStatus.PUBLISHED,
    col(CourseSession.application_opens_at) <= NOW,
    col(CourseSession.application_closes_at) > NOW,
)
"""The rule `accepts_applications` of the seats, now, in SQL."""
