"""Request, response and query models of enrollments."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Parameter
from pydantic import StrictBool
from sqlmodel import Field, SQLModel, col

from app.catalog.enums import EnrollmentMode
from app.enrollments.enums import EnrollmentAction
from app.kit.fields import Day, Fields, Line, Read, Values, YearParam
from app.kit.filters import Column, Eq, Few, In, Is, Since, Until, Where
from app.kit.list_query import ChangedQuery, DatedQuery, Sorts
from app.reconfirmation.enums import ReconfirmationReason
from app.reconfirmation.functions import IS_FLAGGED, is_flagged_for
from app.seats.enums import EnrollmentStatus
from app.seats.functions import (
    completed_in,
    in_unit,
    of_course,
    of_fiscal_year,
)
from app.seats.models import Enrollment, EnrollmentEvent, EnrollmentFields


class EnrollmentCreate(EnrollmentFields):
    """An application or a designation. Default of `mode`: `designated` if the training office enrolls somebody else,
    otherwise `applied`."""

    mode: EnrollmentMode | None = None


class Rejection(Fields):
    """Why an application is declined or a participant deselected."""

    reason: Line


class Withdrawal(Fields):
    """Why the person withdraws, if given."""

    reason: Line | None = None


class Reconfirmation(Fields):
    """Why the seat is kept, if given."""

    reason: Line | None = None


class EnrollmentRead(EnrollmentFields, Read):
    """An enrollment. `needs_reconfirmation`: something has happened since the seat was confirmed, as
    `reconfirmation_reasons` say."""

    row_version: int = Field(exclude=True)
    mode: EnrollmentMode
    submitted_by: UUID = Field(description="The account that made the entry")
    status: EnrollmentStatus
    waitlist_rank: int | None = Field(description="1 is next")
    reason: Line | None
    org_unit_id: UUID | None = Field(description="The person's unit when the entry was made")
    decided_by: UUID | None = Field(description="The account that approved or rejected")
    decided_on_behalf_of: UUID | None = Field(description="The head on whose behalf an acting head decided")
    decided_at: datetime | None
    confirmed_at: datetime | None = Field(description="When the seat was given or last confirmed again")
    fiscal_year: int = Field(description="That of the session's first day in Tokyo")
    completed_on: date | None = Field(
        description="The day of the last meeting attended (if none, of the session's last), or as a person decided"
    )
    completed_on_reason: Line | None = Field(description="Why a person decided another day of completion")
    completion_fiscal_year: int | None = Field(description="That of `completed_on`")
    completion_reason: Line | None = Field(description="Why a person overrode the course's rule")
    score: int | None
    needs_reconfirmation: StrictBool
    reconfirmation_reasons: list[ReconfirmationReason] = Field(
        description="What has happened to the seat since it was confirmed, as published today"
    )
    allowed_actions: list[EnrollmentAction] = Field(description="The actions that the caller may post now")


class EnrollmentQuery(DatedQuery, ChangedQuery):
    """`as_of` is the day of `org_unit_id`'s members; the enrollments are those of now."""

    sorts: ClassVar[Sorts] = {
        "created_at": col(Enrollment.created_at),
        "updated_at": col(Enrollment.updated_at),
    }
    default_sort: ClassVar[str] = "created_at"
    key: ClassVar[Column] = col(Enrollment.id)
    updated: ClassVar[Column] = col(Enrollment.updated_at)

    course_session_id: Annotated[UUID | None, Few(col(Enrollment.course_session_id))] = None
    course_id: Annotated[UUID | None, Where(of_course)] = None
    fiscal_year: Annotated[YearParam | None, Where(of_fiscal_year)] = Parameter(
        default=None, description="That of the session's first day"
    )
    completion_fiscal_year: Annotated[YearParam | None, Where(completed_in)] = Parameter(
        default=None, description="That of the day of completion"
    )
    completed_from: Annotated[Day | None, Since(col(Enrollment.completed_on))] = Parameter(
        default=None, description="Completed on or after this day"
    )
    completed_to: Annotated[Day | None, Until(col(Enrollment.completed_on))] = Parameter(
        default=None, description="Completed before this day"
    )
    employee_id: Annotated[UUID | None, Few(col(Enrollment.employee_id))] = None
    org_unit_id: Annotated[
        UUID | None,
        Where(in_unit),
        Field(description="Members of the unit or of any below it on the day"),
    ] = None
    status: Annotated[Values[EnrollmentStatus] | None, In(col(Enrollment.status))] = None
    mode: Annotated[EnrollmentMode | None, Eq(col(Enrollment.mode))] = None
    submitted_by: Annotated[UUID | None, Eq(col(Enrollment.submitted_by))] = None
    needs_reconfirmation: Annotated[bool | None, Is(IS_FLAGGED)] = None
    reconfirmation_reason: Annotated[
        Values[ReconfirmationReason] | None,
        Where(is_flagged_for),
        Field(description="Seats to which any of these has happened"),
    ] = None


class EnrollmentEventRead(SQLModel):
    """One change of the status, the day of completion or the score, or a seat that was confirmed again (from
    `confirmed` to `confirmed`)."""

    id: UUID
    at: datetime
    by: UUID | None = Field(description="The account that made it; null: the service itself")
    from_status: EnrollmentStatus | None
    to_status: EnrollmentStatus
    from_completed_on: date | None
    to_completed_on: date | None
    from_score: int | None
    to_score: int | None
    reason: Line | None


class EnrollmentEventQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"at": col(EnrollmentEvent.at)}
    default_sort: ClassVar[str] = "at"
    key: ClassVar[Column] = col(EnrollmentEvent.id)
    updated: ClassVar[Column] = col(EnrollmentEvent.updated_at)
