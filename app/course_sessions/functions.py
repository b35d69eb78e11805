"""Conditions on course sessions."""

from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from app.catalog import functions as catalog
from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.functions import HAS_FREE_SEAT
from app.seats.models import CourseSession


def teaches(skill_code: str) -> ColumnElement[bool]:
    return col(CourseSession.course).has(catalog.teaches(skill_code))


def starts_on_or_after(day: date) -> ColumnElement[bool]:
    return col(CourseSession.starts_at) >= clock.start_of(day)


def starts_before(day: date) -> ColumnElement[bool]:
    return col(CourseSession.starts_at) < clock.start_of(day)


def has_seats_left(wanted: bool) -> ColumnElement[bool]:
    return HAS_FREE_SEAT.is_(wanted)


def accepts_applications(wanted: bool) -> ColumnElement[bool]:
    """The rule `accepts_applications` of the seats, now, in SQL."""
    return and_(
        col(CourseSession.status) == SessionStatus.PUBLISHED,
        col(CourseSession.application_opens_at) <= clock.now(),
        col(CourseSession.application_closes_at) > clock.now(),
    ).is_(wanted)
