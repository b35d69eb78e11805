"""Who gets a seat, who may decide, and what may follow. Plain values in, decisions out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.kit.problems import Conflict, Forbidden, Invalid


class Status(StrEnum):
    """`declined` is the head's refusal of an application, `not_selected` the training office's."""

    APPLIED = "applied"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    NOT_SELECTED = "not_selected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    ABSENT = "absent"


class Action(StrEnum):
    """The sub-resources of an enrollment that act."""

    APPROVAL = "approval"
    REJECTION = "rejection"
    WITHDRAWAL = "withdrawal"
    ATTENDANCE = "attendance"
    COMPLETION = "completion"


class Attendance(StrEnum):
    """Attendance of one meeting; excused (illness, disaster duty) is no no-show."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"


RESULTS = frozenset({Status.COMPLETED, Status.NOT_COMPLETED, Status.ABSENT})
SEATED = RESULTS | {Status.CONFIRMED}
PENDING = frozenset({Status.APPLIED, Status.WAITLISTED, Status.CONFIRMED})
ACTIVE = SEATED | PENDING

_NEXT: dict[Status, frozenset[Status]] = {
    Status.APPLIED: frozenset(
        {Status.CONFIRMED, Status.WAITLISTED, Status.DECLINED, Status.NOT_SELECTED, Status.WITHDRAWN}
    ),
    Status.WAITLISTED: frozenset({Status.CONFIRMED, Status.NOT_SELECTED, Status.WITHDRAWN}),
    Status.CONFIRMED: RESULTS | {Status.NOT_SELECTED, Status.WITHDRAWN},
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


class SessionNotRunning(Conflict):
    """The session is a draft, cancelled or over."""

    ja = "この実施回は下書き、中止、または終了しています。"


class ApplicationsClosed(Conflict):
    """Applications for this session are not open now."""

    ja = "この実施回は申込受付期間外です。"


class NotEmployedThen(Conflict):
    """The employee is not employed on every day of the session."""

    ja = "この職員は日程のすべての日に在職していません。"


class AwayThen(Conflict):
    """The employee is on leave or away on a day of the session and cannot be designated."""

    ja = "この職員は日程の日に休職等のため、指名できません。"


class OutsideTarget(Conflict):
    """The course is by designation, and the employee is not among those it is meant for."""

    ja = "指名制の研修であり、この職員は対象者ではありません。"


class PrerequisiteMissing(Conflict):
    """A course that must come first has not been completed."""

    ja = "先に修了しておくべき研修が修了していません。"
    detail_ja = "未修了の研修: {course_codes}"
    detail_en = "Not completed yet: {course_codes}"


class AlreadyInState(Conflict):
    """The enrollment is already in that state."""

    ja = "この受講はすでにその状態です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "The present status is {status}."


class WrongState(Conflict):
    """The present state of the enrollment does not allow this."""

    ja = "この受講の現在の状態では行えない操作です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "The present status is {status}."


class WithdrawalClosed(Conflict):
    """The deadline for withdrawal has passed: ask the training office."""

    ja = "辞退の期限を過ぎています。研修部門に連絡してください。"


class OwnApplication(Forbidden):
    """Nobody decides on the own application."""

    ja = "自分自身の申込を決裁することはできません。"


class NotInOffice(Forbidden):
    """Only a head in office of the employee's units decides; the training office when there is none."""

    ja = "決裁できるのは職員の所属の現職の長です。長がいない場合は研修部門が行います。"


class NotForThem(Forbidden):
    """You may not act for this employee."""

    ja = "この職員に代わって手続きすることはできません。"


class OnlyOfficeDesignates(Forbidden):
    """Only the training office designates participants."""

    ja = "指名は研修部門だけが行えます。"


class UnknownSession(Invalid):
    """There is no such session."""

    ja = "該当する実施回がありません。"


def moved(status: Status, target: Status) -> Status:
    """The target, when it may follow."""
    if status == target:
        raise AlreadyInState(status=status)
    if target not in _NEXT.get(status, ()):
        raise WrongState(status=status)
    return target


def place(*, capacity: int, taken: int, needs_approval: bool) -> Status:
    """Where an application stands at once; one that needs approval takes no seat and no rank before."""
    if needs_approval:
        return Status.APPLIED
    return Status.CONFIRMED if taken < capacity else Status.WAITLISTED


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


def starting_mode_is_designated(*, by_office: bool, for_oneself: bool) -> bool:
    """An entry that the training office makes for somebody else is a designation unless it says otherwise."""
    return by_office and not for_oneself


def check_decider(decider: UUID | None, *, applicant: UUID, heads: Collection[UUID], by_office: bool) -> None:
    """Heads in office of the applicant's lineage decide, never on themselves; the office when no other head can."""
    if decider == applicant:
        raise OwnApplication
    if decider in heads:
        return
    if not by_office or set(heads) - {applicant}:
        raise NotInOffice


@dataclass(frozen=True)
class Days:
    """What is known of an employee on the days of a session."""

    employed: bool
    away: bool
    targeted: bool
    missing_prerequisites: Collection[str] = ()


def check_admission(days: Days, *, designated: bool, by_designation: bool) -> None:
    """Refuse who cannot come; outside the target one may still apply, unless the course is by designation."""
    if not days.employed:
        raise NotEmployedThen
    if designated and days.away:
        raise AwayThen
    if not designated and by_designation and not days.targeted:
        raise OutsideTarget
    if days.missing_prerequisites:
        raise PrerequisiteMissing(course_codes=", ".join(sorted(days.missing_prerequisites)))
