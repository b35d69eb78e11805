import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.findings.enums import WithheldReason
from app.findings.rules import AnswerCount, Distribution, distribution, hidden, least_group
from app.surveys.enums import QuestionType, ScaleDirection, SurveyKind
from app.surveys.rules import Question, Scale, Value

SCALE = Question("q", QuestionType.SCALE, scale=Scale(1, 4, ScaleDirection.HIGHER_IS_BETTER))

SINGLE = Question("q", QuestionType.SINGLE, options=("a", "b"))

MULTIPLE = Question("q", QuestionType.MULTIPLE, options=("a", "b"))

NUMBER = Question("q", QuestionType.NUMBER)

TEXT = Question("q", QuestionType.FREE_TEXT)

PAIRED = Question("q", QuestionType.SCALE, scale=SCALE.scale, pair_key="k")


def of(question: Question, *tally: tuple[Value, int], kind: SurveyKind = SurveyKind.POST) -> Distribution:
    return distribution(kind, question, tally, 10)


def test_a_scale_shows_every_step_with_mean_and_median() -> None:
    found = of(SCALE, (1, 2), (2, 6), (4, 4))
    assert (found.n, found.mean, found.median) == (12, 2.5, 2)
    assert found.cells == (
        AnswerCount("1", 2, 17),
        AnswerCount("2", 6, 50),
        AnswerCount("3", 0, 0),
        AnswerCount("4", 4, 33),
    )


def test_a_choice_has_no_mean() -> None:
    found = of(SINGLE, ("a", 7), ("b", 5))
    assert (found.cells, found.mean) == ((AnswerCount("a", 7, 58), AnswerCount("b", 5, 42)), None)


def test_several_choices_are_shares_of_the_respondents_and_may_exceed_100() -> None:
    found = of(MULTIPLE, (["a", "b"], 6), (["a"], 2), ([], 4))
    assert found.n == 12
    assert found.cells == (AnswerCount("a", 8, 67), AnswerCount("b", 6, 50))


def test_numbers_have_a_mean_and_a_median_but_no_cells() -> None:
    found = of(NUMBER, (0.1, 5), (0.2, 5), (3, 2))
    assert (found.n, found.cells, found.median) == (12, (), 0.2)
    assert found.mean == pytest.approx(0.625)


def test_texts_come_in_alphabetical_order_so_that_nobodys_place_is_told() -> None:
    found = of(TEXT, ("b", 1), ("c", 2), *((f"a{at}", 1) for at in range(7)))
    assert found.texts[-3:] == ("b", "c", "c")
    assert list(found.texts) == sorted(found.texts)


@pytest.mark.parametrize("question", [SCALE, SINGLE, NUMBER, TEXT])
def test_below_the_minimum_group_nothing_is_shown(question: Question) -> None:
    values: list[Value] = ["a", "b"] if question in {SINGLE, TEXT} else [1, 2]
    found = of(question, (values[0], 5), (values[1], 4))
    assert found == hidden(question, WithheldReason.WOULD_DISCLOSE)
    assert (found.n, found.mean, found.median, found.texts) == (None, None, None, ())
    assert all(cell.count is None and cell.percent is None for cell in found.cells)


def test_ten_answers_are_a_group() -> None:
    assert of(SCALE, (1, 5), (2, 5)).n == 10


@pytest.mark.parametrize("alike", [12, 11])
def test_answers_that_are_all_alike_or_all_but_one_are_not_shown(alike: int) -> None:
    assert of(SCALE, (3, alike), (1, 12 - alike)).withheld == WithheldReason.WOULD_DISCLOSE


def test_whether_too_few_or_too_alike_is_not_told() -> None:
    assert of(SCALE, (3, 30)) == of(SCALE, (1, 1), (2, 1)) == of(SCALE)


def test_an_option_that_all_chose_is_hidden_alone_and_cannot_be_computed() -> None:
    found = of(MULTIPLE, (["a", "b"], 6), (["a"], 6))
    assert found.cells == (AnswerCount("a", None, None), AnswerCount("b", 6, 50))


def test_a_paired_question_is_left_to_the_effect() -> None:
    assert of(PAIRED, (1, 10), (2, 10)).withheld == WithheldReason.SHOWN_AS_EFFECT
    assert of(PAIRED, (1, 10), (2, 10), kind=SurveyKind.BASELINE).n == 20


def test_the_training_office_may_look_at_smaller_groups() -> None:
    assert least_group(5, runs_surveys=True) == 5
    assert least_group(5, runs_surveys=False) == 10
    assert least_group(20, runs_surveys=False) == 20


tallies = st.dictionaries(st.integers(1, 4), st.integers(1, 30)).map(lambda counts: list(counts.items()))


@given(tallies)
def test_what_is_shown_adds_up(tally: list[tuple[Value, int]]) -> None:
    found = of(SCALE, *tally)
    if found.withheld:
        assert all(cell.count is None for cell in found.cells)
        return
    counts = [cell.count or 0 for cell in found.cells]
    assert found.n == sum(counts)
    assert found.n >= 10
    assert max(counts) <= found.n - 2
