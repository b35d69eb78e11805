"""No two figures that are shown can be subtracted to a smaller group than the minimum."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.findings.enums import EffectDesign, Stage
from app.findings.rules import PairedAnswers, may_show, may_show_part, merged, pooled, stage_of, waves_of
from app.surveys.enums import QuestionMoment, SurveyKind

K = 10


def people(n: int, session: int = 0) -> PairedAnswers:
    """n pairs whose answers differ."""
    keys = [bytes([session, at]) for at in range(n)]
    return PairedAnswers(
        {key: at % 4 + 1 for at, key in enumerate(keys)}, {key: at % 3 + 3 for at, key in enumerate(keys)}
    )


def test_ten_pairs_may_be_shown_and_nine_may_not() -> None:
    assert may_show(people(10), K)
    assert not may_show(people(9), K)


def test_it_is_pairs_that_count_not_answers() -> None:
    many = people(12)
    assert not may_show(PairedAnswers(many.before, dict(list(many.after.items())[:9])), K)


@pytest.mark.parametrize("odd", [0, 1])
def test_alike_answers_before_or_after_or_alike_changes_are_not_shown(odd: int) -> None:
    mixed = people(12)
    same = {key: 5.0 if at >= odd else 1.0 for at, key in enumerate(mixed.before)}
    assert not may_show(PairedAnswers(same, mixed.after), K)
    assert not may_show(PairedAnswers(mixed.before, same), K)
    moved = {key: value + (1 if at >= odd else 3) for at, (key, value) in enumerate(mixed.before.items())}
    assert not may_show(PairedAnswers(mixed.before, moved), K)


def test_a_follow_up_is_of_those_who_answered_both_waves() -> None:
    answers = {
        Stage.PRE: {b"a": 1, b"b": 2, b"c": 3},
        Stage.POST: {b"a": 2, b"b": 2},
        Stage.FOLLOW_UP: {b"b": 4, b"c": 5},
    }
    assert waves_of(EffectDesign.PRE_FOLLOW_UP, answers).pairs() == [(2, 4)]
    assert waves_of(EffectDesign.PRE_POST, answers).pairs() == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("followed", "shown"), [(30, True), (29, False), (21, False), (20, True), (10, True), (9, False)]
)
def test_a_follow_up_is_shown_when_those_it_lost_are_nobody_or_a_group(followed: int, shown: bool) -> None:
    whole = people(30)
    part = PairedAnswers(whole.before, dict(list(whole.after.items())[:followed]))
    assert may_show_part(part, whole, K) == shown


def test_stages_follow_from_the_kind_or_the_moment() -> None:
    assert stage_of(SurveyKind.FOLLOW_UP, None) == Stage.FOLLOW_UP
    assert stage_of(SurveyKind.RETROSPECTIVE, QuestionMoment.BEFORE) == Stage.BEFORE


def test_a_small_session_enters_the_course_only_with_others() -> None:
    large, small, other = people(12, 1), people(6, 2), people(7, 3)
    assert pooled([(large, K), (small, K)]) == large
    assert pooled([(large, K), (small, K), (other, K)]) == merged([large, small, other])
    assert pooled([(small, K)]).pairs() == []


def test_a_batch_respects_the_strictest_of_its_sessions() -> None:
    small, other = people(6, 1), people(6, 2)
    assert pooled([(small, 5), (other, 20)]) == small
    assert pooled([(small, 20), (other, 7)]).pairs() == []


@given(st.lists(st.integers(0, 25), max_size=7))
def test_no_readings_of_a_course_over_time_differ_by_less_than_a_group(sizes: list[int]) -> None:
    """What is shown at some time: the course so far, and each session that can be shown by itself."""
    sessions = [people(n, at) for at, n in enumerate(sizes)]
    shown = [frozenset(waves.before) for waves in sessions if may_show(waves, K)]
    own = frozenset().union(*shown)
    for until in range(len(sessions) + 1):
        course = frozenset(pooled((waves, K) for waves in sessions[:until]).before)
        shown.append(course)
        assert len(course - own) == 0 or len(course - own) >= K
    for one, other in combinations(shown, 2):
        for rest in (one - other, other - one):
            assert len(rest) == 0 or len(rest) >= K
