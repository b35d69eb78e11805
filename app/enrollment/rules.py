"""Seats and the queue for them. Plain values in, decisions out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.course_sessions.rules import SessionStatus
from app.kit.problems import Conflict
from app.kit.vocabulary import Word

SESSION_CANCELLED, SESSION_HELD = "session_cancelled", "session_held"


class EnrollmentStatus(Word):
    """`declined` is the head's refusal of an application, `not_selected` the training office's."""

    APPLIED = "applied", "申込済み", "Applied"
    CONFIRMED = "confirmed", "受講決定", "Confirmed"
    WAITLISTED = "waitlisted", "補欠", "Waitlisted"
    NOT_SELECTED = "not_selected", "落選", "Not selected"
    DECLINED = "declined", "所属長不承認", "Declined by the head"
    WITHDRAWN = "withdrawn", "辞退", "Withdrawn"
    COMPLETED = "completed", "修了", "Completed"
    NOT_COMPLETED = "not_completed", "未修了", "Not completed"
    ABSENT = "absent", "欠席", "Absent"


class Attendance(Word):
    """Attendance of one meeting; excused (illness, disaster duty) is no no-show."""

    PRESENT = "present", "出席", "Present"
    LATE = "late", "遅刻", "Late"
    LEFT_EARLY = "left_early", "早退", "Left early"
    ABSENT = "absent", "欠席", "Absent"
    EXCUSED = "excused", "公欠", "Excused"


RESULTS = frozenset({EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT})
SEATED = RESULTS | {EnrollmentStatus.CONFIRMED}
PENDING = frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.CONFIRMED})
ACTIVE = SEATED | PENDING

_NEXT: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.APPLIED: frozenset(
        {
            EnrollmentStatus.CONFIRMED,
            EnrollmentStatus.WAITLISTED,
            EnrollmentStatus.DECLINED,
            EnrollmentStatus.NOT_SELECTED,
            EnrollmentStatus.WITHDRAWN,
        }
    ),
    EnrollmentStatus.WAITLISTED: frozenset(
        {EnrollmentStatus.CONFIRMED, EnrollmentStatus.NOT_SELECTED, EnrollmentStatus.WITHDRAWN}
    ),
    EnrollmentStatus.CONFIRMED: RESULTS | {EnrollmentStatus.NOT_SELECTED, EnrollmentStatus.WITHDRAWN},
} | dict.fromkeys(RESULTS, RESULTS)


class AlreadyPlaced(Conflict):
    """The employee already has a place in this session."""

    ja = "この職員はすでにこの実施回に申込済みです。"
    constraint = "uq_enrollment_active"


class TimeClash(Conflict):
    """The employee has a seat in another session at the same time."""

    ja = "同じ時間帯に確定済みの別の実施回があります。"
    detail_ja = "実施回 {course_session_id} は、確定済みの実施回 {other_session_ids} と時間が重なっています。"
    detail_en = "Session {course_session_id} overlaps with the confirmed sessions {other_session_ids}."
    constraint = "ex_booking_clash"


class SessionFull(Conflict):
    """No seat is free in this session."""

    ja = "この実施回に空席はありません。"


class MeetingAttended(Conflict):
    """A meeting with recorded attendance cannot be taken out of the session."""

    ja = "出欠が記録された日程は削除できません。"


class SessionNotRunning(Conflict):
    """The session is a draft, cancelled or over."""

    ja = "この実施回は下書き、中止、または終了しています。"


class AlreadyInState(Conflict):
    """The enrollment is already in that state."""

    ja = "この受講はすでにその状態です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "Present status: {status}"


class WrongState(Conflict):
    """The present state of the enrollment does not allow this."""

    ja = "この受講の現在の状態では行えない操作です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "Present status: {status}"


def moved(status: EnrollmentStatus, target: EnrollmentStatus) -> EnrollmentStatus:
    """The target, when it may follow."""
    if status == target:
        raise AlreadyInState(status=status)
    if target not in _NEXT.get(status, ()):
        raise WrongState(status=status)
    return target


def place(*, capacity: int, taken: int, needs_approval: bool) -> EnrollmentStatus:
    """Where an application stands at once; one that needs approval takes no seat and no rank before."""
    if needs_approval:
        return EnrollmentStatus.APPLIED
    return EnrollmentStatus.CONFIRMED if taken < capacity else EnrollmentStatus.WAITLISTED


@dataclass(frozen=True)
class Waiting:
    """An entry of the waiting list; `eligible` says that the person could take a seat now."""

    id: UUID
    order: int
    eligible: bool = True


def promoted(queue: Iterable[Waiting], *, free: int) -> list[UUID]:
    """The first in the queue who can come, as many as there are free seats."""
    in_order = sorted(queue, key=lambda waiting: waiting.order)
    return [waiting.id for waiting in in_order if waiting.eligible][: max(free, 0)]


def is_running(status: SessionStatus) -> bool:
    """Seats of it are worth having."""
    return status in (SessionStatus.PUBLISHED, SessionStatus.CLOSED)


def promotes(status: SessionStatus, *, starts_at: datetime, now: datetime) -> bool:
    """The queue moves by itself until the first meeting; afterwards the office seats people one by one."""
    return is_running(status) and now < starts_at
