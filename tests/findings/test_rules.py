"""Distributions of answers by type of question."""

import pytest

from app.findings.rules import AnswerCount, Distribution, distribution
from app.surveys.enums import QuestionType, ScaleDirection, SurveyKind
from app.surveys.questions import Question, Scale, Value

SCALE = Question("q", QuestionType.SCALE, scale=Scale(1, 4, ScaleDirection.HIGHER_IS_BETTER))


SINGLE = Question("q", QuestionType.SINGLE, options=("a", "b"))


MULTIPLE = Question("q", QuestionType.MULTIPLE, options=("a", "b"))


NUMBER = Question("q", QuestionType.NUMBER)


def of(question: Question, *tally: tuple[Value, int], kind: SurveyKind = SurveyKind.POST) -> Distribution:
    return distribution(kind, question, tally, 10)


def test_a_scale_shows_every_step_with_mean_and_median() -> None:
    found = of(SCALE, (1, 2), (2, 6), (4, 4))
    assert (found.n, found.mean, found.median) == (12, 2.5, 2)
    assert found.counts == (
        AnswerCount("1", 2, 17),
        AnswerCount("2", 6, 50),
        AnswerCount("3", 0, 0),
        AnswerCount("4", 4, 33),
    )


def test_a_choice_has_no_mean() -> None:
    found = of(SINGLE, ("a", 7), ("b", 5))
    assert (found.counts, found.mean) == ((AnswerCount("a", 7, 58), AnswerCount("b", 5, 42)), None)


def test_percentages_of_a_multiple_choice_are_of_respondents_and_may_exceed_100() -> None:
    found = of(MULTIPLE, (["a", "b"], 6), (["a"], 2), ([], 4))
    assert found.n == 12
    assert found.counts == (AnswerCount("a", 8, 67), AnswerCount("b", 6, 50))


def test_a_number_has_a_mean_and_a_median_but_no_counts() -> None:
    found = of(NUMBER, (0.1, 5), (0.2, 5), (3, 2))
    assert (found.n, found.counts, found.median) == (12, (), 0.2)
    assert found.mean == pytest.approx(0.625)
