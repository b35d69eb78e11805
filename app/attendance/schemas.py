"""Request and response models of attendance."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel, col

from app.kit.fields import Fields, Values, integer
from app.kit.filters import Column, Few, In
from app.kit.list_query import ChangedQuery, Sorts
from app.seats.enums import Attendance
from app.seats.models import Booking, SessionMeeting

Minutes = Annotated[int, integer(0, 1_440)]


class AttendanceFields(Fields):
    """`minutes` attended: required for `late` and `left_early`, by default the whole meeting for `present`, none for
    `absent` and `excused`."""

    attendance: Attendance
    minutes: Minutes | None = None


class AttendanceCreate(AttendanceFields):
    """Attendance of one meeting."""

    session_meeting_id: UUID


class AttendanceSheetEntry(AttendanceFields):
    """One line of an attendance sheet."""

    enrollment_id: UUID


class AttendanceSheet(Fields):
    """The attendance sheet of one meeting; it is recorded as a whole or not at all."""

    session_meeting_id: UUID
    entries: list[AttendanceSheetEntry] = Field(min_length=1, max_length=1_000)


class AttendanceRead(SQLModel):
    """One person at one meeting; `attendance` is null while nothing is recorded."""

    id: UUID
    enrollment_id: UUID
    employee_id: UUID
    session_meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    attendance: Attendance | None
    minutes: int | None
    org_unit_id: UUID | None = Field(description="The person's unit on that day")


class AttendanceQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"starts_at": col(SessionMeeting.starts_at)}
    default_sort: ClassVar[str] = "starts_at"
    key: ClassVar[Column] = col(Booking.id)
    updated: ClassVar[Column] = col(Booking.updated_at)

    session_meeting_id: Annotated[UUID | None, Few(col(Booking.session_meeting_id))] = None
    attendance: Annotated[Values[Attendance] | None, In(col(Booking.attendance))] = None
