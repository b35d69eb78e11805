"""The life of a survey, and which responses it accepts."""

from datetime import UTC, datetime, timedelta

import pytest

from app.surveys import rules
from app.surveys.enums import (
    Identification,
    QuestionType,
    ResponseTiming,
    SurveyAction,
    SurveyKind,
    SurveyStatus,
)
from app.surveys.errors import (
    AnsweredAnonymously,
    PairTokenNotExpected,
    SessionNotMatchingKind,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyOfCancelledSession,
    SurveyWindowOrderInvalid,
    SurveyWithoutQuestions,
)
from app.surveys.questions import Question
from app.surveys.rules import Window

NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", SurveyKind)
def test_a_baseline_has_no_session_and_other_kinds_need_one(kind: SurveyKind) -> None:
    rules.check_kind(kind, has_session=kind != SurveyKind.BASELINE)
    with pytest.raises(SessionNotMatchingKind):
        rules.check_kind(kind, has_session=kind == SurveyKind.BASELINE)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "valid"),
    [
        (None, None, None, True),
        (0, 1, 2, True),
        (0, 0, 2, True),
        (None, 2, 2, True),
        (0, None, 0, False),
        (1, 0, None, False),
        (0, 2, 1, False),
    ],
)
def test_a_window_has_its_times_in_order(opens: int | None, due: int | None, closes: int | None, valid: bool) -> None:
    window = Window(*(None if hours is None else NOON + hours * HOUR for hours in (opens, due, closes)))
    if valid:
        window.check()
    else:
        with pytest.raises(SurveyWindowOrderInvalid):
            window.check()


def test_responses_are_accepted_from_the_opening_to_just_before_the_close() -> None:
    window = Window(opens_at=NOON, closes_at=NOON + HOUR)
    at = {
        minutes: rules.accepts_responses(SurveyStatus.OPEN, window, NOON + minutes * HOUR / 60)
        for minutes in (-1, 0, 59, 60)
    }
    assert at == {-1: False, 0: True, 59: True, 60: False}
    assert not rules.accepts_responses(SurveyStatus.DRAFT, Window(), NOON)
    assert not rules.accepts_responses(SurveyStatus.CLOSED, Window(), NOON)


def test_a_survey_is_settled_when_closed() -> None:
    assert [status for status in SurveyStatus if rules.is_settled(status)] == [SurveyStatus.CLOSED]


def test_only_named_surveys_remember_after_the_close_who_has_answered() -> None:
    forgets = [
        (identification, status)
        for identification in Identification
        for status in SurveyStatus
        if rules.forgets_people(identification, status)
    ]
    assert forgets == [
        (Identification.PSEUDONYMOUS, SurveyStatus.CLOSED),
        (Identification.ANONYMOUS, SurveyStatus.CLOSED),
    ]


def test_answers_leave_the_box_by_groups_and_a_group_stays_to_mix_with() -> None:
    assert {waiting: rules.released(waiting, 5) for waiting in (0, 1, 9, 10, 11, 14)} == {
        0: 0,
        1: 0,
        9: 0,
        10: 5,
        11: 5,
        14: 5,
    }


def test_a_survey_only_goes_from_draft_to_open_to_closed() -> None:
    assert rules.opened(SurveyStatus.DRAFT, questions=1, session_cancelled=False) == SurveyStatus.OPEN
    assert rules.closed(SurveyStatus.OPEN) == SurveyStatus.CLOSED
    for status in (SurveyStatus.OPEN, SurveyStatus.CLOSED):
        with pytest.raises(SurveyNotDraft):
            rules.opened(status, questions=1, session_cancelled=False)
    for status in (SurveyStatus.DRAFT, SurveyStatus.CLOSED):
        with pytest.raises(SurveyNotOpen):
            rules.closed(status)


def test_a_survey_without_questions_or_of_a_cancelled_session_cannot_be_opened() -> None:
    with pytest.raises(SurveyWithoutQuestions):
        rules.opened(SurveyStatus.DRAFT, questions=0, session_cancelled=False)
    with pytest.raises(SurveyOfCancelledSession):
        rules.opened(SurveyStatus.DRAFT, questions=1, session_cancelled=True)


def test_the_next_action_follows_from_the_status() -> None:
    openings = [
        rules.Opening(status, Identification.NAMED, [Question("q", QuestionType.FREE_TEXT)]) for status in SurveyStatus
    ]
    assert [rules.actions(opening) for opening in openings] == [[SurveyAction.OPENING], [SurveyAction.CLOSING], []]
    assert rules.actions(rules.Opening(SurveyStatus.DRAFT, Identification.NAMED, [])) == []


def timing(
    kind: SurveyKind, at: datetime, due: datetime | None = None, starts: datetime | None = NOON
) -> ResponseTiming:
    return rules.timing(kind, Window(due_at=due), session_starts_at=starts, now=at)


def test_a_pre_response_once_the_first_meeting_has_started_is_marked() -> None:
    assert timing(SurveyKind.PRE, NOON - timedelta(seconds=1)) == ResponseTiming.ON_TIME
    assert timing(SurveyKind.PRE, NOON) == ResponseTiming.AFTER_START
    assert timing(SurveyKind.POST, NOON + HOUR) == ResponseTiming.ON_TIME


def test_a_response_after_the_due_time_is_late() -> None:
    assert timing(SurveyKind.POST, NOON, due=NOON) == ResponseTiming.ON_TIME
    assert timing(SurveyKind.POST, NOON + HOUR, due=NOON) == ResponseTiming.LATE
    assert timing(SurveyKind.BASELINE, NOON + HOUR, due=NOON, starts=None) == ResponseTiming.LATE


def test_only_anonymous_surveys_accept_a_token() -> None:
    rules.check_token(Identification.ANONYMOUS, "token")
    rules.check_token(Identification.NAMED, None)
    with pytest.raises(PairTokenNotExpected):
        rules.check_token(Identification.PSEUDONYMOUS, "token")


def test_an_anonymous_response_is_only_replaced_with_its_token() -> None:
    rules.check_holder(first=True, known=False)
    rules.check_holder(first=False, known=True)
    with pytest.raises(AnsweredAnonymously):
        rules.check_holder(first=False, known=False)


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, 33), (2, 3, 67), (1, 8, 13), (0, 5, 0), (5, 5, 100)])
def test_percentages_are_whole_and_round_half_up(part: int, whole: int, percent: int) -> None:
    assert rules.percent(part, whole) == percent


def test_there_is_no_percentage_of_nobody() -> None:
    assert rules.percent(0, 0) is None
