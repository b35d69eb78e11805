"""When a session can be run, and how its life goes on. Plain values in, decisions out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from app.kit import clock
from app.kit.problems import Conflict, Invalid
from app.kit.vocabulary import Word

SHEET_OPENS_BEFORE = timedelta(hours=12)


class SessionStatus(Word):
    DRAFT = "draft", "下書き", "Draft"
    PUBLISHED = "published", "公開中", "Published"
    CLOSED = "closed", "募集終了", "Closed"
    HELD = "held", "実施済み", "Held"
    CANCELLED = "cancelled", "中止", "Cancelled"


class SessionAction(Word):
    """The sub-resources of a session that act."""

    PUBLICATION = "publication", "公開", "Publish"
    CLOSING = "closing", "募集終了・実施済みの記録", "Close"
    CANCELLATION = "cancellation", "中止", "Cancel"
    ATTENDANCE = "attendance", "出欠の記録", "Record attendance"


class CourseRetired(Conflict):
    """The course is retired on the day of the first meeting."""

    ja = "この研修科目は初回の日程の時点で廃止されています。"


class MeetingReversed(Invalid):
    """A meeting ends before it starts."""

    ja = "日程の終了時刻が開始時刻より後ではありません。"
    constraint = "ck_session_meeting_order"


class MeetingsOverlap(Invalid):
    """Two meetings of the session overlap."""

    ja = "同じ実施回の日程が重なっています。"
    constraint = "ex_session_meeting_overlap"


class UnknownMeeting(Invalid):
    """The session has no such meeting."""

    ja = "該当する日程がこの実施回にありません。"


class ApplicationWindowReversed(Invalid):
    """Applications close before they open."""

    ja = "申込の締切が開始より後ではありません。"
    constraint = "ck_course_session_window"


class ApplicationClosesTooLate(Invalid):
    """Applications close after the first meeting has started."""

    ja = "申込の締切が初回の開始より後になっています。"
    constraint = "ck_course_session_closes_before_start"


class WithdrawalClosesTooLate(Invalid):
    """Withdrawal closes after the first meeting has started."""

    ja = "辞退の締切が初回の開始より後になっています。"
    constraint = "ck_course_session_withdrawal"


class FiscalYearMismatch(Invalid):
    """The fiscal year is not that of the first meeting's day in Tokyo."""

    ja = "年度が初回の日程の日と一致しません。"


class CapacityBelowSeatsTaken(Conflict):
    """The capacity would be smaller than the number of seats taken."""

    ja = "定員が確定済みの人数を下回ります。"
    detail_ja = "確定済みの受講者が {taken} 名います。その人数以上を指定してください。"
    detail_en = "{taken} seats are taken: give at least as many, or free seats first."
    constraint = "ck_course_session_seats"


class SessionNotDraft(Conflict):
    """Only a draft may be published or deleted."""

    ja = "下書きの実施回に限り行える操作です。"


class SessionSettled(Conflict):
    """The session was held or cancelled."""

    ja = "実施済みまたは中止の実施回です。"


class SessionCannotClose(Conflict):
    """Only a published session closes, and a closed one is held after its last meeting."""

    ja = "公開中の実施回、または最終日程を終えた締切後の実施回に限り行える操作です。"


class TooEarlyToRecord(Conflict):
    """Attendance can be recorded from twelve hours before the meeting."""

    ja = "出欠は日程開始の12時間前から記録できます。"


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
            raise MeetingReversed(pointer=f"/meetings/{at}/ends_at")
    in_order = sorted(enumerate(schedule.meetings), key=lambda entry: entry[1].starts_at)
    for (_, earlier), (at, later) in pairwise(in_order):
        if later.starts_at < earlier.ends_at:
            raise MeetingsOverlap(pointer=f"/meetings/{at}/starts_at")
    if schedule.application_closes_at <= schedule.application_opens_at:
        raise ApplicationWindowReversed(pointer="/application_closes_at")
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


def check_sheet_open(starts_at: datetime, *, now: datetime) -> None:
    if now < starts_at - SHEET_OPENS_BEFORE:
        raise TooEarlyToRecord


def sheet_actions(starts_at: datetime, *, seats_taken: int, now: datetime) -> list[SessionAction]:
    """What those who record attendance may do; who has come keeps the seat, whatever becomes of the session."""
    open_now = seats_taken > 0 and now >= starts_at - SHEET_OPENS_BEFORE
    return [SessionAction.ATTENDANCE] if open_now else []


def is_open_for_application(status: SessionStatus, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    return status == SessionStatus.PUBLISHED and opens_at <= now < closes_at
