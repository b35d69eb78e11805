"""What attendance counts for, and what it amounts to. Plain values in, decisions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.attendance.errors import (
    AttendanceNotYetOpen,
    CompletionDateOutOfRange,
    InvalidMinutes,
    MissingMinutes,
    OverrideReasonRequired,
)
from app.catalog.rules import CompletionRule, completed
from app.seats.enums import Attendance, EnrollmentStatus

_CAME = frozenset({Attendance.PRESENT, Attendance.LATE, Attendance.LEFT_EARLY})


@dataclass(frozen=True)
class Mark:
    """One meeting of a person; `attendance` is None while nothing is recorded, lengths are in minutes."""

    attendance: Attendance | None
    minutes: int
    length: int


def repeated(ids: Sequence[UUID]) -> set[int]:
    """The places at which something stands that stood before."""
    return {at for at, one in enumerate(ids) if one in ids[:at]}


def minutes_counted(attendance: Attendance, given: int | None, *, length: int) -> int:
    """The minutes that count: all for who was present, none for who was not, otherwise as given."""
    if attendance not in _CAME:
        if given:
            raise InvalidMinutes
        return 0
    if given is None:
        if attendance != Attendance.PRESENT:
            raise MissingMinutes
        return length
    if given > length:
        raise InvalidMinutes
    return given


def outcome(rule: CompletionRule, marks: Sequence[Mark], *, score: int | None) -> EnrollmentStatus:
    """By the course's rule; absent is who never came and was never excused."""
    attended, total = sum(mark.minutes for mark in marks), sum(mark.length for mark in marks)
    if completed(rule, minutes_attended=attended, minutes_total=total, score=score):
        return EnrollmentStatus.COMPLETED
    came_or_excused = any(mark.attendance in _CAME or mark.attendance == Attendance.EXCUSED for mark in marks)
    return EnrollmentStatus.NOT_COMPLETED if came_or_excused else EnrollmentStatus.ABSENT


def check_override(status: EnrollmentStatus | None, reason: str | None) -> None:
    if status is not None and reason is None:
        raise OverrideReasonRequired(pointer="/reason")


def day_completed(wanted: date | None, *, first_day: date, today: date) -> date:
    if wanted and not first_day <= wanted <= today:
        raise CompletionDateOutOfRange(pointer="/completed_on")
    return wanted or today


SHEET_OPENS_BEFORE = timedelta(hours=12)


def check_sheet_open(starts_at: datetime, *, now: datetime) -> None:
    if now < starts_at - SHEET_OPENS_BEFORE:
        raise AttendanceNotYetOpen
