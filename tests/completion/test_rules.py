"""Results, their minutes and their days, on plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import CompletionRule
from app.completion import rules
from app.completion.errors import (
    CompletionDateOutOfRange,
    CompletionDateWithoutCompletion,
    CorrectionReasonRequired,
    OverrideReasonRequired,
)
from app.completion.rules import Decided, MeetingAttendance
from app.kit import clock
from app.kit.problems import Invalid
from app.seats.enums import Attendance, EnrollmentStatus
from app.seats.rules import ATTENDED, EnrollmentState


def at(day: date, hour: int) -> datetime:
    """The hour of a day in Tokyo."""
    return clock.start_of(day) + timedelta(hours=hour)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

JUNE = date(2025, 6, 10)

LONG_AFTER = at(date(2026, 11, 27), 9)

FULL = CompletionRule()

HALF = CompletionRule(minimum_attendance_percent=50)

TEST = CompletionRule(minimum_attendance_percent=50, needs_test=True, minimum_score=60)

UNDECIDED = Decided()


AFTERNOON = at(JUNE, 13)


def meeting(
    attendance: Attendance | None, recorded: int | None = None, start: datetime = AFTERNOON, hours: int = 2
) -> MeetingAttendance:
    return MeetingAttendance(attendance, recorded, start, start + hours * HOUR)


PRESENT, ABSENT = meeting(Attendance.PRESENT), meeting(Attendance.ABSENT, 0)

EXCUSED, UNRECORDED = meeting(Attendance.EXCUSED, 0), meeting(None)


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


@pytest.mark.parametrize(
    ("noted", "hours", "minutes"),
    [
        (meeting(Attendance.PRESENT, 119), 2, 119),
        (meeting(Attendance.PRESENT, None), 3, 180),
        (meeting(Attendance.PRESENT, 119), 1, 60),
        (meeting(Attendance.LATE, 100), 1, 60),
        (meeting(Attendance.ABSENT, 0), 1, 0),
        (meeting(None, None), 1, 0),
    ],
)
def test_minutes_are_capped_by_the_meeting_as_it_was_in_the_end(
    noted: MeetingAttendance, hours: int, minutes: int
) -> None:
    assert replace(noted, ends_at=noted.starts_at + hours * HOUR).minutes == minutes


@pytest.mark.parametrize(
    ("starts_at", "hours", "day"),
    [
        (at(JUNE, 13), 2, JUNE),
        (at(JUNE, 22), 3, JUNE + DAY),
        (at(JUNE, 22), 2, JUNE),
        (datetime(2025, 3, 31, 14, 30, tzinfo=UTC), 1, date(2025, 4, 1)),
    ],
)
def test_a_meeting_belongs_to_the_day_in_tokyo_on_which_it_ends(starts_at: datetime, hours: int, day: date) -> None:
    assert meeting(Attendance.PRESENT, None, starts_at, hours).day == day


def test_the_default_day_is_that_of_the_last_meeting_attended() -> None:
    first, second = meeting(Attendance.PRESENT), meeting(Attendance.ABSENT, 0, at(JUNE + DAY, 13))
    assert rules.default_day([second, first]) == JUNE
    assert rules.default_day([replace(first, attendance=Attendance.ABSENT), second]) == JUNE + DAY


def test_nothing_is_assessed_while_a_meeting_lies_ahead_not_even_by_a_person() -> None:
    ahead = [PRESENT, meeting(Attendance.PRESENT, None, LONG_AFTER - HOUR)]
    for decided in (UNDECIDED, Decided(EnrollmentStatus.COMPLETED), Decided(EnrollmentStatus.ABSENT)):
        reopened = rules.assess(FULL, ahead, decided, score=70, now=LONG_AFTER)
        assert reopened == EnrollmentState(EnrollmentStatus.CONFIRMED, score=70)
    over = rules.assess(FULL, ahead, UNDECIDED, score=None, now=LONG_AFTER + HOUR)
    assert over == EnrollmentState(EnrollmentStatus.COMPLETED, ahead[1].day)


def test_a_decided_day_stays_until_the_meetings_pass_it() -> None:
    decided = Decided(completed_on=JUNE + 3 * DAY)
    moved = meeting(Attendance.PRESENT, None, at(JUNE + 5 * DAY, 13))
    days = [rules.assess(FULL, [one], decided, score=None, now=LONG_AFTER).completed_on for one in (PRESENT, moved)]
    assert days == [JUNE + 3 * DAY, JUNE + 5 * DAY]


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (JUNE - DAY, CompletionDateOutOfRange),
        (JUNE, None),
        (LONG_AFTER.date(), None),
        (LONG_AFTER.date() + DAY, CompletionDateOutOfRange),
    ],
)
def test_a_day_lies_between_the_last_meeting_attended_and_today(day: date, refused: type[Invalid] | None) -> None:
    today = clock.day_of(LONG_AFTER)
    with pytest.raises(CompletionDateWithoutCompletion):
        rules.check_day(day, EnrollmentStatus.ABSENT, [PRESENT], today=today)
    if refused is None:
        rules.check_day(day, EnrollmentStatus.COMPLETED, [PRESENT], today=today)
    else:
        with pytest.raises(refused):
            rules.check_day(day, EnrollmentStatus.COMPLETED, [PRESENT], today=today)


def test_what_a_person_decides_or_corrects_needs_a_reason() -> None:
    rules.check_reason(None, overrides=False, decides_day=False, corrects=False)
    rules.check_reason("訂正", overrides=True, decides_day=True, corrects=True)
    with pytest.raises(OverrideReasonRequired):
        rules.check_reason(None, overrides=True, decides_day=True, corrects=True)
    for decides_day, corrects in ((True, False), (False, True)):
        with pytest.raises(CorrectionReasonRequired):
            rules.check_reason(None, overrides=False, decides_day=decides_day, corrects=corrects)


STARTS = st.integers(0, 400 * 24).map(lambda hours: at(JUNE, 0) + hours * HOUR)

MEETINGS = st.lists(
    st.builds(
        meeting,
        st.one_of(st.none(), st.sampled_from(Attendance)),
        st.one_of(st.none(), st.integers(0, 600)),
        STARTS,
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=5,
)

RULES = st.builds(CompletionRule, st.integers(0, 100))

DECISIONS = st.builds(
    Decided,
    st.sampled_from([None, EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT]),
    st.one_of(st.none(), st.dates(JUNE - 400 * DAY, JUNE + 800 * DAY)),
)

NOW = STARTS.map(lambda start: start + 200 * DAY)


@given(RULES, MEETINGS, DECISIONS, NOW)
def test_the_day_is_never_before_the_last_meeting_attended(
    rule: CompletionRule, meetings: list[MeetingAttendance], decided: Decided, now: datetime
) -> None:
    day = rules.assess(rule, meetings, decided, score=None, now=now).completed_on
    ends = [clock.day_of(one.ends_at - timedelta(microseconds=1)) for one in meetings if one.attendance in ATTENDED]
    earliest = max(ends or [clock.day_of(max(one.ends_at for one in meetings) - timedelta(microseconds=1))])
    assert day is None or day == max(earliest, decided.completed_on or earliest)


@given(RULES, MEETINGS, DECISIONS, NOW)
def test_nobody_has_a_result_before_the_last_meeting_has_ended(
    rule: CompletionRule, meetings: list[MeetingAttendance], decided: Decided, now: datetime
) -> None:
    status = rules.assess(rule, meetings, decided, score=None, now=now).status
    assert (status == EnrollmentStatus.CONFIRMED) == (now < max(one.ends_at for one in meetings))


@given(RULES, MEETINGS, st.booleans(), NOW)
def test_assessing_twice_changes_nothing(
    rule: CompletionRule, meetings: list[MeetingAttendance], by_person: bool, now: datetime
) -> None:
    """What the first result leaves behind, a decided status or none, gives the same result again."""
    first = rules.assess(rule, meetings, UNDECIDED, score=None, now=now)
    decided = Decided(first.status if by_person and first.status != EnrollmentStatus.CONFIRMED else None)
    assert rules.assess(rule, meetings, decided, score=first.score, now=now) == first


@given(RULES, MEETINGS.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))), DECISIONS, NOW)
def test_the_order_in_which_attendance_was_recorded_does_not_matter(
    rule: CompletionRule,
    orders: tuple[list[MeetingAttendance], list[MeetingAttendance]],
    decided: Decided,
    now: datetime,
) -> None:
    one, other = (rules.assess(rule, order, decided, score=None, now=now) for order in orders)
    assert one == other


@given(MEETINGS)
def test_nobody_attends_longer_than_the_meeting(meetings: list[MeetingAttendance]) -> None:
    assert all(0 <= one.minutes <= one.length for one in meetings)
