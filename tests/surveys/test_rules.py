from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.kit.problems import DomainError
from app.surveys import rules
from app.surveys.enums import (
    Identification,
    QuestionMoment,
    QuestionType,
    ScaleDirection,
    SurveyAction,
    SurveyKind,
    SurveyStatus,
)
from app.surveys.errors import (
    PairMismatch,
    SessionNotMatchingKind,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyOfCancelledSession,
    SurveyWindowOrderInvalid,
    SurveyWithoutQuestions,
)
from app.surveys.rules import Question, Scale, Window

NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)

HOUR = timedelta(hours=1)

FIVE_STEPS = Scale(1, 5, ScaleDirection.HIGHER_IS_BETTER)


def question(**more: Any) -> Question:
    members: dict[str, Any] = {"code": "q1", "type": QuestionType.SCALE, "text": "?", "scale": FIVE_STEPS}
    return Question(**members | more)


def faults(kind: SurveyKind, *questions: Question) -> list[tuple[str, str]]:
    """Pointer and code of everything that is wrong."""
    try:
        rules.check_questions(kind, questions)
    except DomainError as error:
        return [(member.pointer, member.code) for member in error.members]
    return []


def test_a_plain_questionnaire_is_fine() -> None:
    choice = question(code="q2", type=QuestionType.SINGLE, scale=None, options=("a", "b"))
    text = question(code="q3", type=QuestionType.FREE_TEXT, scale=None)
    number = question(code="q4", type=QuestionType.NUMBER, scale=None)
    assert faults(SurveyKind.POST, question(), choice, text, number) == []


EMPTY, LONG = (Scale(*ends, ScaleDirection.HIGHER_IS_BETTER) for ends in ((5, 5), (0, 1000)))
TWICE = ("a", "a")


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        (question(code="q0"), "/questions/1/code", "duplicate_question"),
        (question(text=None), "/questions/1/text", "missing_question_text"),
        (question(scale=None), "/questions/1/scale", "scale_not_matching_type"),
        (question(scale=EMPTY), "/questions/1/scale", "scale_not_matching_type"),
        (
            question(scale=Scale(0, 1000, ScaleDirection.HIGHER_IS_BETTER)),
            "/questions/1/scale",
            "scale_not_matching_type",
        ),
        (question(options=("a",)), "/questions/1/options", "options_not_matching_type"),
        (question(type=QuestionType.SINGLE, scale=None), "/questions/1/options", "options_not_matching_type"),
        (question(type=QuestionType.SINGLE, options=("a", "b")), "/questions/1/scale", "scale_not_matching_type"),
        (
            question(type=QuestionType.MULTIPLE, scale=None, options=("a", "a")),
            "/questions/1/options",
            "duplicate_option",
        ),
        (question(moment=QuestionMoment.AFTER), "/questions/1/pair_key", "invalid_pair"),
        (question(pair_key="k", moment=QuestionMoment.AFTER), "/questions/1/pair_key", "invalid_pair"),
        (question(type=QuestionType.NUMBER, scale=None, pair_key="k"), "/questions/1/pair_key", "invalid_pair"),
    ],
)
def test_what_is_wrong_is_named(wrong: Question, pointer: str, code: str) -> None:
    assert faults(SurveyKind.PRE, question(code="q0"), wrong) == [(pointer, code)]


def test_a_pair_is_asked_once_in_a_wave_and_twice_in_a_retrospective_form() -> None:
    before = question(code="b", pair_key="k", moment=QuestionMoment.BEFORE)
    after = question(code="a", pair_key="k", moment=QuestionMoment.AFTER)
    once = question(code="o", pair_key="k")
    assert faults(SurveyKind.RETROSPECTIVE, before, after) == []
    assert faults(SurveyKind.PRE, once) == []
    assert len(faults(SurveyKind.PRE, once, question(code="o2", pair_key="k"))) == 2
    assert faults(SurveyKind.RETROSPECTIVE, before) == [("/questions/0/pair_key", "invalid_pair")]


def test_before_and_after_are_asked_on_one_scale() -> None:
    before = question(code="b", pair_key="k", moment=QuestionMoment.BEFORE)
    shorter = Scale(1, 4, ScaleDirection.HIGHER_IS_BETTER)
    after = question(code="a", pair_key="k", moment=QuestionMoment.AFTER, scale=shorter)
    assert len(faults(SurveyKind.RETROSPECTIVE, before, after)) == 2


