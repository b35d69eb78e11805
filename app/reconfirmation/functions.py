"""What has happened to seats, as a table and as conditions on enrollments."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    String,
    TableValuedAlias,
    Uuid,
    bindparam,
    column,
    func,
    select,
)
from sqlmodel import col

from app.kit import clock
from app.kit.as_of import PUBLISHED_BY
from app.reconfirmation.enums import ReconfirmationReason
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, Enrollment

NOW = bindparam("now", type_=DateTime(timezone=True))


def reconfirmations(
    published_by: date | BindParameter[date] = PUBLISHED_BY, at: datetime | BindParameter[datetime] = NOW
) -> TableValuedAlias:
    """Seats that need a new confirmation, a row for each reason."""
    return (
        func.reconfirmations(published_by, at)
        .table_valued(column("enrollment_id", Uuid), column("reason", String))
        .alias("reconfirmation")
    )


def is_flagged(wanted: bool) -> ColumnElement[bool]:
    flagged = col(Enrollment.id).in_(select(_reconfirmations_now().c.enrollment_id))
    return flagged if wanted else ~flagged


def is_flagged_for(reasons: Collection[ReconfirmationReason]) -> ColumnElement[bool]:
    """Any of these has happened to the seat."""
    found = _reconfirmations_now()
    return col(Enrollment.id).in_(select(found.c.enrollment_id).where(found.c.reason.in_(reasons)))


def _reconfirmations_now() -> TableValuedAlias:
    return reconfirmations(clock.today(), clock.now())


def is_ahead() -> ColumnElement[bool]:
    """The session is published or closed and has not started."""
    running = col(CourseSession.status).in_((SessionStatus.PUBLISHED, SessionStatus.CLOSED))
    return running & (col(CourseSession.starts_at) > clock.now())
