"""Enrollments, their history, and the times that a seat books in a person's calendar."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from app.catalog.rules import EnrollmentMode
from app.course_sessions.models import CourseSession
from app.enrollment.rules import Attendance, EnrollmentStatus
from app.kit import clock
from app.kit.fields import Fields
from app.kit.records import Record, instant, link, words


class EnrollmentFields(Fields):
    """A person in a session."""

    course_session_id: UUID = Field(foreign_key="course_session.id")
    employee_id: UUID = Field(foreign_key="employee.id", index=True)


class Enrollment(EnrollmentFields, Record, table=True):
    """`org_unit_id` is the unit when applying; seats and queue of the session are counted by triggers on `status`."""

    __table_args__ = (
        Index(
            "uq_enrollment_active",
            "course_session_id",
            "employee_id",
            unique=True,
            postgresql_where=text("status NOT IN ('withdrawn', 'declined', 'not_selected')"),
        ),
        UniqueConstraint("course_session_id", "waitlist_order"),
        CheckConstraint("(status = 'waitlisted') = (waitlist_order IS NOT NULL)", name="ck_enrollment_queue"),
        Index("ix_enrollment_session_status", "course_session_id", "status"),
        Index("ix_enrollment_created_at", "created_at", "id"),
        Index("ix_enrollment_updated_at", "updated_at", "id"),
    )
    mode: EnrollmentMode = words()
    submitted_by: UUID = Field(foreign_key="account.id", index=True)
    status: EnrollmentStatus = words()
    reason: str | None = None
    org_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    waitlist_order: int | None = Field(default=None, sa_type=BigInteger)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_on_behalf_of: UUID | None = Field(default=None, foreign_key="employee.id")
    decided_at: datetime | None = instant(default=None)
    completed_on: date | None = None
    completion_reason: str | None = None
    score: int | None = None
    session: CourseSession = link()


class EnrollmentEvent(Record, table=True):
    """One change of an enrollment's status; rows are only ever added."""

    __tablename__ = "enrollment_event"
    __audited__: ClassVar[bool] = False
    __table_args__ = (Index("ix_enrollment_event_history", "enrollment_id", "at", "id"),)

    enrollment_id: UUID = Field(foreign_key="enrollment.id")
    at: datetime = instant(default_factory=clock.now)
    by: UUID = Field(foreign_key="account.id")
    from_status: EnrollmentStatus | None = words(default=None, nullable=True)
    to_status: EnrollmentStatus = words()
    reason: str | None = None


class Booking(Record, table=True):
    """A meeting in a person's calendar, while `holds`; attendance and the unit on that day are noted here."""

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
    session_meeting_id: UUID = Field(foreign_key="session_meeting.id", index=True, ondelete="CASCADE")
    employee_id: UUID = Field(foreign_key="employee.id")
    during: Any = Field(sa_type=TSTZRANGE, nullable=False)
    holds: bool = True
    attendance: Attendance | None = words(default=None, nullable=True)
    minutes: int | None = None
    org_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
