"""Who may apply, decide, withdraw; who comes into question. Plain values in, decisions out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.catalog.rules import EnrollmentMode, Facts, Target, is_targeted
from app.course_sessions.rules import SessionStatus, check_sheet_open
from app.enrollment.rules import (
    SEATED,
    AlreadyInState,
    EnrollmentStatus,
    SessionFull,
    SessionNotRunning,
    WrongState,
    is_running,
    moved,
)
from app.kit.problems import Conflict, Forbidden, Invalid, passes
from app.kit.vocabulary import Word


class EnrollmentAction(Word):
    """The sub-resources of an enrollment that act."""

    APPROVAL = "approval", "承認", "Approve"
    REJECTION = "rejection", "不承認・選考外", "Reject"
    WITHDRAWAL = "withdrawal", "辞退", "Withdraw"
    ATTENDANCE = "attendance", "出欠の記録", "Record attendance"
    COMPLETION = "completion", "修了の判定", "Judge completion"


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


class MeetingsAhead(Conflict):
    """A meeting without recorded attendance lies ahead."""

    ja = "出欠が記録されていない今後の日程があります。"


@dataclass(frozen=True)
class Situation:
    """An enrollment as one caller meets it now; `heads` are those in office of the person's units today."""

    status: EnrollmentStatus
    session_status: SessionStatus
    starts_at: datetime
    withdrawal_closes_at: datetime | None
    has_free_seat: bool
    now: datetime
    employee_id: UUID
    caller_id: UUID | None
    heads: Collection[UUID]
    by_office: bool
    by_clerk: bool
    records_attendance: bool
    is_settled: bool  # no meeting without attendance lies ahead

    @property
    def is_own(self) -> bool:
        return self.caller_id == self.employee_id


def check_decider(here: Situation) -> None:
    """Heads in office of the person's units decide, never on themselves; the office when no other head can."""
    if here.is_own:
        raise OwnApplication
    if here.caller_id in here.heads:
        return
    if not here.by_office or set(here.heads) - {here.employee_id}:
        raise NotInOffice


def check_approval(here: Situation) -> None:
    """A head approves an application; the office may give a free seat to somebody out of turn."""
    moved(here.status, EnrollmentStatus.CONFIRMED)
    if not is_running(here.session_status):
        raise SessionNotRunning
    if here.status == EnrollmentStatus.APPLIED:
        check_decider(here)
    elif not here.by_office:
        raise NotInOffice
    elif not here.has_free_seat:
        raise SessionFull


def rejected(here: Situation) -> EnrollmentStatus:
    """A head declines an application; the office deselects, also who waits or is confirmed."""
    if here.status in (EnrollmentStatus.DECLINED, EnrollmentStatus.NOT_SELECTED):
        raise AlreadyInState(status=here.status)
    target = moved(here.status, EnrollmentStatus.NOT_SELECTED)
    if here.by_office and not here.is_own:
        return target
    if here.status != EnrollmentStatus.APPLIED:
        raise NotInOffice
    check_decider(here)
    return EnrollmentStatus.DECLINED


def check_withdrawal(here: Situation) -> None:
    """The person or the clerk until the deadline, the office also later; who has no seat may leave at any time."""
    moved(here.status, EnrollmentStatus.WITHDRAWN)
    if here.by_office:
        return
    if not (here.is_own or here.by_clerk):
        raise NotForThem
    if here.status == EnrollmentStatus.CONFIRMED and here.now >= (here.withdrawal_closes_at or here.starts_at):
        raise WithdrawalClosed


def check_attendance(here: Situation) -> None:
    """At the door, from twelve hours before the first meeting, and only of those who have a seat."""
    if not here.records_attendance:
        raise Forbidden
    if here.status not in SEATED:
        raise WrongState(status=here.status)
    check_sheet_open(here.starts_at, now=here.now)


def check_completion(here: Situation) -> None:
    check_attendance(here)
    if not here.is_settled:
        raise MeetingsAhead


_CHECKS: dict[EnrollmentAction, Callable[[Situation], object]] = {
    EnrollmentAction.APPROVAL: check_approval,
    EnrollmentAction.REJECTION: rejected,
    EnrollmentAction.WITHDRAWAL: check_withdrawal,
    EnrollmentAction.ATTENDANCE: check_attendance,
    EnrollmentAction.COMPLETION: check_completion,
}


def allowed_actions(here: Situation) -> list[EnrollmentAction]:
    """What would not be refused: the very checks that the commands make."""
    return [action for action, check in _CHECKS.items() if passes(check, here)]


@dataclass(frozen=True)
class Days:
    """What is known of an employee on the days of a session."""

    employed: bool
    away: bool
    missing_prerequisites: Collection[str] = ()


def check_sender(*, is_own: bool, by_clerk: bool, by_office: bool, designated: bool) -> None:
    """People apply for themselves, clerks for their unit; the office may do both, and alone designates."""
    if not (is_own or by_clerk or by_office):
        raise NotForThem
    if designated and not by_office:
        raise OnlyOfficeDesignates


def check_open(status: SessionStatus, *, accepts_applications: bool, designated: bool, over: bool) -> None:
    """Applications have their window; the office may designate until the last meeting has ended."""
    if not designated and not accepts_applications:
        raise ApplicationsClosed
    if not is_running(status) or over:
        raise SessionNotRunning


def check_admission(known: Days, *, designated: bool) -> None:
    if not known.employed:
        raise NotEmployedThen
    if designated and known.away:
        raise AwayThen
    if known.missing_prerequisites:
        raise PrerequisiteMissing(course_codes=", ".join(sorted(known.missing_prerequisites)))


def check_target(target: Target, facts: Facts, mode: EnrollmentMode) -> None:
    """Outside the target one may still apply (no dot does not mean unneeded), unless the course is by designation."""
    if mode == EnrollmentMode.DESIGNATED and not is_targeted(target, facts):
        raise OutsideTarget
