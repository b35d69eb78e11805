"""Who may apply, decide, withdraw; who comes into question. Plain values in, decisions out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.attendance.rules import check_sheet_open
from app.catalog.enums import EnrollmentMode
from app.catalog.rules import Target, TargetFacts, is_targeted
from app.enrollments.enums import EnrollmentAction
from app.enrollments.errors import (
    ApplicationsClosed,
    MeetingsAhead,
    MissingPrerequisite,
    NotAllowedForEmployee,
    NotEmployedDuringSession,
    NotHeadInOffice,
    NotInTargetGroup,
    OnLeaveDuringSession,
    OnlyOfficeDesignates,
    OwnApplication,
    WithdrawalClosed,
)
from app.kit.problems import Forbidden, passes
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, SessionFull, SessionNotRunning, StatusNotAllowed
from app.seats.rules import SEATED, is_running, moved


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


def check_approver(here: Situation) -> None:
    """Heads in office of the person's units decide, never on themselves; the office when no other head can."""
    if here.is_own:
        raise OwnApplication
    if here.caller_id in here.heads:
        return
    if not here.by_office or set(here.heads) - {here.employee_id}:
        raise NotHeadInOffice


def check_approval(here: Situation) -> None:
    """A head approves an application; the office may give a free seat to somebody out of turn."""
    moved(here.status, EnrollmentStatus.CONFIRMED)
    if not is_running(here.session_status):
        raise SessionNotRunning
    if here.status == EnrollmentStatus.APPLIED:
        check_approver(here)
    elif not here.by_office:
        raise NotHeadInOffice
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
        raise NotHeadInOffice
    check_approver(here)
    return EnrollmentStatus.DECLINED


def check_withdrawal(here: Situation) -> None:
    """The person or the clerk until the deadline, the office also later; who has no seat may leave at any time."""
    moved(here.status, EnrollmentStatus.WITHDRAWN)
    if here.by_office:
        return
    if not (here.is_own or here.by_clerk):
        raise NotAllowedForEmployee
    if here.status == EnrollmentStatus.CONFIRMED and here.now >= (here.withdrawal_closes_at or here.starts_at):
        raise WithdrawalClosed


def check_attendance(here: Situation) -> None:
    """At the door, from twelve hours before the first meeting, and only of those who have a seat."""
    if not here.records_attendance:
        raise Forbidden
    if here.status not in SEATED:
        raise StatusNotAllowed(status=here.status)
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
class Eligibility:
    """What is known of an employee on the days of a session."""

    employed: bool
    away: bool
    missing_prerequisites: Collection[str] = ()


def check_applicant(*, is_own: bool, by_clerk: bool, by_office: bool, designated: bool) -> None:
    """People apply for themselves, clerks for their unit; the office may do both, and alone designates."""
    if not (is_own or by_clerk or by_office):
        raise NotAllowedForEmployee
    if designated and not by_office:
        raise OnlyOfficeDesignates


def check_open(status: SessionStatus, *, accepts_applications: bool, designated: bool, over: bool) -> None:
    """Applications have their window; the office may designate until the last meeting has ended."""
    if not designated and not accepts_applications:
        raise ApplicationsClosed
    if not is_running(status) or over:
        raise SessionNotRunning


def check_admission(known: Eligibility, *, designated: bool) -> None:
    if not known.employed:
        raise NotEmployedDuringSession
    if designated and known.away:
        raise OnLeaveDuringSession
    if known.missing_prerequisites:
        raise MissingPrerequisite(course_codes=", ".join(sorted(known.missing_prerequisites)))


def check_target(target: Target, facts: TargetFacts, mode: EnrollmentMode) -> None:
    """Outside the target one may still apply (no dot does not mean unneeded), unless the course is by designation."""
    if mode == EnrollmentMode.DESIGNATED and not is_targeted(target, facts):
        raise NotInTargetGroup
