"""What clients send and get for sessions, where it differs from the tables."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field as Parameter
from sqlalchemy import ColumnElement, and_
from sqlmodel import Field, SQLModel, col

from app.catalog.models import Course
from app.course_sessions.enums import SessionAction
from app.enrollments.schemas import EnrollmentRead
from app.kit import clock
from app.kit.fields import Code, Day, FiscalYear, Line, Read, Values, YearAsked, example
from app.kit.filters import Eq, In, ListQuery, Sorts, Where
from app.kit.patching import Partial
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, CourseSessionFields, SessionMeetingFields


class MeetingPlan(SessionMeetingFields):
    """A meeting to hold; with the `id` of one that stands it is moved, without it is new."""

    id: UUID | None = None


class MeetingRead(SessionMeetingFields):
    id: UUID


class CourseSessionPlan(CourseSessionFields):
    """A session without its course; `fiscal_year` follows from the first meeting and may be left out."""

    fiscal_year: FiscalYear | None = None
    meetings: list[MeetingPlan] = Field(min_length=1, max_length=60)


class CourseSessionCreate(CourseSessionPlan):
    model_config = example(
        fiscal_year=2027,
        capacity=20,
        needs_approval=True,
        application_opens_at="2027-04-20T09:00:00+09:00",
        application_closes_at="2027-05-28T17:00:00+09:00",
        withdrawal_closes_at="2027-06-08T17:00:00+09:00",
        meetings=[
            {
                "starts_at": "2027-06-09T13:00:00+09:00",
                "ends_at": "2027-06-09T16:00:00+09:00",
                "place": "本庁舎 第3会議室",
            }
        ],
    )

    course_id: UUID


class CourseSessionUpdate(CourseSessionPlan, Partial):
    """Meetings replace those that stand: send the `id` of each that stays or moves."""

    model_config = example(capacity=24)


class CourseLabel(SQLModel):
    """A course by name."""

    id: UUID
    code: Code
    title: Line
    title_en: Line | None


class CourseSessionRead(CourseSessionFields, Read):
    """A session with its seats as they are now; whoever waits means that no seat is free."""

    course_id: UUID
    course: CourseLabel
    fiscal_year: int
    status: SessionStatus
    starts_at: datetime = Field(description="Start of the first meeting")
    ends_at: datetime = Field(description="End of the last meeting")
    meetings: list[MeetingRead]
    seats_taken: int
    free_seats: int
    waitlist_length: int
    accepts_applications: bool = Field(description="Published, and within the application window now")
    allowed_actions: list[SessionAction] = Field(description="What this caller may post to now")


class SheetRead(SQLModel):
    """The enrollments of the sheet, some of them perhaps judged anew."""

    results: list[EnrollmentRead]


class CourseSessionQuery(ListQuery):
    sorts: ClassVar[Sorts] = {
        "starts_at": col(CourseSession.starts_at),
        "application_closes_at": col(CourseSession.application_closes_at),
        "updated_at": col(CourseSession.updated_at),
    }
    default_sort: ClassVar[str] = "starts_at"
    key: ClassVar[Any] = col(CourseSession.id)

    course_id: Annotated[UUID | None, Eq(col(CourseSession.course_id))] = None
    skill_code: Annotated[Code | None, Where(lambda code, _: _teaches(code))] = None
    fiscal_year: Annotated[YearAsked | None, Eq(col(CourseSession.fiscal_year))] = None
    status: Annotated[Values[SessionStatus] | None, In(col(CourseSession.status))] = None
    starts_from: Annotated[Day | None, Where(lambda day, _: col(CourseSession.starts_at) >= clock.start_of(day))] = (
        Parameter(default=None, description="First meeting on or after this day")
    )
    starts_to: Annotated[Day | None, Where(lambda day, _: col(CourseSession.starts_at) < clock.start_of(day))] = (
        Parameter(default=None, description="First meeting before this day")
    )
    has_free_seats: Annotated[bool | None, Where(lambda wanted, _: _has_free_seats().is_(wanted))] = None
    open_for_application: Annotated[bool | None, Where(lambda wanted, _: _open_now().is_(wanted))] = None


def _teaches(skill_code: str) -> ColumnElement[bool]:
    return col(CourseSession.course).has(col(Course.skills).any(skill_code=skill_code))


def _has_free_seats() -> ColumnElement[bool]:
    return col(CourseSession.seats_taken) < col(CourseSession.capacity)


def _open_now() -> ColumnElement[bool]:
    return and_(
        col(CourseSession.status) == SessionStatus.PUBLISHED,
        col(CourseSession.application_opens_at) <= clock.now(),
        col(CourseSession.application_closes_at) > clock.now(),
    )
