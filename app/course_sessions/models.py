"""Sessions with their meetings and counted seats."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.catalog.models import Course
from app.course_sessions.rules import SessionStatus
from app.kit.fields import Fields, FiscalYear, Instant, Line, Url, whole
from app.kit.records import Record, instant, link, words

Seats = Annotated[int, whole(1, 10_000)]


class CourseSessionFields(Fields):
    """What may change while a session is prepared and run."""

    capacity: Seats
    application_opens_at: Instant = instant()
    application_closes_at: Instant = instant()
    withdrawal_closes_at: Instant | None = instant(default=None)
    needs_approval: bool = True


class CourseSession(CourseSessionFields, Record, table=True):
    """One run of a course; `starts_at` and `ends_at` span its meetings, seats and queue are counted by a trigger."""

    __tablename__ = "course_session"
    __table_args__ = (
        CheckConstraint("seats_taken >= 0 AND seats_taken <= capacity", name="ck_course_session_seats"),
        CheckConstraint("waitlist_length >= 0", name="ck_course_session_waitlist"),
        CheckConstraint("application_opens_at < application_closes_at", name="ck_course_session_window"),
        CheckConstraint("application_closes_at <= starts_at", name="ck_course_session_closes_before_start"),
        CheckConstraint("withdrawal_closes_at <= starts_at", name="ck_course_session_withdrawal"),
        Index("ix_course_session_starts_at", "starts_at", "id"),
    )
    course_id: UUID = Field(foreign_key="course.id", index=True)
    fiscal_year: FiscalYear = Field(index=True)
    status: SessionStatus = words(default=SessionStatus.DRAFT)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    seats_taken: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    waitlist_length: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    course: Course = link()
    meetings: list["SessionMeeting"] = link(cascade="all, delete-orphan", order_by="SessionMeeting.starts_at")

    @property
    def free_seats(self) -> int:
        return self.capacity - self.seats_taken


class SessionMeetingFields(Fields):
    """One stretch of time of a session, in a room or behind an address."""

    starts_at: Instant = instant()
    ends_at: Instant = instant()
    place: Line | None = None
    url: Url | None = None


class SessionMeeting(SessionMeetingFields, Record, table=True):
    """Bookings point here: a meeting that is moved keeps its id."""

    __tablename__ = "session_meeting"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ck_session_meeting_order"),
        ExcludeConstraint(
            ("course_session_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_session_meeting_overlap",
            using="gist",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    course_session_id: UUID = Field(foreign_key="course_session.id")
