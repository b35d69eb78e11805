"""Request, response and query models of sessions."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Parameter
from pydantic import StrictBool
from sqlmodel import Field, SQLModel, col

from app.course_sessions.enums import SessionAction
from app.course_sessions.functions import (
    ACCEPTS_APPLICATIONS,
    starts_before,
    starts_on_or_after,
    teaches,
)
from app.enrollments.schemas import EnrollmentRead
from app.kit.fields import Code, Day, Fields, FiscalYear, Instant, Line, Read, Values, YearParam
from app.kit.filters import Column, Eq, In, Is, Where
from app.kit.list_query import ChangedQuery, Sorts
from app.kit.patching import partial
from app.seats.enums import SessionStatus
from app.seats.functions import HAS_FREE_SEAT
from app.seats.models import CourseSession, CourseSessionFields, SessionMeetingFields


class MeetingPlan(SessionMeetingFields):
    """A meeting; with the `id` of an existing one it is kept or moved, without it is new."""

    id: UUID | None = None


class MeetingRead(SessionMeetingFields):
    id: UUID


class CourseSessionPlan(CourseSessionFields):
    """A session without its course. `fiscal_year` may be omitted: it follows from the first meeting."""

    fiscal_year: FiscalYear | None = None
    meetings: list[MeetingPlan] = Field(min_length=1, max_length=60)


class CourseSessionCreate(CourseSessionPlan):
    course_id: UUID


@partial
class CourseSessionUpdate(CourseSessionPlan):
    """Meetings replace the existing ones: send the `id` of each that is kept or moved."""


class Reopening(Fields):
    """When applications close anew; by default as before."""

    application_closes_at: Instant | None = None


class CourseLabel(SQLModel):
    """A course by code and title."""

    id: UUID
    code: Code
    title: Line
    title_en: Line | None


class CourseSessionRead(CourseSessionFields, Read):
    """A session with its seats and waiting list as they are now."""

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
    accepts_applications: StrictBool = Field(description="Published, and within the application window now")
    allowed_actions: list[SessionAction] = Field(description="The actions that the caller may post now")


class AttendanceSheetRead(SQLModel):
    """The enrollments of the attendance sheet; their completion may have been assessed again."""

    results: list[EnrollmentRead]


class CourseSessionQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {
        "starts_at": col(CourseSession.starts_at),
        "application_closes_at": col(CourseSession.application_closes_at),
        "updated_at": col(CourseSession.updated_at),
    }
    default_sort: ClassVar[str] = "starts_at"
    key: ClassVar[Column] = col(CourseSession.id)
    updated: ClassVar[Column] = col(CourseSession.updated_at)

    course_id: Annotated[UUID | None, Eq(col(CourseSession.course_id))] = None
    skill_code: Annotated[Code | None, Where(teaches)] = None
    fiscal_year: Annotated[YearParam | None, Eq(col(CourseSession.fiscal_year))] = None
    status: Annotated[Values[SessionStatus] | None, In(col(CourseSession.status))] = None
    starts_from: Annotated[Day | None, Where(starts_on_or_after)] = Parameter(
        default=None, description="First meeting on or after this day"
    )
    starts_to: Annotated[Day | None, Where(starts_before)] = Parameter(
        default=None, description="First meeting before this day"
    )
    has_free_seats: Annotated[bool | None, Is(HAS_FREE_SEAT)] = None
    open_for_application: Annotated[bool | None, Is(ACCEPTS_APPLICATIONS)] = None
