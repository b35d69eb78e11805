"""Sessions with their meetings; enrollments with their history and the bookings in people's calendars."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StrictBool
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from app.catalog.enums import EnrollmentMode
from app.catalog.models import Course
from app.kit import clock
from app.kit.fields import Fields, FiscalYear, Instant, Line, Url, integer
from app.kit.records import Record, date_array, enum_column, instant, jsonb, relationship, uuid_array
from app.seats.enums import Attendance, EnrollmentStatus, SessionStatus

Seats = Annotated[int, integer(1, 10_000)]


class CourseSessionFields(Fields):
    """The fields of a session that can be changed while it is prepared and run."""

    capacity: Seats
    application_opens_at: Instant = instant()
    application_closes_at: Instant = instant()
    withdrawal_closes_at: Instant | None = instant(default=None)
    needs_approval: StrictBool = True


class CourseSession(CourseSessionFields, Record, table=True):
    """One run of a course; `starts_at` and `ends_at` span its meetings, triggers count its seats and waiting list."""

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
    status: SessionStatus = enum_column(default=SessionStatus.DRAFT)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    rescheduled_at: datetime | None = instant(default=None)
    seats_taken: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    waitlist_length: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    course: Course = relationship()
    meetings: list["SessionMeeting"] = relationship(cascade="all, delete-orphan", order_by="SessionMeeting.starts_at")

    @property
    def free_seats(self) -> int:
        return self.capacity - self.seats_taken


class SessionMeetingFields(Fields):
    """One meeting of a session, on site or online."""

    starts_at: Instant = instant()
    ends_at: Instant = instant()
    place: Line | None = None
    url: Url | None = None


class SessionMeeting(SessionMeetingFields, Record, table=True):
    """A meeting that is moved keeps its id, because bookings refer to it."""

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


class EnrollmentFields(Fields):
    """An employee in a session."""

    course_session_id: UUID = Field(foreign_key="course_session.id")
    employee_id: UUID = Field(foreign_key="employee.id", index=True)


class Enrollment(EnrollmentFields, Record, table=True):
    """`org_unit_id` is the person's unit when the entry was made; triggers on `status` count the session's seats. The
    fields `confirmed_…` are the circumstances in which the seat was last confirmed.

    `completed_on_decided`: the day that a person gave to the completion, for `completed_on_reason`. `terms`: what the
    course asked for when the result was assessed (`completion.rules.Terms`).
    """

    __table_args__ = (
        Index(
            "uq_enrollment_active",
            "course_session_id",
            "employee_id",
            unique=True,
            postgresql_where=text("status NOT IN ('withdrawn', 'declined', 'not_selected')"),
        ),
        UniqueConstraint("course_session_id", "waitlist_order"),
        CheckConstraint("(status = 'waitlisted') = (waitlist_order IS NOT NULL)", name="ck_enrollment_waitlist"),
        CheckConstraint("(status = 'completed') = (completed_on IS NOT NULL)", name="ck_enrollment_completed"),
        Index("ix_enrollment_session_status", "course_session_id", "status"),
        Index("ix_enrollment_created_at", "created_at", "id"),
        Index("ix_enrollment_updated_at", "updated_at", "id"),
        Index("ix_enrollment_completed_on", "completed_on", postgresql_where=text("completed_on IS NOT NULL")),
    )
    mode: EnrollmentMode = enum_column()
    submitted_by: UUID = Field(foreign_key="account.id", index=True)
    status: EnrollmentStatus = enum_column()
    reason: str | None = None
    org_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id", index=True)
    waitlist_order: int | None = Field(default=None, sa_type=BigInteger)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_on_behalf_of: UUID | None = Field(default=None, foreign_key="employee.id")
    decided_at: datetime | None = instant(default=None)
    confirmed_at: datetime | None = instant(default=None)
    confirmed_section_ids: list[UUID] = uuid_array()
    confirmed_leave_days: list[date] = date_array()
    confirmed_out_of_target: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    completed_on: date | None = None
    completed_on_decided: date | None = None
    completed_on_reason: str | None = None
    completion_reason: str | None = None
    score: int | None = None
    terms: dict[str, Any] | None = jsonb(default=None)
    session: CourseSession = relationship()


class EnrollmentEvent(Record, table=True):
    """One change of an enrollment's status, day of completion or score, or its confirmation anew; the table is
    append-only. Without `by` the service itself made it."""

    __tablename__ = "enrollment_event"
    __audited__: ClassVar[bool] = False
    __table_args__ = (Index("ix_enrollment_event_history", "enrollment_id", "at", "id"),)

    enrollment_id: UUID = Field(foreign_key="enrollment.id")
    at: datetime = instant(default_factory=clock.now)
    by: UUID | None = Field(default=None, foreign_key="account.id")
    from_status: EnrollmentStatus | None = enum_column(default=None, nullable=True)
    to_status: EnrollmentStatus = enum_column()
    from_completed_on: date | None = None
    to_completed_on: date | None = None
    from_score: int | None = None
    to_score: int | None = None
    reason: str | None = None
    enrollment: Enrollment = relationship()


class Booking(Record, table=True):
    """A meeting in a person's calendar, as long as `holds`; with attendance and the person's unit on that day.

    `minutes` are those recorded; null for somebody present means the whole meeting, as long as it is in the end.
    """

    __table_args__ = (
        UniqueConstraint("enrollment_id", "session_meeting_id"),
        ExcludeConstraint(
            ("employee_id", "="),
            ("during", "&&"),
            name="ex_booking_clash",
            using="gist",
            where=text("holds"),
            deferrable=True,
            initially="IMMEDIATE",
        ),
    )
    enrollment_id: UUID = Field(foreign_key="enrollment.id")
    session_meeting_id: UUID = Field(foreign_key="session_meeting.id", index=True)
    employee_id: UUID = Field(foreign_key="employee.id")
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)  # a Range, of which pydantic has no schema
    holds: bool = True
    attendance: Attendance | None = enum_column(default=None, nullable=True)
    minutes: int | None = None
    org_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    enrollment: Enrollment = relationship()
