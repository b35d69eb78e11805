"""Minutes recorded, on plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance import rules
from app.attendance.errors import InvalidMinutes, MissingMinutes
from app.kit.problems import Invalid
from app.seats.enums import Attendance


@pytest.mark.parametrize(
    ("attendance", "given_minutes", "recorded"),
    [
        (Attendance.PRESENT, None, None),
        (Attendance.PRESENT, 90, 90),
        (Attendance.LATE, 100, 100),
        (Attendance.LEFT_EARLY, 0, 0),
        (Attendance.ABSENT, None, 0),
        (Attendance.EXCUSED, 0, 0),
    ],
)
def test_minutes_are_recorded_by_attendance(
    attendance: Attendance, given_minutes: int | None, recorded: int | None
) -> None:
    assert rules.minutes_to_record(attendance, given_minutes, length=120) == recorded


@pytest.mark.parametrize("attendance", [Attendance.LATE, Attendance.LEFT_EARLY])
def test_partial_attendance_needs_minutes(attendance: Attendance) -> None:
    with pytest.raises(MissingMinutes):
        rules.minutes_to_record(attendance, None, length=120)


@pytest.mark.parametrize(("attendance", "minutes"), [(Attendance.PRESENT, 121), (Attendance.ABSENT, 1)])
def test_impossible_minutes_are_refused(attendance: Attendance, minutes: int) -> None:
    with pytest.raises(InvalidMinutes):
        rules.minutes_to_record(attendance, minutes, length=120)


@given(st.sampled_from(Attendance), st.one_of(st.none(), st.integers(0, 1440)), st.integers(1, 1440))
def test_nobody_is_recorded_longer_than_the_meeting(attendance: Attendance, minutes: int | None, length: int) -> None:
    try:
        assert 0 <= (rules.minutes_to_record(attendance, minutes, length=length) or 0) <= length
    except Invalid:
        return
