"""Minutes counted and the results that follow, on plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance import rules
from app.attendance.errors import InvalidMinutes, MissingMinutes
from app.attendance.rules import MeetingAttendance
from app.catalog.rules import CompletionRule
from app.kit.problems import Invalid
from app.seats.enums import Attendance, EnrollmentStatus

HALF = CompletionRule(minimum_attendance_percent=50)

TEST = CompletionRule(minimum_attendance_percent=50, needs_test=True, minimum_score=60)

PRESENT = MeetingAttendance(Attendance.PRESENT, 120, 120)

ABSENT = MeetingAttendance(Attendance.ABSENT, 0, 120)

EXCUSED = MeetingAttendance(Attendance.EXCUSED, 0, 120)

UNRECORDED = MeetingAttendance(None, 0, 120)


@pytest.mark.parametrize(
    ("attendance", "given_minutes", "counted"),
    [
        (Attendance.PRESENT, None, 120),
        (Attendance.PRESENT, 90, 90),
        (Attendance.LATE, 100, 100),
        (Attendance.LEFT_EARLY, 0, 0),
        (Attendance.ABSENT, None, 0),
        (Attendance.EXCUSED, 0, 0),
    ],
)
def test_minutes_are_counted_by_attendance(attendance: Attendance, given_minutes: int | None, counted: int) -> None:
    assert rules.minutes_counted(attendance, given_minutes, length=120) == counted


@pytest.mark.parametrize("attendance", [Attendance.LATE, Attendance.LEFT_EARLY])
def test_partial_attendance_needs_minutes(attendance: Attendance) -> None:
    with pytest.raises(MissingMinutes):
        rules.minutes_counted(attendance, None, length=120)


@pytest.mark.parametrize(("attendance", "minutes"), [(Attendance.PRESENT, 121), (Attendance.ABSENT, 1)])
def test_impossible_minutes_are_refused(attendance: Attendance, minutes: int) -> None:
    with pytest.raises(InvalidMinutes):
        rules.minutes_counted(attendance, minutes, length=120)


@given(st.sampled_from(Attendance), st.one_of(st.none(), st.integers(0, 1440)), st.integers(1, 1440))
def test_nobody_attends_longer_than_the_meeting(attendance: Attendance, minutes: int | None, length: int) -> None:
    try:
        assert 0 <= rules.minutes_counted(attendance, minutes, length=length) <= length
    except Invalid:
        return


@pytest.mark.parametrize(
    ("meetings", "score", "rule", "result"),
    [
        ([PRESENT, PRESENT], None, HALF, EnrollmentStatus.COMPLETED),
        ([PRESENT, ABSENT], None, HALF, EnrollmentStatus.COMPLETED),
        ([PRESENT, ABSENT, ABSENT], None, HALF, EnrollmentStatus.NOT_COMPLETED),
        ([ABSENT, ABSENT], None, HALF, EnrollmentStatus.ABSENT),
        ([ABSENT, UNRECORDED], None, HALF, EnrollmentStatus.ABSENT),
        ([EXCUSED, ABSENT], None, HALF, EnrollmentStatus.NOT_COMPLETED),
        ([PRESENT], None, TEST, EnrollmentStatus.NOT_COMPLETED),
        ([PRESENT], 59, TEST, EnrollmentStatus.NOT_COMPLETED),
        ([PRESENT], 60, TEST, EnrollmentStatus.COMPLETED),
    ],
)
def test_the_outcome_follows_the_rule(
    meetings: list[MeetingAttendance], score: int | None, rule: CompletionRule, result: EnrollmentStatus
) -> None:
    assert rules.outcome(rule, meetings, score=score) == result
