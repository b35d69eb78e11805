"""Sessions that may be suggested, as the API shows them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.catalog.enums import EnrollmentMode
from app.kit.fields import Code, Line
from app.seats.enums import EnrollmentStatus


class NextSession(SQLModel):
    """A published session with free seats for which the person can apply now or later."""

    id: UUID
    course_id: UUID
    code: Code
    title: Line
    title_en: Line | None
    mode: EnrollmentMode
    starts_at: datetime = Field(description="Start of the first meeting")
    free_seats: int
    application_opens_at: datetime
    application_closes_at: datetime


class RunningEnrollment(SQLModel):
    """An enrollment of the person that may still close the gap: applied, waitlisted or confirmed."""

    id: UUID
    status: EnrollmentStatus
    mode: EnrollmentMode
    course_session_id: UUID
    course_id: UUID
    code: Code
    title: Line
    title_en: Line | None
    starts_at: datetime = Field(description="Start of the first meeting")
