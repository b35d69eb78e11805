"""When a session can be run, and how its life goes on. Plain values in, decisions out."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from app.course_sessions.enums import SessionAction
from app.course_sessions.errors import (
    ApplicationClosesTooLate,
    ApplicationWindowOrderInvalid,
    CapacityBelowSeatsTaken,
    CourseRetired,
    FiscalYearMismatch,
    MeetingOrderInvalid,
    OverlappingMeetings,
    SessionCannotClose,
    SessionNotDraft,
    SessionSettled,
    WithdrawalClosesTooLate,
)
from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.rules import is_attendance_open


@dataclass(frozen=True)
class Meeting:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Schedule:
    """The times of a session; meetings in the order in which the client sent them."""

    meetings: tuple[Meeting, ...]
    application_opens_at: datetime
    application_closes_at: datetime
    withdrawal_closes_at: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        return min(meeting.starts_at for meeting in self.meetings)

    @property
    def ends_at(self) -> datetime:
        return max(meeting.ends_at for meeting in self.meetings)

    @property
    def fiscal_year(self) -> int:
        return clock.fiscal_year(clock.day_of(self.starts_at))


def check_schedule(schedule: Schedule, *, fiscal_year: int | None) -> None:
    """Refuse meetings and windows that cannot be, naming the member that is wrong."""
    for at, meeting in enumerate(schedule.meetings):
        if meeting.ends_at <= meeting.starts_at:
            raise MeetingOrderInvalid(pointer=f"/meetings/{at}/ends_at")
    in_order = sorted(enumerate(schedule.meetings), key=lambda entry: entry[1].starts_at)
    for (_, earlier), (at, later) in pairwise(in_order):
        if later.starts_at < earlier.ends_at:
            raise OverlappingMeetings(pointer=f"/meetings/{at}/starts_at")
    if schedule.application_closes_at <= schedule.application_opens_at:
        raise ApplicationWindowOrderInvalid(pointer="/application_closes_at")
    if schedule.application_closes_at > schedule.starts_at:
        raise ApplicationClosesTooLate(pointer="/application_closes_at")
    if schedule.withdrawal_closes_at and schedule.withdrawal_closes_at > schedule.starts_at:
        raise WithdrawalClosesTooLate(pointer="/withdrawal_closes_at")
    if fiscal_year is not None and fiscal_year != schedule.fiscal_year:
        raise FiscalYearMismatch(pointer="/fiscal_year")


def check_offered(schedule: Schedule, *, retired_on: date | None) -> None:
    if retired_on and clock.day_of(schedule.starts_at) >= retired_on:
        raise CourseRetired


def check_revisable(status: SessionStatus) -> None:
    if status in {SessionStatus.HELD, SessionStatus.CANCELLED}:
        raise SessionSettled


def check_draft(status: SessionStatus) -> None:
    if status != SessionStatus.DRAFT:
        raise SessionNotDraft


def check_capacity(capacity: int, *, taken: int) -> None:
    if capacity < taken:
        raise CapacityBelowSeatsTaken(pointer="/capacity", taken=taken)


def published(status: SessionStatus) -> SessionStatus:
    check_draft(status)
    return SessionStatus.PUBLISHED


def cancelled(status: SessionStatus) -> SessionStatus:
    check_revisable(status)
    return SessionStatus.CANCELLED


def closed(status: SessionStatus, *, ends_at: datetime, now: datetime) -> SessionStatus:
    """Closing ends the call for applications; after the last meeting it records that the session was held."""
    over = now >= ends_at
    if status == SessionStatus.PUBLISHED or (status == SessionStatus.CLOSED and over):
        return SessionStatus.HELD if over else SessionStatus.CLOSED
    raise SessionCannotClose


def session_actions(status: SessionStatus, *, ends_at: datetime, now: datetime) -> list[SessionAction]:
    """What those who run sessions may do with one now."""
    match status:
        case SessionStatus.DRAFT:
            return [SessionAction.PUBLICATION, SessionAction.CANCELLATION]
        case SessionStatus.PUBLISHED:
            return [SessionAction.CLOSING, SessionAction.CANCELLATION]
        case SessionStatus.CLOSED:
            over = [SessionAction.CLOSING] if now >= ends_at else []
            return [*over, SessionAction.CANCELLATION]
        case _:
            return []


def sheet_actions(starts_at: datetime, *, seats_taken: int, now: datetime) -> list[SessionAction]:
    """What those who record attendance may do; who has come keeps the seat, whatever becomes of the session."""
    open_now = seats_taken > 0 and is_attendance_open(starts_at, now=now)
    return [SessionAction.ATTENDANCE] if open_now else []
