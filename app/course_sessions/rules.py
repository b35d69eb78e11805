"""Which schedules are valid, and the life cycle of a session. Plain values in, decisions out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from app.course_sessions.enums import SessionAction
from app.course_sessions.errors import (
    ApplicationClosesTooLate,
    ApplicationWindowOrderInvalid,
    ApplicationWindowOver,
    CallClosed,
    CapacityBelowSeatsTaken,
    CourseRetired,
    FiscalYearMismatch,
    MeetingOrderInvalid,
    OverlappingMeetings,
    SessionCannotClose,
    SessionCannotReopen,
    SessionNotDraft,
    SessionSettled,
    WithdrawalClosesTooLate,
)
from app.kit import clock
from app.kit.problems import passes
from app.seats.enums import SessionStatus
from app.seats.rules import is_attendance_open


@dataclass(frozen=True)
class Meeting:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Schedule:
    """The times of a session; meetings in the order of the request."""

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
    """Refuse invalid meetings and windows, naming the field."""
    for at, meeting in enumerate(schedule.meetings):
        if meeting.ends_at <= meeting.starts_at:
            raise MeetingOrderInvalid(pointer=f"/meetings/{at}/ends_at")
    in_order = sorted(enumerate(schedule.meetings), key=lambda entry: entry[1].starts_at)
    for (_, earlier), (at, later) in pairwise(in_order):
        if later.starts_at < earlier.ends_at:
            raise OverlappingMeetings(pointer=f"/meetings/{at}/starts_at")
    check_closing(schedule.application_closes_at, opens_at=schedule.application_opens_at, starts_at=schedule.starts_at)
    if schedule.withdrawal_closes_at and schedule.withdrawal_closes_at > schedule.starts_at:
        raise WithdrawalClosesTooLate(pointer="/withdrawal_closes_at")
    if fiscal_year is not None and fiscal_year != schedule.fiscal_year:
        raise FiscalYearMismatch(pointer="/fiscal_year")


def check_closing(closes_at: datetime, *, opens_at: datetime, starts_at: datetime) -> None:
    if closes_at <= opens_at:
        raise ApplicationWindowOrderInvalid(pointer="/application_closes_at")
    if closes_at > starts_at:
        raise ApplicationClosesTooLate(pointer="/application_closes_at")


def is_offered(starts_at: datetime, *, retired_on: date | None) -> bool:
    """The course is not retired on the day of the first meeting."""
    return retired_on is None or clock.day_of(starts_at) < retired_on


def check_offered(starts_at: datetime, *, retired_on: date | None) -> None:
    if not is_offered(starts_at, retired_on=retired_on):
        raise CourseRetired


def check_revisable(status: SessionStatus) -> None:
    if status in {SessionStatus.HELD, SessionStatus.CANCELLED}:
        raise SessionSettled


def check_draft(status: SessionStatus) -> None:
    if status != SessionStatus.DRAFT:
        raise SessionNotDraft


def check_window(
    status: SessionStatus, before: tuple[datetime, datetime], opens_at: datetime, closes_at: datetime
) -> None:
    """A closed session is reopened by its own action; until then a longer window would have no effect."""
    if status == SessionStatus.CLOSED and (opens_at != before[0] or closes_at > before[1]):
        raise CallClosed(pointer="/application_opens_at" if opens_at != before[0] else "/application_closes_at")


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
    """Closing ends applications; after the last meeting it marks the session as held."""
    over = now >= ends_at
    if status == SessionStatus.PUBLISHED or (status == SessionStatus.CLOSED and over):
        return SessionStatus.HELD if over else SessionStatus.CLOSED
    raise SessionCannotClose


def reopened(status: SessionStatus, *, starts_at: datetime, now: datetime) -> SessionStatus:
    """A call that was closed can be opened again until the first meeting."""
    if status != SessionStatus.CLOSED or now >= starts_at:
        raise SessionCannotReopen
    return SessionStatus.PUBLISHED


def check_reopened_window(closes_at: datetime, *, now: datetime) -> None:
    if closes_at <= now:
        raise ApplicationWindowOver(pointer="/application_closes_at")


def session_actions(
    status: SessionStatus, *, starts_at: datetime, ends_at: datetime, offered: bool, now: datetime
) -> list[SessionAction]:
    """The actions that those who run sessions may post now: the same rules that the commands ask. `offered`: the course
    is not retired at the first meeting."""
    decisions: dict[SessionAction, Callable[[], SessionStatus]] = {
        SessionAction.PUBLICATION: lambda: published(status),
        SessionAction.CLOSING: lambda: closed(status, ends_at=ends_at, now=now),
        SessionAction.REOPENING: lambda: reopened(status, starts_at=starts_at, now=now),
        SessionAction.CANCELLATION: lambda: cancelled(status),
    }
    opening = {SessionAction.PUBLICATION, SessionAction.REOPENING}
    return [action for action, decide in decisions.items() if passes(decide) and (offered or action not in opening)]


def attendance_actions(starts_at: datetime, *, seats_taken: int, now: datetime) -> list[SessionAction]:
    """Depends on seats and time only: participants keep their seat whatever the status of the session."""
    is_open = seats_taken > 0 and is_attendance_open(starts_at, now=now)
    return [SessionAction.ATTENDANCE] if is_open else []
