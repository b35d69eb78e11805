"""Courses with what they teach, ask for and replace; sessions with their meetings and counted seats."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.catalog.rules import CourseFormat, CourseLevel, EnrollmentMode, ProviderKind, SessionStatus
from app.kit.fields import Code, Day, Fields, FiscalYear, Instant, Level, Line, Period, Prose, Url
from app.kit.records import Record, instant, int_array, jsonb, link, no_overlap, text_array, words

Minutes = Annotated[int, Field(ge=1, le=100_000)]
Months = Annotated[int, Field(ge=1, le=600)]
Years = Annotated[int, Field(ge=0, le=80)]
Seats = Annotated[int, Field(ge=1, le=10_000)]


class CourseFields(Fields):
    """A training that can be run again and again, whoever provides it."""

    code: Code
    title: Line
    title_en: Line | None = None
    description: Prose | None = None
    provider_kind: ProviderKind = words()
    format: CourseFormat = words()
    level: CourseLevel = words(default=CourseLevel.BASIC)
    minutes: Minutes
    mode: EnrollmentMode = words(default=EnrollmentMode.APPLIED)
    themes: list[Line] = text_array(max_length=20)
    plan_items: list[Code] = text_array(max_length=18)
    mandatory_fiscal_years: list[FiscalYear] = int_array(max_length=50)
    valid_for_months: Months | None = None
    valid_until_fiscal_year_end: bool = False
    retired_on: Day | None = None


class Course(CourseFields, Record, table=True):
    """A retired course is never deleted: what was completed keeps counting."""

    __table_args__ = (UniqueConstraint("code"),)
    search_key: str
    target: dict[str, Any] = jsonb()
    completion_rule: dict[str, Any] = jsonb()
    skills: list["CourseSkill"] = link(cascade="all, delete-orphan", order_by="CourseSkill.skill_code")
    prerequisites: list["CoursePrerequisite"] = link(
        cascade="all, delete-orphan", foreign_keys="CoursePrerequisite.course_id", order_by="CoursePrerequisite.id"
    )
    equivalents: list["CourseEquivalent"] = link(
        cascade="all, delete-orphan", foreign_keys="CourseEquivalent.course_id", order_by="CourseEquivalent.id"
    )


class CourseSkillFields(Fields):
    """A skill that completing the course gives, and up to which level."""

    skill_code: Code = Field(foreign_key="skill.code", index=True)
    level: Level = 1


class CourseSkill(CourseSkillFields, Record, table=True):
    __tablename__ = "course_skill"
    __table_args__ = (UniqueConstraint("course_id", "skill_code"),)
    course_id: UUID = Field(foreign_key="course.id")


class CoursePrerequisite(Record, table=True):
    """The required course is to be completed before this one."""

    __tablename__ = "course_prerequisite"
    __table_args__ = (UniqueConstraint("course_id", "required_course_id"),)
    course_id: UUID = Field(foreign_key="course.id")
    required_course_id: UUID = Field(foreign_key="course.id", index=True)
    required: Course = link(foreign_keys="CoursePrerequisite.required_course_id")


class CourseEquivalent(Period, Record, table=True):
    """Whoever completed the equivalent course in this period has completed this one: one way, never passed on."""

    __tablename__ = "course_equivalent"
    __table_args__ = (no_overlap("ex_course_equivalent_period", "course_id", "equivalent_course_id"),)
    course_id: UUID = Field(foreign_key="course.id")
    equivalent_course_id: UUID = Field(foreign_key="course.id", index=True)
    equivalent: Course = link(foreign_keys="CourseEquivalent.equivalent_course_id")


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
