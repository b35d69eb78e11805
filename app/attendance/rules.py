"""Which minutes count, and which result follows from them. Plain values in, decisions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.attendance.errors import CompletionDateOutOfRange, InvalidMinutes, MissingMinutes, OverrideReasonRequired
from app.catalog.rules import CompletionRule, completed
from app.seats.enums import Attendance, EnrollmentStatus
from app.seats.rules import ATTENDED


@dataclass(frozen=True)
class MeetingAttendance:
    """A person at one meeting; `attendance` is None while nothing is recorded, `length` is that of the meeting."""

    attendance: Attendance | None
    minutes: int
    length: int


def repeated(ids: Sequence[UUID]) -> set[int]:
    """Indexes of ids that occur earlier in the list."""
    return {at for at, one in enumerate(ids) if one in ids[:at]}


def minutes_counted(attendance: Attendance, given: int | None, *, length: int) -> int:
    """All minutes of the meeting if present (or those given), none if absent or excused, otherwise those given."""
    if attendance not in ATTENDED:
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


def outcome(rule: CompletionRule, meetings: Sequence[MeetingAttendance], *, score: int | None) -> EnrollmentStatus:
    """The result by the course's rule; `absent` if the person attended nothing and was never excused."""
    minutes, total = sum(meeting.minutes for meeting in meetings), sum(meeting.length for meeting in meetings)
    if completed(rule, minutes_attended=minutes, minutes_total=total, score=score):
        return EnrollmentStatus.COMPLETED
    attended_or_excused = ATTENDED | {Attendance.EXCUSED}
    if any(meeting.attendance in attended_or_excused for meeting in meetings):
        return EnrollmentStatus.NOT_COMPLETED
    return EnrollmentStatus.ABSENT


def check_override(status: EnrollmentStatus | None, reason: str | None) -> None:
    if status is not None and reason is None:
        raise OverrideReasonRequired(pointer="/reason")


def completion_date(given: date | None, *, first_day: date, today: date) -> date:
    if given and not first_day <= given <= today:
        raise CompletionDateOutOfRange(pointer="/completed_on")
    return given or today
