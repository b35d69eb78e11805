"""What has happened to seats, as a table and as conditions on enrollments."""

from datetime import date, datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    column,
    func,
    select,
)
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.kit import clock
from app.kit.as_of import NOW, PUBLISHED_BY, TODAY
from app.reconfirmation.enums import ReconfirmationReason
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, Enrollment


def reconfirmations(
    published_by: date | BindParameter[date] = PUBLISHED_BY, at: datetime | BindParameter[datetime] = NOW
) -> TableValuedAlias:
    """Seats that need a new confirmation, a row for each reason."""
    return (
        func.reconfirmations(published_by, at)
        .table_valued(column("enrollment_id", Uuid), column("reason", String))
        .alias("reconfirmation")
    )


_PUBLISHED = reconfirmations(published_by=TODAY)

IS_FLAGGED = col(Enrollment.id).in_(select(_PUBLISHED.c.enrollment_id))
"""Something has happened to the seat, as published today."""


def is_flagged_for(reasons: SQLCoreOperations[list[ReconfirmationReason]]) -> ColumnElement[bool]:
    """Any of these has happened to the seat."""
    return col(Enrollment.id).in_(select(_PUBLISHED.c.enrollment_id).where(_PUBLISHED.c.reason == any_(reasons)))


def is_ahead() -> ColumnElement[bool]:
    """The session is published or closed and has not started."""
    running = col(CourseSession.status).in_((SessionStatus.PUBLISHED, SessionStatus.CLOSED))
    return running & (col(CourseSession.starts_at) > clock.now())
