"""No two figures that are shown can be subtracted to a group that is smaller than the smallest."""

from collections import Counter
from datetime import date
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.findings.disclosure import may_read_last, may_show, may_show_part, pooled, reading_day, smallest_group
from app.findings.enums import WithheldReason
from app.findings.pairs import PairedAnswers, merged
from app.findings.rules import AnswerCount, Distribution, distribution, withheld
from app.insights import rules as skill_gaps
from app.insights.enums import GroupBy
from app.surveys.enums import QuestionType, ScaleDirection, SurveyKind
from app.surveys.questions import Question, Scale, Value
from tests.findings.attack import answer, learnt

SMALLEST = 10


SCALE = Question("q", QuestionType.SCALE, scale=Scale(1, 4, ScaleDirection.HIGHER_IS_BETTER))


SINGLE = Question("q", QuestionType.SINGLE, options=("a", "b"))


MULTIPLE = Question("q", QuestionType.MULTIPLE, options=("a", "b"))


NUMBER = Question("q", QuestionType.NUMBER)


TEXT = Question("q", QuestionType.FREE_TEXT)


PAIRED = Question("q", QuestionType.SCALE, scale=SCALE.scale, pair_key="k")


def of(question: Question, *tally: tuple[Value, int], kind: SurveyKind = SurveyKind.POST) -> Distribution:
    return distribution(kind, question, tally, 10)


@pytest.mark.parametrize("question", [SCALE, SINGLE, NUMBER, TEXT])
def test_below_the_minimum_group_nothing_is_shown(question: Question) -> None:
    values: list[Value] = ["a", "b"] if question in {SINGLE, TEXT} else [1, 2]
    found = of(question, (values[0], 5), (values[1], 4))
    assert found == withheld(question, WithheldReason.WOULD_DISCLOSE)
    assert (found.n, found.mean, found.median, found.texts) == (None, None, None, ())
    assert all(count.count is None and count.percent is None for count in found.counts)


def test_ten_answers_are_a_group() -> None:
    assert of(SCALE, (1, 5), (2, 5)).n == 10


@pytest.mark.parametrize("unanimous", [12, 11])
def test_answers_that_are_unanimous_but_for_one_are_withheld(unanimous: int) -> None:
    assert of(SCALE, (3, unanimous), (1, 12 - unanimous)).withheld == WithheldReason.WOULD_DISCLOSE


def test_too_few_and_too_similar_answers_look_the_same() -> None:
    assert of(SCALE, (3, 30)) == of(SCALE, (1, 1), (2, 1)) == of(SCALE)


@pytest.mark.parametrize("without", [0, 1])
def test_a_multiple_choice_with_an_option_that_all_or_all_but_one_chose_is_withheld_as_a_whole(without: int) -> None:
    """Beside the number of people, an option without a count would be one that all or all but one chose."""
    found = of(MULTIPLE, (["a", "b"], 6), (["a"], 6 - without), (["b"], without))
    assert found == withheld(MULTIPLE, WithheldReason.WOULD_DISCLOSE)


def test_a_multiple_choice_shows_every_option_or_none() -> None:
    found = of(MULTIPLE, (["a", "b"], 4), (["a"], 6), (["b"], 2))
    assert (found.n, found.counts) == (12, (AnswerCount("a", 10, 83), AnswerCount("b", 6, 50)))


def test_texts_are_in_alphabetical_order_so_that_their_place_tells_nothing() -> None:
    found = of(TEXT, ("b", 1), ("c", 2), *((f"a{at}", 1) for at in range(7)))
    assert found.texts[-3:] == ("b", "c", "c")
    assert list(found.texts) == sorted(found.texts)


def test_a_paired_question_is_only_shown_as_an_effect() -> None:
    assert of(PAIRED, (1, 10), (2, 10)).withheld == WithheldReason.SHOWN_AS_EFFECT
    assert of(PAIRED, (1, 10), (2, 10), kind=SurveyKind.BASELINE).n == 20


def test_callers_who_run_surveys_may_see_smaller_groups() -> None:
    assert smallest_group(5, runs_surveys=True) == 5
    assert smallest_group(5, runs_surveys=False) == 10
    assert smallest_group(20, runs_surveys=False) == 20


tallies = st.dictionaries(st.integers(1, 4), st.integers(1, 30)).map(lambda counts: list(counts.items()))


