"""Schedules and the life cycle of a session, on plain values."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course_sessions import rules
from app.course_sessions.enums import SessionAction
from app.course_sessions.errors import (
    ApplicationClosesTooLate,
    ApplicationWindowOrderInvalid,
    FiscalYearMismatch,
    MeetingOrderInvalid,
    OverlappingMeetings,
    SessionCannotClose,
    SessionNotDraft,
    WithdrawalClosesTooLate,
)
from app.course_sessions.rules import Meeting, Schedule
from app.kit.problems import Conflict, Invalid
from app.seats.enums import SessionStatus
from app.seats.rules import accepts_applications

START = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)

HOUR = timedelta(hours=1)


def schedule(*hours: tuple[int, int], opens: int = -48, closes: int = -24, withdrawal: int | None = None) -> Schedule:
    """Meetings and windows as hours from the start."""
    return Schedule(
        meetings=tuple(Meeting(START + HOUR * start, START + HOUR * end) for start, end in hours),
        application_opens_at=START + HOUR * opens,
        application_closes_at=START + HOUR * closes,
        withdrawal_closes_at=None if withdrawal is None else START + HOUR * withdrawal,
    )


def test_a_valid_schedule_passes_in_any_order_of_meetings() -> None:
    valid = schedule((24, 26), (0, 2), withdrawal=-1)
    rules.check_schedule(valid, fiscal_year=None)
    assert (valid.starts_at, valid.ends_at) == (START, START + 26 * HOUR)


def test_meetings_may_touch_and_applications_may_close_at_the_start() -> None:
    rules.check_schedule(schedule((0, 2), (2, 3), closes=0, withdrawal=0), fiscal_year=2026)


@pytest.mark.parametrize(
    ("wrong", "error", "pointer"),
    [
        (schedule((0, 2), (5, 5)), MeetingOrderInvalid, "/meetings/1/ends_at"),
        (schedule((0, 4), (1, 2)), OverlappingMeetings, "/meetings/1/starts_at"),
        (schedule((3, 5), (0, 4)), OverlappingMeetings, "/meetings/0/starts_at"),
        (schedule((0, 2), opens=-24, closes=-24), ApplicationWindowOrderInvalid, "/application_closes_at"),
        (schedule((0, 2), closes=1), ApplicationClosesTooLate, "/application_closes_at"),
        (schedule((0, 2), withdrawal=1), WithdrawalClosesTooLate, "/withdrawal_closes_at"),
    ],
)
def test_an_invalid_schedule_names_the_field(wrong: Schedule, error: type[Exception], pointer: str) -> None:
    with pytest.raises(error) as raised:
        rules.check_schedule(wrong, fiscal_year=None)
    assert isinstance(raised.value, Invalid)
    assert raised.value.fields[0].pointer == pointer


def test_the_fiscal_year_is_that_of_the_first_day_in_tokyo() -> None:
    before_midnight_utc = datetime(2025, 3, 31, 23, 30, tzinfo=UTC)  # 1 April 08:30 in Tokyo
    year_turn = Schedule(
        meetings=(Meeting(before_midnight_utc, before_midnight_utc + HOUR),),
        application_opens_at=before_midnight_utc - 2 * HOUR,
        application_closes_at=before_midnight_utc - HOUR,
    )
    assert year_turn.fiscal_year == 2025
    rules.check_schedule(year_turn, fiscal_year=2025)
    with pytest.raises(FiscalYearMismatch):
        rules.check_schedule(year_turn, fiscal_year=2024)


@pytest.mark.parametrize("status", [status for status in SessionStatus if status != SessionStatus.DRAFT])
def test_only_a_draft_is_published(status: SessionStatus) -> None:
    assert rules.published(SessionStatus.DRAFT) == SessionStatus.PUBLISHED
    with pytest.raises(SessionNotDraft):
        rules.published(status)


def test_closing_ends_applications_and_after_the_last_meeting_marks_as_held() -> None:
    during, after = START, START + 2 * HOUR
    assert rules.closed(SessionStatus.PUBLISHED, ends_at=after, now=during) == SessionStatus.CLOSED
    assert rules.closed(SessionStatus.CLOSED, ends_at=after, now=after) == SessionStatus.HELD
    assert rules.closed(SessionStatus.PUBLISHED, ends_at=after, now=after) == SessionStatus.HELD
    for status in (SessionStatus.DRAFT, SessionStatus.CLOSED, SessionStatus.HELD, SessionStatus.CANCELLED):
        with pytest.raises(SessionCannotClose):
            rules.closed(status, ends_at=after, now=during)


@given(status=st.sampled_from(SessionStatus), hours=st.integers(-5, 5), retired=st.booleans())
def test_allowed_actions_are_those_that_the_rules_accept(status: SessionStatus, hours: int, retired: bool) -> None:
    now, starts_at = START + HOUR * hours, START - 2 * HOUR
    offered = rules.session_actions(status, starts_at=starts_at, ends_at=START, offered=not retired, now=now)
    published = not retired and _accepts(lambda: rules.published(status))
    reopened = not retired and _accepts(lambda: rules.reopened(status, starts_at=starts_at, now=now))
    assert (SessionAction.PUBLICATION in offered, SessionAction.REOPENING in offered) == (published, reopened)
    assert (SessionAction.CLOSING in offered) is _accepts(lambda: rules.closed(status, ends_at=START, now=now))
    assert (SessionAction.CANCELLATION in offered) is _accepts(lambda: rules.cancelled(status))


def test_attendance_is_allowed_from_twelve_hours_before_if_somebody_has_a_seat() -> None:
    opens = START - HOUR * 12
    assert rules.attendance_actions(START, seats_taken=1, now=opens) == [SessionAction.ATTENDANCE]
    assert rules.attendance_actions(START, seats_taken=1, now=opens - timedelta(seconds=1)) == []
    assert rules.attendance_actions(START, seats_taken=0, now=START) == []


def _accepts(decide: Callable[[], object]) -> bool:
    try:
        decide()
    except Conflict:
        return False
    return True


@pytest.mark.parametrize(("hours", "expected"), [(-49, False), (-48, True), (-25, True), (-24, False)])
def test_a_published_session_accepts_applications_within_its_window(hours: int, expected: bool) -> None:
    opens, closes, now = START - 48 * HOUR, START - 24 * HOUR, START + HOUR * hours
    assert accepts_applications(SessionStatus.PUBLISHED, opens, closes, now) is expected
    assert not accepts_applications(SessionStatus.DRAFT, opens, closes, now)
