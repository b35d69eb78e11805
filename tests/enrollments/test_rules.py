"""Who may apply, decide and withdraw, on plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.enrollments import rules
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
from app.enrollments.rules import Eligibility, Situation
from app.kit.problems import Conflict, Forbidden
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, AttendanceNotYetOpen, SessionFull, SessionNotRunning, StatusNotAllowed
from app.seats.rules import RESULTS

ANN, BEN, HEAD = uuid4(), uuid4(), uuid4()

START = datetime(2026, 6, 10, 4, tzinfo=UTC)

END = START + timedelta(hours=2)

BY_EMPLOYEE = Situation(
    status=EnrollmentStatus.APPLIED,
    session_status=SessionStatus.PUBLISHED,
    starts_at=START,
    ends_at=END,
    withdrawal_closes_at=START - timedelta(days=1),
    has_free_seat=True,
    now=START - timedelta(days=7),
    employee_id=ANN,
    caller_id=ANN,
    heads=frozenset({HEAD}),
    by_office=False,
    by_clerk=False,
    records_attendance=False,
)

BY_HEAD = replace(BY_EMPLOYEE, caller_id=HEAD)

BY_OFFICE = replace(BY_EMPLOYEE, caller_id=None, by_office=True, records_attendance=True)


def test_a_head_in_office_decides() -> None:
    rules.check_approver(BY_HEAD)


def test_nobody_decides_their_own_application() -> None:
    with pytest.raises(OwnApplication):
        rules.check_approver(replace(BY_EMPLOYEE, heads=frozenset({ANN, HEAD}), by_office=True))


def test_only_heads_of_the_lineage_decide() -> None:
    with pytest.raises(NotHeadInOffice):
        rules.check_approver(replace(BY_EMPLOYEE, caller_id=BEN))


def test_the_training_office_decides_only_when_no_other_head_can() -> None:
    with pytest.raises(NotHeadInOffice):
        rules.check_approver(BY_OFFICE)
    rules.check_approver(replace(BY_OFFICE, heads=frozenset()))
    rules.check_approver(replace(BY_OFFICE, caller_id=BEN, heads=frozenset({ANN})))


def test_a_repeated_approval_is_already_in_state() -> None:
    with pytest.raises(AlreadyInState):
        rules.check_approval(replace(BY_HEAD, status=EnrollmentStatus.CONFIRMED))


def test_an_application_for_a_cancelled_session_is_not_approved() -> None:
    with pytest.raises(SessionNotRunning):
        rules.check_approval(replace(BY_HEAD, session_status=SessionStatus.CANCELLED))


def test_the_training_office_promotes_only_to_a_free_seat() -> None:
    waiting = replace(BY_OFFICE, status=EnrollmentStatus.WAITLISTED)
    rules.check_approval(waiting)
    with pytest.raises(SessionFull):
        rules.check_approval(replace(waiting, has_free_seat=False))
    with pytest.raises(NotHeadInOffice):
        rules.check_approval(replace(waiting, by_office=False, caller_id=HEAD))


def test_a_head_declines_and_the_training_office_deselects() -> None:
    assert rules.rejection_status(BY_HEAD) == EnrollmentStatus.DECLINED
    assert rules.rejection_status(BY_OFFICE) == EnrollmentStatus.NOT_SELECTED
    assert (
        rules.rejection_status(replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED)) == EnrollmentStatus.NOT_SELECTED
    )
    with pytest.raises(NotHeadInOffice):
        rules.rejection_status(replace(BY_HEAD, status=EnrollmentStatus.CONFIRMED))


@pytest.mark.parametrize("status", [EnrollmentStatus.DECLINED, EnrollmentStatus.NOT_SELECTED])
def test_a_repeated_rejection_is_already_in_state(status: EnrollmentStatus) -> None:
    with pytest.raises(AlreadyInState):
        rules.rejection_status(replace(BY_OFFICE, status=status))


def test_people_withdraw_until_the_deadline_and_leave_the_waiting_list_at_any_time() -> None:
    confirmed = replace(BY_EMPLOYEE, status=EnrollmentStatus.CONFIRMED)
    late = replace(confirmed, now=START - timedelta(hours=1))
    rules.check_withdrawal(confirmed)
    with pytest.raises(WithdrawalClosed):
        rules.check_withdrawal(late)
    rules.check_withdrawal(replace(late, status=EnrollmentStatus.WAITLISTED))
    rules.check_withdrawal(replace(late, by_office=True))


def test_without_a_deadline_people_withdraw_until_the_first_meeting() -> None:
    confirmed = replace(BY_EMPLOYEE, status=EnrollmentStatus.CONFIRMED, withdrawal_closes_at=None)
    rules.check_withdrawal(replace(confirmed, now=START - timedelta(minutes=1)))
    with pytest.raises(WithdrawalClosed):
        rules.check_withdrawal(replace(confirmed, now=START))


def test_a_head_cannot_withdraw_people() -> None:
    with pytest.raises(NotAllowedForEmployee):
        rules.check_withdrawal(BY_HEAD)


def test_attendance_needs_a_seat_and_opens_twelve_hours_before() -> None:
    at_opening = replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED, now=START - timedelta(hours=12))
    rules.check_attendance(at_opening)
    with pytest.raises(AttendanceNotYetOpen):
        rules.check_attendance(replace(at_opening, now=at_opening.now - timedelta(seconds=1)))
    with pytest.raises(StatusNotAllowed):
        rules.check_attendance(replace(at_opening, status=EnrollmentStatus.WAITLISTED))
    with pytest.raises(Forbidden):
        rules.check_attendance(replace(at_opening, records_attendance=False))


def test_completion_waits_for_the_end_of_the_last_meeting() -> None:
    held = replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED, now=END - timedelta(seconds=1))
    with pytest.raises(MeetingsAhead):
        rules.check_completion(held)
    rules.check_completion(replace(held, now=END))


@pytest.mark.parametrize(
    ("situation", "actions"),
    [
        (BY_EMPLOYEE, [EnrollmentAction.WITHDRAWAL]),
        (BY_HEAD, [EnrollmentAction.APPROVAL, EnrollmentAction.REJECTION]),
        (BY_OFFICE, [EnrollmentAction.REJECTION, EnrollmentAction.WITHDRAWAL]),
        (replace(BY_EMPLOYEE, caller_id=BEN), []),
        (replace(BY_EMPLOYEE, status=EnrollmentStatus.WITHDRAWN), []),
        (
            replace(BY_OFFICE, status=EnrollmentStatus.COMPLETED, now=END),
            [EnrollmentAction.ATTENDANCE, EnrollmentAction.COMPLETION],
        ),
    ],
)
def test_allowed_actions_are_those_that_would_not_be_refused(
    situation: Situation, actions: list[EnrollmentAction]
) -> None:
    assert rules.allowed_actions(situation) == actions


@pytest.mark.parametrize(
    "status",
    sorted(
        set(EnrollmentStatus)
        - RESULTS
        - {EnrollmentStatus.APPLIED, EnrollmentStatus.CONFIRMED, EnrollmentStatus.WAITLISTED}
    ),
)
def test_final_statuses_allow_no_action(status: EnrollmentStatus) -> None:
    assert rules.allowed_actions(replace(BY_OFFICE, status=status, heads=frozenset(), now=START)) == []


def test_who_may_apply_for_whom_and_who_designates() -> None:
    rules.check_applicant(is_own=True, by_clerk=False, by_office=False, designated=False)
    rules.check_applicant(is_own=False, by_clerk=True, by_office=False, designated=False)
    rules.check_applicant(is_own=False, by_clerk=False, by_office=True, designated=True)
    with pytest.raises(NotAllowedForEmployee):
        rules.check_applicant(is_own=False, by_clerk=False, by_office=False, designated=False)
    with pytest.raises(OnlyOfficeDesignates):
        rules.check_applicant(is_own=True, by_clerk=True, by_office=False, designated=True)


def test_designation_is_possible_outside_the_window_until_the_session_is_over() -> None:
    published = SessionStatus.PUBLISHED
    rules.check_open(published, accepts_applications=False, designated=True, over=False)
    with pytest.raises(ApplicationsClosed):
        rules.check_open(published, accepts_applications=False, designated=False, over=False)
    with pytest.raises(SessionNotRunning):
        rules.check_open(published, accepts_applications=False, designated=True, over=True)
    with pytest.raises(SessionNotRunning):
        rules.check_open(SessionStatus.CANCELLED, accepts_applications=False, designated=True, over=False)


@pytest.mark.parametrize(
    ("eligibility", "error"),
    [
        (Eligibility(employed=False), NotEmployedDuringSession),
        (Eligibility(on_leave=True), OnLeaveDuringSession),
        (Eligibility(targeted=False), NotInTargetGroup),
    ],
)
def test_who_cannot_come_is_not_admitted(eligibility: Eligibility, error: type[Conflict]) -> None:
    rules.check_admission(Eligibility())
    with pytest.raises(error):
        rules.check_admission(eligibility)


def test_a_missing_prerequisite_is_named() -> None:
    with pytest.raises(MissingPrerequisite) as refused:
        rules.check_admission(Eligibility(missing_prerequisites=("DX-2", "DX-1")))
    assert "DX-1, DX-2" in refused.value.detail("en")