def test_a_baseline_may_have_lost_its_wording() -> None:
    assert faults(SurveyKind.BASELINE, question(text=None)) == []


@pytest.mark.parametrize("kind", SurveyKind)
def test_a_baseline_asks_the_organisation_and_others_a_session(kind: SurveyKind) -> None:
    rules.check_kind(kind, has_session=kind != SurveyKind.BASELINE)
    with pytest.raises(SessionNotMatchingKind):
        rules.check_kind(kind, has_session=kind == SurveyKind.BASELINE)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "fine"),
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
def test_a_window_runs_forwards(opens: int | None, due: int | None, closes: int | None, fine: bool) -> None:
    window = Window(*(None if hours is None else NOON + hours * HOUR for hours in (opens, due, closes)))
    if fine:
        window.check()
    else:
        with pytest.raises(SurveyWindowOrderInvalid):
            window.check()


def test_answers_are_taken_from_the_opening_to_just_before_the_close() -> None:
    window = Window(opens_at=NOON, closes_at=NOON + HOUR)
    at = {
        minutes: rules.takes_answers(SurveyStatus.OPEN, window, NOON + minutes * HOUR / 60)
        for minutes in (-1, 0, 59, 60)
    }
    assert at == {-1: False, 0: True, 59: True, 60: False}
    assert not rules.takes_answers(SurveyStatus.DRAFT, Window(), NOON)
    assert not rules.takes_answers(SurveyStatus.CLOSED, Window(), NOON)


def test_a_survey_is_settled_when_closed_or_when_its_close_has_passed() -> None:
    assert rules.is_settled(SurveyStatus.CLOSED, Window(), NOON)
    assert rules.is_settled(SurveyStatus.OPEN, Window(closes_at=NOON), NOON)
    assert not rules.is_settled(SurveyStatus.OPEN, Window(closes_at=NOON + HOUR), NOON)
    assert not rules.is_settled(SurveyStatus.DRAFT, Window(closes_at=NOON), NOON)


def test_a_survey_goes_from_draft_to_open_to_closed_and_no_other_way() -> None:
    assert rules.opened(SurveyStatus.DRAFT, questions=1, session_cancelled=False) == SurveyStatus.OPEN
    assert rules.closed(SurveyStatus.OPEN) == SurveyStatus.CLOSED
    for status in (SurveyStatus.OPEN, SurveyStatus.CLOSED):
        with pytest.raises(SurveyNotDraft):
            rules.opened(status, questions=1, session_cancelled=False)
    for status in (SurveyStatus.DRAFT, SurveyStatus.CLOSED):
        with pytest.raises(SurveyNotOpen):
            rules.closed(status)


def test_nothing_opens_without_questions_or_for_a_cancelled_session() -> None:
    with pytest.raises(SurveyWithoutQuestions):
        rules.opened(SurveyStatus.DRAFT, questions=0, session_cancelled=False)
    with pytest.raises(SurveyOfCancelledSession):
        rules.opened(SurveyStatus.DRAFT, questions=1, session_cancelled=True)


def test_the_next_action_follows_from_the_status() -> None:
    openings = [rules.Opening(status, Identification.NAMED, [question()]) for status in SurveyStatus]
    assert [rules.actions(opening) for opening in openings] == [[SurveyAction.OPENING], [SurveyAction.CLOSING], []]
    assert rules.actions(rules.Opening(SurveyStatus.DRAFT, Identification.NAMED, [])) == []


def test_the_surveys_of_a_session_ask_a_pair_alike() -> None:
    own = [question(pair_key="k"), question(code="q2", pair_key="other")]
    same = (Identification.NAMED, [question(code="x", pair_key="k"), question(code="y")])
    rules.check_partners(Identification.NAMED, own, [same])
    longer = question(pair_key="k", scale=Scale(1, 7, ScaleDirection.HIGHER_IS_BETTER))
    for other in ((Identification.ANONYMOUS, [question(pair_key="k")]), (Identification.NAMED, [longer])):
        with pytest.raises(PairMismatch):
            rules.check_partners(Identification.NAMED, own, [same, other])
