"""What a course asks of whom, and what makes a session runnable. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

from app.kit import clock
from app.kit.problems import Conflict, Invalid

K = TypeVar("K", bound=Hashable)


class ProviderKind(StrEnum):
    CITY = "city"
    NATIONAL = "national"
    PREFECTURAL = "prefectural"
    VENDOR = "vendor"


class CourseFormat(StrEnum):
    CLASSROOM = "classroom"
    LIVE_ONLINE = "live_online"
    E_LEARNING = "e_learning"
    WORKSHOP = "workshop"
    EXTERNAL = "external"


class CourseLevel(StrEnum):
    BASIC = "basic"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class EnrollmentMode(StrEnum):
    DESIGNATED = "designated"
    APPLIED = "applied"


class SessionStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    HELD = "held"
    CANCELLED = "cancelled"


class SessionAction(StrEnum):
    """The sub-resources of a session that act."""

    PUBLICATION = "publication"
    CLOSING = "closing"
    CANCELLATION = "cancellation"


class CourseCodeTaken(Conflict):
    """A course with this code exists already."""

    ja = "このコードの研修科目はすでにあります。"
    constraint = "uq_course_code"


class UnknownCourse(Invalid):
    """There is no such course."""

    ja = "該当する研修科目がありません。"


class CourseCycle(Invalid):
    """Courses would depend on themselves in a circle."""

    ja = "研修科目どうしの関係が循環します。"


class CourseAgain(Invalid):
    """The same entry stands twice in the list."""

    ja = "同じ項目が重複しています。"


class EquivalentAgain(Conflict):
    """The same course is equivalent twice in one period."""

    ja = "同じ読替科目の期間が重なっています。"
    constraint = "ex_course_equivalent_period"


class CourseHasSessions(Conflict):
    """The course has sessions: give it a day of retirement instead."""

    ja = "実施回のある研修科目は削除できません。廃止日を設定してください。"
    constraint = "fk_course_session_course_id"


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
    constraint = "ck_course_session_seats"


class SessionNotDraft(Conflict):
    """Only a draft may be published or deleted."""

    ja = "下書きの実施回に限り行える操作です。"


class SessionCannotClose(Conflict):
    """Only a published session closes, and a closed one is held after its last meeting."""

    ja = "公開中の実施回、または最終日程を終えた締切後の実施回に限り行える操作です。"


@dataclass(frozen=True)
class Target:
    """Whom a course is for: all lists that are not empty must match; nothing said means everyone."""

    role_codes: Collection[str] = ()
    position_ranks: Collection[str] = ()
    job_categories: Collection[str] = ()
    years_of_service_min: int | None = None
    years_of_service_max: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of an employee on the day of asking; whole years of service."""

    role_codes: Collection[str]
    position_ranks: Collection[str]
    job_category: str | None
    years_of_service: int


def is_targeted(target: Target, facts: Facts) -> bool:
    least, most = target.years_of_service_min, target.years_of_service_max
    return (
        _meets(target.role_codes, facts.role_codes)
        and _meets(target.position_ranks, facts.position_ranks)
        and _meets(target.job_categories, [facts.job_category])
        and (least is None or facts.years_of_service >= least)
        and (most is None or facts.years_of_service <= most)
    )


def _meets(wanted: Collection[str], held: Iterable[str | None]) -> bool:
    return not wanted or any(one in wanted for one in held)


@dataclass(frozen=True)
class CompletionRule:
    """What completes a course: a share of the minutes, and a test where one is needed (scores 0 to 100)."""

    minimum_attendance_percent: int = 100
    needs_test: bool = False
    minimum_score: int | None = None


def completed(rule: CompletionRule, *, minutes_attended: int, minutes_total: int, score: int | None = None) -> bool:
    """Judge from counted minutes; a test that is needed and was not taken never completes."""
    attended = minutes_attended * 100 >= rule.minimum_attendance_percent * minutes_total
    if not rule.needs_test:
        return attended
    return attended and score is not None and score >= (rule.minimum_score or 0)


def evidence_ends(completed_on: date, *, months: int | None, at_fiscal_year_end: bool) -> date | None:
    """The first day on which a completion no longer counts, or None when it never ends."""
    ends = []
    if months is not None:
        ends.append(clock.add_months(completed_on, months))
    if at_fiscal_year_end:
        ends.append(clock.fiscal_year_start(clock.fiscal_year(completed_on) + 1))
    return min(ends, default=None)


def has_cycle(graph: Mapping[K, Iterable[K]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


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


def published(status: SessionStatus) -> SessionStatus:
    if status != SessionStatus.DRAFT:
        raise SessionNotDraft
    return SessionStatus.PUBLISHED


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
            return [SessionAction.CLOSING] if now >= ends_at else [SessionAction.CANCELLATION]
        case _:
            return []


def is_open_for_application(status: SessionStatus, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    return status == SessionStatus.PUBLISHED and opens_at <= now < closes_at
