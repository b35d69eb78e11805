from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.problems import DomainError
from app.surveys import rules
from app.surveys import rules as surveys_rules
from app.surveys.enums import Identification, QuestionType, ResponseTiming, ScaleDirection, SurveyKind
from app.surveys.errors import AnsweredAnonymously, DuplicatePairToken, PairTokenNotExpected
from app.surveys.rules import Question, Scale, Value, Window

NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)

HOUR = timedelta(hours=1)

TEXTS = st.text("abc ", max_size=3)

QUESTIONS = {
    "scale": Question("scale", QuestionType.SCALE, scale=Scale(1, 5, ScaleDirection.HIGHER_IS_BETTER)),
    "single": Question("single", QuestionType.SINGLE, options=("a", "b"), required=False),
    "multiple": Question("multiple", QuestionType.MULTIPLE, options=("a", "b"), required=False),
    "number": Question("number", QuestionType.NUMBER, required=False),
    "hours": Question("hours", QuestionType.NUMBER, scale=Scale(0, 24, ScaleDirection.LOWER_IS_BETTER), required=False),
    "text": Question("text", QuestionType.FREE_TEXT, required=False),
}


def faults(*answers: tuple[str, Any]) -> list[tuple[str, str]]:
    """Pointer and code of everything that is wrong."""
    try:
        rules.check_answers(QUESTIONS, answers)
    except DomainError as error:
        return [(member.pointer, member.code) for member in error.members]
    return []


def test_answers_that_fit_come_back_by_question() -> None:
    answers: list[tuple[str, Value]] = [
        ("scale", 5),
        ("single", "a"),
        ("multiple", ["a", "b"]),
        ("number", -2.25),
        ("hours", 24),
        ("text", "時間がない"),
    ]
    assert rules.check_answers(QUESTIONS, answers) == dict(answers)


def test_of_several_options_none_may_be_chosen() -> None:
    assert faults(("scale", 1), ("multiple", [])) == []


@pytest.mark.parametrize(
    ("code", "value", "fault"),
    [
        ("scale", 0, "answer_outside_scale"),
        ("scale", 6, "answer_outside_scale"),
        ("scale", 2.5, "answer_not_matching_question"),
        ("scale", "3", "answer_not_matching_question"),
        ("scale", True, "answer_not_matching_question"),
        ("scale", [3], "answer_not_matching_question"),
        ("single", "c", "unknown_option"),
        ("single", 1, "answer_not_matching_question"),
        ("single", ["a"], "answer_not_matching_question"),
        ("multiple", "a", "answer_not_matching_question"),
        ("multiple", ["a", "c"], "unknown_option"),
        ("multiple", ["a", "a"], "duplicate_answer"),
        ("number", "7", "answer_not_matching_question"),
        ("number", 0.1234567, "answer_not_matching_question"),
        ("hours", 24.5, "answer_outside_scale"),
        ("text", 5, "answer_not_matching_question"),
        ("text", "　 ", "answer_not_matching_question"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(code: str, value: Any, fault: str) -> None:
    others = [] if code == "scale" else [("scale", 3)]
    assert faults(*others, (code, value)) == [(f"/answers/{len(others)}/value", fault)]


def test_every_fault_is_named_at_once() -> None:
    assert faults(("scale", 9), ("nowhere", 1), ("single", "a"), ("single", "b")) == [
        ("/answers/0/value", "answer_outside_scale"),
        ("/answers/1/question_code", "unknown_question"),
        ("/answers/3/question_code", "duplicate_answer"),
    ]


def test_a_required_question_left_out_is_missed() -> None:
    assert faults(("single", "a")) == [("/answers", "missing_answer")]


@given(st.dictionaries(st.sampled_from([*QUESTIONS, "nowhere"]), st.integers() | TEXTS | st.lists(TEXTS)))
def test_what_passes_lies_on_its_scale_and_among_its_options(answers: dict[str, Any]) -> None:
    if faults(*answers.items()):
        return
    assert "nowhere" not in answers
    assert 1 <= answers["scale"] <= 5
    assert answers.get("single", "a") in {"a", "b"}
    assert set(answers.get("multiple", [])) <= {"a", "b"}


def timing(
    kind: SurveyKind, at: datetime, due: datetime | None = None, starts: datetime | None = NOON
) -> ResponseTiming:
    return rules.timing(kind, Window(due_at=due), session_starts_at=starts, now=at)


def test_a_pre_answered_once_the_first_meeting_has_started_is_no_pre() -> None:
    assert timing(SurveyKind.PRE, NOON - timedelta(seconds=1)) == ResponseTiming.ON_TIME
    assert timing(SurveyKind.PRE, NOON) == ResponseTiming.AFTER_START
    assert timing(SurveyKind.POST, NOON + HOUR) == ResponseTiming.ON_TIME


def test_an_answer_after_the_due_moment_is_late() -> None:
    assert timing(SurveyKind.POST, NOON, due=NOON) == ResponseTiming.ON_TIME
    assert timing(SurveyKind.POST, NOON + HOUR, due=NOON) == ResponseTiming.LATE
    assert timing(SurveyKind.BASELINE, NOON + HOUR, due=NOON, starts=None) == ResponseTiming.LATE


def test_only_anonymous_surveys_take_a_token() -> None:
    surveys_rules.check_token(Identification.ANONYMOUS, "token")
    surveys_rules.check_token(Identification.NAMED, None)
    with pytest.raises(PairTokenNotExpected):
        surveys_rules.check_token(Identification.PSEUDONYMOUS, "token")


def test_an_anonymous_answer_is_replaced_by_its_token_alone() -> None:
    surveys_rules.check_holder(first=True, known=False)
    surveys_rules.check_holder(first=False, known=True)
    with pytest.raises(DuplicatePairToken):
        surveys_rules.check_holder(first=True, known=True)
    with pytest.raises(AnsweredAnonymously):
        surveys_rules.check_holder(first=False, known=False)


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, 33), (2, 3, 67), (1, 8, 13), (0, 5, 0), (5, 5, 100)])
def test_percentages_are_whole_and_round_half_up(part: int, whole: int, percent: int) -> None:
    assert rules.percent(part, whole) == percent


def test_there_is_no_percentage_of_nobody() -> None:
    assert rules.percent(0, 0) is None
