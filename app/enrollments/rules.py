"""Who may apply, decide and withdraw, and who can be admitted. Plain values in, decisions out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.catalog.enums import EnrollmentMode
from app.enrollments.enums import EnrollmentAction
from app.enrollments.errors import (
    ApplicationsClosed,
    MeetingsAhead,
    MissingPrerequisite,
    NotAllowedForEmployee,
    NotEmployedDuringSession,
    NotHeadInOffice,
    NothingToReconfirm,
    NotInTargetGroup,
    OnLeaveDuringSession,
    OnlyOfficeDesignates,
    OwnApplication,
    WithdrawalClosed,
)
from app.kit.problems import Forbidden, passes
from app.reconfirmation.enums import ReconfirmationReason
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, AttendanceNotYetOpen, SessionFull, SessionNotRunning, StatusNotAllowed
from app.seats.rules import SEATED, is_attendance_open, is_running, next_status


@dataclass(frozen=True)
class Situation:
    """An enrollment, its session and the caller at one moment."""

    status: EnrollmentStatus
    session_status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    withdrawal_closes_at: datetime | None
    has_free_seat: bool
    now: datetime
    employee_id: UUID
    caller_id: UUID | None
    heads: Collection[UUID]  # those in office today of the person's units
    by_office: bool
    by_clerk: bool
    records_attendance: bool
    changes: Collection[ReconfirmationReason] = ()  # what has happened to the seat since it was confirmed

    @property
    def is_own(self) -> bool:
        return self.caller_id == self.employee_id


def check_approver(situation: Situation) -> None:
    """A head in office of the person's units, never the person; the training office if there is no other head."""
    if situation.is_own:
        raise OwnApplication
    if situation.caller_id in situation.heads:
        return
    if not situation.by_office or set(situation.heads) - {situation.employee_id}:
        raise NotHeadInOffice


def check_approval(situation: Situation) -> None:
    """A head approves an application; the training office may give a free seat to somebody on the waiting list."""
    next_status(situation.status, EnrollmentStatus.CONFIRMED)
    if not is_running(situation.session_status):
        raise SessionNotRunning
    if situation.status == EnrollmentStatus.APPLIED:
        check_approver(situation)
    elif not situation.by_office:
        raise NotHeadInOffice
    elif not situation.has_free_seat:
        raise SessionFull


def rejection_status(situation: Situation) -> EnrollmentStatus:
    """A head declines an application, or gives back a seat to which something has happened; the training office
    deselects, also people who wait or are confirmed."""
    if situation.status in (EnrollmentStatus.DECLINED, EnrollmentStatus.NOT_SELECTED):
        raise AlreadyInState(status=situation.status)
    target = next_status(situation.status, EnrollmentStatus.NOT_SELECTED)
    if situation.by_office and not situation.is_own:
        return target
    if situation.status != EnrollmentStatus.APPLIED and not situation.changes:
        raise NotHeadInOffice
    check_approver(situation)
    return EnrollmentStatus.DECLINED


def check_reconfirmation(situation: Situation) -> None:
    """A head in office or the training office, of a seat to which something has happened; never the person, and never
    for somebody who leaves."""
    if situation.status != EnrollmentStatus.CONFIRMED:
        raise StatusNotAllowed(status=situation.status)
    if situation.is_own:
        raise OwnApplication
    if not situation.by_office and situation.caller_id not in situation.heads:
        raise NotHeadInOffice
    if not situation.changes:
        raise NothingToReconfirm
    if ReconfirmationReason.LEFT in situation.changes:
        raise NotEmployedDuringSession


def check_withdrawal(situation: Situation) -> None:
    """The person or the clerk until the deadline, at any time if no seat is held; the training office always."""
    next_status(situation.status, EnrollmentStatus.WITHDRAWN)
    if situation.by_office:
        return
    if not (situation.is_own or situation.by_clerk):
        raise NotAllowedForEmployee
    deadline = situation.withdrawal_closes_at or situation.starts_at
    if situation.status == EnrollmentStatus.CONFIRMED and situation.now >= deadline:
        raise WithdrawalClosed


def check_attendance(situation: Situation) -> None:
    """Only of people with a seat, from twelve hours before the first meeting."""
    if not situation.records_attendance:
        raise Forbidden
    if situation.status not in SEATED:
        raise StatusNotAllowed(status=situation.status)
    if not is_attendance_open(situation.starts_at, now=situation.now):
        raise AttendanceNotYetOpen


def check_completion(situation: Situation) -> None:
    """Not before the session's last meeting has ended, even if attendance was recorded ahead."""
    check_attendance(situation)
    if situation.now < situation.ends_at:
        raise MeetingsAhead


_CHECKS: dict[EnrollmentAction, Callable[[Situation], object]] = {
    EnrollmentAction.APPROVAL: check_approval,
    EnrollmentAction.REJECTION: rejection_status,
    EnrollmentAction.WITHDRAWAL: check_withdrawal,
    EnrollmentAction.RECONFIRMATION: check_reconfirmation,
    EnrollmentAction.ATTENDANCE: check_attendance,
    EnrollmentAction.COMPLETION: check_completion,
}


def allowed_actions(situation: Situation, *, admissible: bool = True) -> list[EnrollmentAction]:
    """The actions whose checks pass, the same that the commands make; only an admissible person can be approved."""
    passed = [action for action, check in _CHECKS.items() if passes(check, situation)]
    return [action for action in passed if admissible or action != EnrollmentAction.APPROVAL]


@dataclass(frozen=True)
class Eligibility:
    """What is known of an employee against a session (SQL: `admissions`); `targeted`: in the course's target group, or
    its participants are not designated."""

    employed: bool = True
    on_leave: bool = False
    targeted: bool = True
    missing_prerequisites: Collection[str] = ()


def default_mode(*, is_own: bool, by_office: bool) -> EnrollmentMode:
    """The training office designates others; everyone else applies."""
    return EnrollmentMode.DESIGNATED if by_office and not is_own else EnrollmentMode.APPLIED


def check_applicant(*, is_own: bool, by_clerk: bool, by_office: bool, designated: bool) -> None:
    """People apply for themselves, clerks for their unit, the training office for anyone; only it designates."""
    if not (is_own or by_clerk or by_office):
        raise NotAllowedForEmployee
    if designated and not by_office:
        raise OnlyOfficeDesignates


def check_open(status: SessionStatus, *, accepts_applications: bool, designated: bool, over: bool) -> None:
    """Applications need the window; the training office may designate until the last meeting has ended."""
    if not designated and not accepts_applications:
        raise ApplicationsClosed
    if not is_running(status) or over:
        raise SessionNotRunning


def check_admission(eligibility: Eligibility) -> None:
    """Who cannot come is not admitted, however they enroll; a clash is found under the lock of the calendar."""
    if not eligibility.employed:
        raise NotEmployedDuringSession
    if eligibility.on_leave:
        raise OnLeaveDuringSession
    if not eligibility.targeted:
        raise NotInTargetGroup
    if eligibility.missing_prerequisites:
        raise MissingPrerequisite(course_codes=", ".join(sorted(eligibility.missing_prerequisites)))
