"""Conditions on sessions that may be suggested."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col

from app.catalog.models import CourseSkill
from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.functions import HAS_FREE_SEAT
from app.seats.models import CourseSession


def gives(levels: Mapping[str, int]) -> ColumnElement[bool]:
    """The course teaches one of the skills at its level or above."""
    return or_(
        false(),
        *(and_(col(CourseSkill.skill_code) == code, col(CourseSkill.level) >= level) for code, level in levels.items()),
    )


def takes_applications() -> ColumnElement[bool]:
    """Published, with a free seat and no waiting list, and applications can still be sent now or later."""
    return and_(
        col(CourseSession.status) == SessionStatus.PUBLISHED,
        HAS_FREE_SEAT,
        col(CourseSession.waitlist_length) == 0,
        col(CourseSession.application_closes_at) > clock.now(),
    )
