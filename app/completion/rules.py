"""Which minutes count, which result follows and on which day. Plain values in, decisions out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.catalog.rules import CompletionRule, completed
from app.completion.errors import (
    CompletionDateOutOfRange,
    CompletionDateWithoutCompletion,
    CorrectionReasonRequired,
    OverrideReasonRequired,
)
from app.kit import clock
from app.seats.enums import Attendance, EnrollmentStatus
from app.seats.rules import ATTENDED, EnrollmentState

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class MeetingAttendance:
    """A person at one meeting as it was in the end; `attendance` is None while nothing is recorded, `recorded` are the
    minutes sent, None for the whole meeting."""

    attendance: Attendance | None
    recorded: int | None
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> int:
        """Whole minutes."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    @property
    def attended(self) -> bool:
        return self.attendance in ATTENDED

    @property
    def minutes(self) -> int:
        """Those that count: never more than the meeting has, whatever was recorded before it was shortened."""
        if not self.attended:
            return 0
        return self.length if self.recorded is None else min(self.recorded, self.length)

    @property
    def day(self) -> date:
        """The day in Tokyo on which the meeting ended; one that ends at midnight belongs to the day before."""
        return clock.day_of(self.ends_at - _MOMENT)


@dataclass(frozen=True)
class Terms:
    """What the course asks for and gives: its completion rule, how long a completion counts, the skills by level."""

    rule: CompletionRule
    valid_for_months: int | None = None
    valid_until_fiscal_year_end: bool = False
    levels: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Decided:
    """What a person decided with a reason: the result, the day of completion, or neither."""

    status: EnrollmentStatus | None = None
    completed_on: date | None = None


def outcome(rule: CompletionRule, meetings: Sequence[MeetingAttendance], *, score: int | None) -> EnrollmentStatus:
    """The result by the course's rule; `absent` if the person attended nothing and was never excused."""
    minutes, total = sum(meeting.minutes for meeting in meetings), sum(meeting.length for meeting in meetings)
    if completed(rule, minutes_attended=minutes, minutes_total=total, score=score):
        return EnrollmentStatus.COMPLETED
    attended_or_excused = ATTENDED | {Attendance.EXCUSED}
    if any(meeting.attendance in attended_or_excused for meeting in meetings):
        return EnrollmentStatus.NOT_COMPLETED
    return EnrollmentStatus.ABSENT


def default_day(meetings: Sequence[MeetingAttendance]) -> date:
    """The day of the last meeting attended; that of the last meeting if the person attended none."""
    attended = [meeting.day for meeting in meetings if meeting.attended]
    return max(attended or [meeting.day for meeting in meetings])


def is_over(meetings: Sequence[MeetingAttendance], now: datetime) -> bool:
    return all(meeting.ends_at <= now for meeting in meetings)


def assess(
    rule: CompletionRule, meetings: Sequence[MeetingAttendance], decided: Decided, *, score: int | None, now: datetime
) -> EnrollmentState:
    """The result and its day, from what is known now and nothing else: assessing twice, or in another order of
    corrections, gives the same. While a meeting lies ahead there is none, and the person just has a seat.

    A day decided by a person stays, unless it lies before the last meeting attended.
    """
    if not is_over(meetings, now):
        return EnrollmentState(EnrollmentStatus.CONFIRMED, score=score)
    status = decided.status or outcome(rule, meetings, score=score)
    if status != EnrollmentStatus.COMPLETED:
        return EnrollmentState(status, score=score)
    day = default_day(meetings)
    return EnrollmentState(status, max(decided.completed_on or day, day), score)


def check_reason(reason: str | None, *, overrides: bool, decides_day: bool, corrects: bool) -> None:
    """A result against the rule, a day of the person's choice and a change of a completion need a reason."""
    if reason is not None:
        return
    if overrides:
        raise OverrideReasonRequired(pointer="/reason")
    if decides_day or corrects:
        raise CorrectionReasonRequired(pointer="/reason")


def check_day(given: date, result: EnrollmentStatus, meetings: Sequence[MeetingAttendance], *, today: date) -> None:
    if result != EnrollmentStatus.COMPLETED:
        raise CompletionDateWithoutCompletion(pointer="/completed_on")
    if not default_day(meetings) <= given <= today:
        raise CompletionDateOutOfRange(pointer="/completed_on")


def attended_days(meetings: Collection[MeetingAttendance]) -> set[date]:
    return {meeting.day for meeting in meetings if meeting.attended}
