"""Questions that may be asked, and answers that match them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.problems import DomainError
from app.surveys import questions
from app.surveys.enums import Identification, QuestionMoment, QuestionType, ScaleDirection, SurveyKind
from app.surveys.errors import PairMismatch
from app.surveys.questions import Question, Scale, Value

FIVE_STEPS = Scale(1, 5, ScaleDirection.HIGHER_IS_BETTER)


def question(**more: Any) -> Question:
    fields: dict[str, Any] = {"code": "q1", "type": QuestionType.SCALE, "text": "?", "scale": FIVE_STEPS}
    return Question(**fields | more)


def faults(kind: SurveyKind, *several: Question) -> list[tuple[str, str]]:
    """Pointer and code of every fault."""
    try:
        questions.check_questions(kind, several)
    except DomainError as error:
        return [(field.pointer, field.code) for field in error.fields]
    return []


def test_questions_of_each_type_are_valid() -> None:
    choice = question(code="q2", type=QuestionType.SINGLE, scale=None, options=("a", "b"))
    text = question(code="q3", type=QuestionType.FREE_TEXT, scale=None)
    number = question(code="q4", type=QuestionType.NUMBER, scale=None)
    assert faults(SurveyKind.POST, question(), choice, text, number) == []


EMPTY, LONG = (Scale(*ends, ScaleDirection.HIGHER_IS_BETTER) for ends in ((5, 5), (0, 1000)))


TWICE = ("a", "a")


@pytest.mark.parametrize(
    ("invalid", "pointer", "code"),
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
def test_an_invalid_question_is_reported(invalid: Question, pointer: str, code: str) -> None:
    assert faults(SurveyKind.PRE, question(code="q0"), invalid) == [(pointer, code)]


def test_a_pair_is_asked_once_in_a_survey_and_twice_in_a_retrospective_one() -> None:
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


def test_the_surveys_of_a_session_ask_a_pair_with_the_same_scale_and_identification() -> None:
    own = [question(pair_key="k"), question(code="q2", pair_key="other")]
    same = (Identification.NAMED, [question(code="x", pair_key="k"), question(code="y")])
    questions.check_pairs_match(Identification.NAMED, own, [same])
    longer = question(pair_key="k", scale=Scale(1, 7, ScaleDirection.HIGHER_IS_BETTER))
    for other in ((Identification.ANONYMOUS, [question(pair_key="k")]), (Identification.NAMED, [longer])):
        with pytest.raises(PairMismatch):
            questions.check_pairs_match(Identification.NAMED, own, [same, other])


TEXTS = st.text("abc ", max_size=3)


QUESTIONS = {
    "scale": Question("scale", QuestionType.SCALE, scale=Scale(1, 5, ScaleDirection.HIGHER_IS_BETTER)),
    "single": Question("single", QuestionType.SINGLE, options=("a", "b"), required=False),
    "multiple": Question("multiple", QuestionType.MULTIPLE, options=("a", "b"), required=False),
    "number": Question("number", QuestionType.NUMBER, required=False),
    "hours": Question("hours", QuestionType.NUMBER, scale=Scale(0, 24, ScaleDirection.LOWER_IS_BETTER), required=False),
    "text": Question("text", QuestionType.FREE_TEXT, required=False),
}


def answer_faults(*answers: tuple[str, Any]) -> list[tuple[str, str]]:
    """Pointer and code of every fault."""
    try:
        questions.check_answers(QUESTIONS, answers)
    except DomainError as error:
        return [(field.pointer, field.code) for field in error.fields]
    return []


def test_valid_answers_are_returned_by_question() -> None:
    answers: list[tuple[str, Value]] = [
        ("scale", 5),
        ("single", "a"),
        ("multiple", ["a", "b"]),
        ("number", -2.25),
        ("hours", 24),
        ("text", "時間がない"),
    ]
    assert questions.check_answers(QUESTIONS, answers) == dict(answers)


def test_a_multiple_choice_may_be_left_empty() -> None:
    assert answer_faults(("scale", 1), ("multiple", [])) == []


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
def test_an_invalid_answer_is_reported(code: str, value: Any, fault: str) -> None:
    others = [] if code == "scale" else [("scale", 3)]
    assert answer_faults(*others, (code, value)) == [(f"/answers/{len(others)}/value", fault)]


def test_all_faults_are_reported_at_once() -> None:
    assert answer_faults(("scale", 9), ("nowhere", 1), ("single", "a"), ("single", "b")) == [
        ("/answers/0/value", "answer_outside_scale"),
        ("/answers/1/question_code", "unknown_question"),
        ("/answers/3/question_code", "duplicate_answer"),
    ]


def test_an_unanswered_required_question_is_reported() -> None:
    assert answer_faults(("single", "a")) == [("/answers", "missing_answer")]


@given(st.dictionaries(st.sampled_from([*QUESTIONS, "nowhere"]), st.integers() | TEXTS | st.lists(TEXTS)))
def test_accepted_answers_are_within_their_scale_and_options(answers: dict[str, Any]) -> None:
    if answer_faults(*answers.items()):
        return
    assert "nowhere" not in answers
    assert 1 <= answers["scale"] <= 5
    assert answers.get("single", "a") in {"a", "b"}
    assert set(answers.get("multiple", [])) <= {"a", "b"}
