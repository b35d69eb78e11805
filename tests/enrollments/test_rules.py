"""Who applies, decides and withdraws, on plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.attendance.errors import AttendanceNotYetOpen
from app.catalog.enums import EnrollmentMode
from app.catalog.rules import Target, TargetFacts
from app.enrollments import rules
from app.enrollments import rules as enrollments_rules
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
from app.kit.problems import Forbidden
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, SessionFull, SessionNotRunning, StatusNotAllowed
from app.seats.rules import RESULTS

ANN, BEN, HEAD = uuid4(), uuid4(), uuid4()

START = datetime(2026, 6, 10, 4, tzinfo=UTC)

HERE = Situation(
    status=EnrollmentStatus.APPLIED,
    session_status=SessionStatus.PUBLISHED,
    starts_at=START,
    withdrawal_closes_at=START - timedelta(days=1),
    has_free_seat=True,
    now=START - timedelta(days=7),
    employee_id=ANN,
    caller_id=ANN,
    heads=frozenset({HEAD}),
    by_office=False,
    by_clerk=False,
    records_attendance=False,
    is_settled=False,
)

BY_HEAD = replace(HERE, caller_id=HEAD)

BY_OFFICE = replace(HERE, caller_id=None, by_office=True, records_attendance=True)


def test_a_head_in_office_decides() -> None:
    rules.check_approver(BY_HEAD)


def test_nobody_decides_on_the_own_application() -> None:
    with pytest.raises(OwnApplication):
        enrollments_rules.check_approver(replace(HERE, heads=frozenset({ANN, HEAD}), by_office=True))


def test_who_is_no_head_of_the_lineage_does_not_decide() -> None:
    with pytest.raises(NotHeadInOffice):
        enrollments_rules.check_approver(replace(HERE, caller_id=BEN))


def test_the_training_office_decides_only_when_no_other_head_can() -> None:
    with pytest.raises(NotHeadInOffice):
        enrollments_rules.check_approver(BY_OFFICE)
    enrollments_rules.check_approver(replace(BY_OFFICE, heads=frozenset()))
    enrollments_rules.check_approver(replace(BY_OFFICE, caller_id=BEN, heads=frozenset({ANN})))


def test_a_repeated_approval_says_that_it_is_done() -> None:
    with pytest.raises(AlreadyInState):
        rules.check_approval(replace(BY_HEAD, status=EnrollmentStatus.CONFIRMED))


def test_an_application_for_a_cancelled_session_is_not_approved() -> None:
    with pytest.raises(SessionNotRunning):
        rules.check_approval(replace(BY_HEAD, session_status=SessionStatus.CANCELLED))


def test_the_office_seats_somebody_who_waits_only_on_a_free_seat() -> None:
    waiting = replace(BY_OFFICE, status=EnrollmentStatus.WAITLISTED)
    enrollments_rules.check_approval(waiting)
    with pytest.raises(SessionFull):
        enrollments_rules.check_approval(replace(waiting, has_free_seat=False))
    with pytest.raises(NotHeadInOffice):
        enrollments_rules.check_approval(replace(waiting, by_office=False, caller_id=HEAD))


def test_a_head_declines_and_the_office_deselects() -> None:
    assert enrollments_rules.rejected(BY_HEAD) == EnrollmentStatus.DECLINED
    assert enrollments_rules.rejected(BY_OFFICE) == EnrollmentStatus.NOT_SELECTED
    assert (
        enrollments_rules.rejected(replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED))
        == EnrollmentStatus.NOT_SELECTED
    )
    with pytest.raises(NotHeadInOffice):
        enrollments_rules.rejected(replace(BY_HEAD, status=EnrollmentStatus.CONFIRMED))


@pytest.mark.parametrize("status", [EnrollmentStatus.DECLINED, EnrollmentStatus.NOT_SELECTED])
def test_a_repeated_rejection_says_that_it_is_done(status: EnrollmentStatus) -> None:
    with pytest.raises(AlreadyInState):
        rules.rejected(replace(BY_OFFICE, status=status))


def test_one_withdraws_until_the_deadline_and_leaves_the_queue_at_any_time() -> None:
    confirmed = replace(HERE, status=EnrollmentStatus.CONFIRMED)
    late = replace(confirmed, now=START - timedelta(hours=1))
    enrollments_rules.check_withdrawal(confirmed)
    with pytest.raises(WithdrawalClosed):
        enrollments_rules.check_withdrawal(late)
    enrollments_rules.check_withdrawal(replace(late, status=EnrollmentStatus.WAITLISTED))
    enrollments_rules.check_withdrawal(replace(late, by_office=True))


def test_without_a_deadline_one_withdraws_until_the_first_meeting() -> None:
    confirmed = replace(HERE, status=EnrollmentStatus.CONFIRMED, withdrawal_closes_at=None)
    enrollments_rules.check_withdrawal(replace(confirmed, now=START - timedelta(minutes=1)))
    with pytest.raises(WithdrawalClosed):
        enrollments_rules.check_withdrawal(replace(confirmed, now=START))


def test_a_head_does_not_withdraw_people() -> None:
    with pytest.raises(NotAllowedForEmployee):
        enrollments_rules.check_withdrawal(BY_HEAD)


def test_attendance_is_recorded_from_twelve_hours_before_and_only_of_the_seated() -> None:
    at_the_door = replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED, now=START - timedelta(hours=12))
    rules.check_attendance(at_the_door)
    with pytest.raises(AttendanceNotYetOpen):
        rules.check_attendance(replace(at_the_door, now=at_the_door.now - timedelta(seconds=1)))
    with pytest.raises(StatusNotAllowed):
        rules.check_attendance(replace(at_the_door, status=EnrollmentStatus.WAITLISTED))
    with pytest.raises(Forbidden):
        rules.check_attendance(replace(at_the_door, records_attendance=False))


def test_completion_waits_for_the_meetings_ahead() -> None:
    held = replace(BY_OFFICE, status=EnrollmentStatus.CONFIRMED, now=START + timedelta(hours=3))
    with pytest.raises(MeetingsAhead):
        enrollments_rules.check_completion(held)
    enrollments_rules.check_completion(replace(held, is_settled=True))


@pytest.mark.parametrize(
    ("here", "actions"),
    [
        (HERE, [EnrollmentAction.WITHDRAWAL]),
        (BY_HEAD, [EnrollmentAction.APPROVAL, EnrollmentAction.REJECTION]),
        (BY_OFFICE, [EnrollmentAction.REJECTION, EnrollmentAction.WITHDRAWAL]),
        (replace(HERE, caller_id=BEN), []),
        (replace(HERE, status=EnrollmentStatus.WITHDRAWN), []),
        (
            replace(BY_OFFICE, status=EnrollmentStatus.COMPLETED, now=START, is_settled=True),
            [EnrollmentAction.ATTENDANCE, EnrollmentAction.COMPLETION],
        ),
    ],
)
def test_what_is_offered_is_what_would_not_be_refused(here: Situation, actions: list[EnrollmentAction]) -> None:
    assert rules.allowed_actions(here) == actions


@pytest.mark.parametrize(
    "status",
    sorted(
        set(EnrollmentStatus)
        - RESULTS
        - {EnrollmentStatus.APPLIED, EnrollmentStatus.CONFIRMED, EnrollmentStatus.WAITLISTED}
    ),
)
def test_nothing_is_offered_on_what_is_over(status: EnrollmentStatus) -> None:
    assert rules.allowed_actions(replace(BY_OFFICE, status=status, heads=frozenset(), now=START)) == []


def test_people_apply_for_themselves_clerks_for_their_unit_and_the_office_designates() -> None:
    enrollments_rules.check_applicant(is_own=True, by_clerk=False, by_office=False, designated=False)
    enrollments_rules.check_applicant(is_own=False, by_clerk=True, by_office=False, designated=False)
    enrollments_rules.check_applicant(is_own=False, by_clerk=False, by_office=True, designated=True)
    with pytest.raises(NotAllowedForEmployee):
        enrollments_rules.check_applicant(is_own=False, by_clerk=False, by_office=False, designated=False)
    with pytest.raises(OnlyOfficeDesignates):
        enrollments_rules.check_applicant(is_own=True, by_clerk=True, by_office=False, designated=True)


def test_the_office_may_designate_outside_the_window_until_the_session_is_over() -> None:
    published = SessionStatus.PUBLISHED
    enrollments_rules.check_open(published, accepts_applications=False, designated=True, over=False)
    with pytest.raises(ApplicationsClosed):
        enrollments_rules.check_open(published, accepts_applications=False, designated=False, over=False)
    with pytest.raises(SessionNotRunning):
        enrollments_rules.check_open(published, accepts_applications=False, designated=True, over=True)
    with pytest.raises(SessionNotRunning):
        enrollments_rules.check_open(SessionStatus.CANCELLED, accepts_applications=False, designated=True, over=False)


def test_who_is_not_employed_on_every_day_cannot_come() -> None:
    with pytest.raises(NotEmployedDuringSession):
        enrollments_rules.check_admission(Eligibility(employed=False, away=False), designated=True)


def test_leave_bars_designation_but_not_an_application() -> None:
    away = Eligibility(employed=True, away=True)
    with pytest.raises(OnLeaveDuringSession):
        enrollments_rules.check_admission(away, designated=True)
    enrollments_rules.check_admission(away, designated=False)


def test_a_missing_prerequisite_is_named() -> None:
    known = Eligibility(employed=True, away=False, missing_prerequisites=("DX-2", "DX-1"))
    with pytest.raises(MissingPrerequisite) as refused:
        enrollments_rules.check_admission(known, designated=False)
    assert "DX-1, DX-2" in refused.value.detail("en")


def test_outside_the_target_one_may_apply_unless_the_course_is_by_designation() -> None:
    facts = TargetFacts(
        role_codes=["general"], position_ranks=["staff"], job_category="administrative", years_of_service=3
    )
    leaders, everyone = Target(role_codes=["leader"]), Target()
    enrollments_rules.check_target(leaders, facts, EnrollmentMode.APPLIED)
    enrollments_rules.check_target(everyone, facts, EnrollmentMode.DESIGNATED)
    with pytest.raises(NotInTargetGroup):
        enrollments_rules.check_target(leaders, facts, EnrollmentMode.DESIGNATED)