@given(tallies)
def test_counts_that_are_shown_add_up_and_are_not_unanimous(tally: list[tuple[Value, int]]) -> None:
    found = of(SCALE, *tally)
    if found.withheld:
        assert all(count.count is None for count in found.counts)
        return
    counts = [count.count or 0 for count in found.counts]
    assert found.n == sum(counts)
    assert found.n >= 10
    assert max(counts) <= found.n - 2


choices = st.dictionaries(st.sampled_from(["a", "b", "ab", "abc"]), st.integers(1, 9)).map(
    lambda counts: [(list(options), count) for options, count in counts.items()]
)


@given(choices)
def test_a_null_of_a_multiple_choice_tells_no_count(tally: list[tuple[Value, int]]) -> None:
    """What is shown without a figure is the same for all tallies that are withheld; what has one is not unanimous."""
    found = of(Question("q", QuestionType.MULTIPLE, options=("a", "b", "c")), *tally)
    figures = {found.n, *(figure for count in found.counts for figure in (count.count, count.percent))}
    assert None not in figures or figures == {None}
    if found.n:
        assert max(count.count or 0 for count in found.counts) <= found.n - 2


def people(n: int, session: int = 0) -> PairedAnswers:
    """`n` pairs whose answers differ."""
    keys = [bytes([session, at]) for at in range(n)]
    return PairedAnswers(
        {key: at % 4 + 1 for at, key in enumerate(keys)}, {key: at % 3 + 3 for at, key in enumerate(keys)}
    )


def test_ten_pairs_may_be_shown_and_nine_may_not() -> None:
    assert may_show(people(10), SMALLEST)
    assert not may_show(people(9), SMALLEST)


def test_pairs_are_counted_and_not_answers() -> None:
    many = people(12)
    assert not may_show(PairedAnswers(many.before, dict(list(many.after.items())[:9])), SMALLEST)


@pytest.mark.parametrize("odd", [0, 1])
def test_unanimous_answers_or_changes_are_withheld(odd: int) -> None:
    mixed = people(12)
    same = {key: 5.0 if at >= odd else 1.0 for at, key in enumerate(mixed.before)}
    assert not may_show(PairedAnswers(same, mixed.after), SMALLEST)
    assert not may_show(PairedAnswers(mixed.before, same), SMALLEST)
    moved = {key: value + (1 if at >= odd else 3) for at, (key, value) in enumerate(mixed.before.items())}
    assert not may_show(PairedAnswers(mixed.before, moved), SMALLEST)


@pytest.mark.parametrize(
    ("followed", "shown"), [(30, True), (29, False), (21, False), (20, True), (10, True), (9, False)]
)
def test_a_follow_up_is_shown_if_the_people_it_lost_are_nobody_or_a_group(followed: int, shown: bool) -> None:
    whole = people(30)
    part = PairedAnswers(whole.before, dict(list(whole.after.items())[:followed]))
    assert may_show_part(part, whole, SMALLEST) == shown


def test_a_small_session_is_pooled_only_with_others() -> None:
    large, small, other = people(12, 1), people(6, 2), people(7, 3)
    assert pooled([(large, SMALLEST), (small, SMALLEST)]) == large
    assert pooled([(large, SMALLEST), (small, SMALLEST), (other, SMALLEST)]) == merged([large, small, other])
    assert pooled([(small, SMALLEST)]).pairs == []


def test_a_batch_needs_the_largest_of_its_minimum_groups() -> None:
    small, other = people(6, 1), people(6, 2)
    assert pooled([(small, 5), (other, 20)]) == small
    assert pooled([(small, 20), (other, 7)]).pairs == []


@pytest.mark.parametrize("shown", [False, True])
def test_a_follow_up_is_withheld_if_all_it_lost_had_answered_alike_before(*, shown: bool) -> None:
    whole = people(30)
    lost = [who for at, who in enumerate(whole.before) if at % 3 != 1][:10]
    before = {who: 2.0 if who in lost[shown * 3 :] else value for who, value in whole.before.items()}
    after = {who: value for who, value in whole.after.items() if who not in lost}
    changed = PairedAnswers(before, whole.after)
    assert may_show_part(PairedAnswers(before, after), changed, SMALLEST) == shown


years = st.lists(st.tuples(st.integers(0, 25), st.integers(2024, 2026)), max_size=9)


@given(years)
def test_no_combination_of_years_sessions_and_days_gives_less_than_a_group(sizes: list[tuple[int, int]]) -> None:
    """People are alike if every answer counts all or none of them: nothing can be computed of a part of them."""
    sessions = [(year, people(n, at)) for at, (n, year) in enumerate(sizes)]
    answers = [frozenset(paired.before) for _, paired in sessions if may_show(paired, SMALLEST)]
    for until in range(len(sessions) + 1):
        of_year = [
            pooled((paired, SMALLEST) for of, paired in sessions[:until] if of == year) for year in range(2024, 2027)
        ]
        answers += [frozenset(paired.before) for paired in (*of_year, merged(of_year))]
    alike = Counter(tuple(who in answer for answer in answers) for who in frozenset().union(*answers))
    assert min(alike.values(), default=SMALLEST) >= SMALLEST


@given(st.lists(st.integers(0, 25), max_size=7))
def test_no_two_readings_of_a_course_differ_by_less_than_a_group(sizes: list[int]) -> None:
    """Readings are the course at any time, and each session that can be shown alone."""
    sessions = [people(n, at) for at, n in enumerate(sizes)]
    shown = [frozenset(paired.before) for paired in sessions if may_show(paired, SMALLEST)]
    alone = frozenset().union(*shown)
    for until in range(len(sessions) + 1):
        course = frozenset(pooled((paired, SMALLEST) for paired in sessions[:until]).before)
        shown.append(course)
        assert len(course - alone) == 0 or len(course - alone) >= SMALLEST
    for one, other in combinations(shown, 2):
        for rest in (one - other, other - one):
            assert len(rest) == 0 or len(rest) >= SMALLEST


def shown_of(readings: list[dict[UUID, bool]]) -> list[dict[UUID, bool]]:
    return [reading for at, reading in enumerate(readings) if reading and may_read_last(readings[: at + 1], 3)]


PERSONS = [UUID(int=n) for n in range(14)]

populations = st.lists(st.sets(st.sampled_from(PERSONS)), max_size=6)


@given(populations, st.sets(st.sampled_from(PERSONS)))
def test_nobody_s_skill_can_be_computed_from_the_readings_that_are_shown(
    counted: list[set[UUID]], holders: set[UUID]
) -> None:
    readings = [{who: who in holders for who in people} for people in counted]
    assert learnt([answer(reading) for reading in shown_of(readings)]) == set()


def test_three_readings_that_are_shown_in_pairs_are_not_shown_together() -> None:
    """The first and the second less the third have one person left, twice."""
    one, two = PERSONS[:4], [PERSONS[0], *PERSONS[4:8]]
    readings = [{who: who.int % 2 == 0 for who in group} for group in (one, two, [*one[1:], *two[1:]])]
    assert shown_of(readings) == readings[:2]
    assert shown_of(readings[1:]) == readings[1:]


def test_a_reading_of_the_same_people_is_shown_again() -> None:
    reading = {who: who.int % 2 == 0 for who in PERSONS[:6]}
    assert shown_of([reading] * 3) == [reading] * 3
    assert shown_of([reading, reading | {PERSONS[6]: True}, reading]) == [reading] * 2


def test_a_reading_is_not_shown_if_all_who_came_are_alike() -> None:
    reading = {who: who.int % 2 == 0 for who in PERSONS[:6]}
    came = dict.fromkeys(PERSONS[6:10], True)
    assert shown_of([reading, reading | came]) == [reading]
    assert len(shown_of([reading, reading | came | {PERSONS[6]: False}])) == 2


@pytest.mark.parametrize(
    ("day", "first"), [("2026-04-01", "2026-04-01"), ("2026-06-30", "2026-04-01"), ("2027-01-31", "2027-01-01")]
)
def test_a_leader_reads_the_first_day_of_a_quarter(day: str, first: str) -> None:
    assert reading_day(date.fromisoformat(day)) == date.fromisoformat(first)


def test_a_count_by_anything_but_skill_is_narrowed() -> None:
    assert not skill_gaps.is_narrowed([GroupBy.SKILL], None)
    assert skill_gaps.is_narrowed([GroupBy.SKILL, GroupBy.ROLE], None)
    assert skill_gaps.is_narrowed([GroupBy.SKILL], None, ["security"])
