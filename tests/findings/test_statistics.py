"""Figures agree with SciPy, with a published data set to six digits, and with general properties."""

from dataclasses import fields, is_dataclass
from math import gamma, isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.findings.statistics import (
    EffectSize,
    Improvement,
    Interval,
    PairedT,
    SignedRank,
    UndefinedReason,
    WilcoxonMethod,
    effect,
    small_sample_correction,
)
from app.surveys.enums import ScaleDirection

UP, DOWN = ScaleDirection.HIGHER_IS_BETTER, ScaleDirection.LOWER_IS_BETTER

# Cushny and Peebles (1905), used by Student (1908): hours of sleep that two drugs added for ten people. As `sleep` in
# R, where t.test(..., paired = TRUE) prints t = -4.0621, df = 9, p-value = 0.002833, 95 percent confidence interval
# -2.4598858 -0.7001142, mean difference -1.58, and wilcox.test(..., paired = TRUE) prints V = 0, p-value = 0.009091.
# More digits (t = -4.062128, p = 2.832890e-03, d = -1.284558) are in the tests of R's TOSTER and effectsize.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]

SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

answers = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=1, max_size=60)


def numbered(before: list[float], after: list[float]) -> tuple[dict[int, float], dict[int, float]]:
    return dict(enumerate(before)), dict(enumerate(after))


def test_the_published_sleep_data_are_reproduced_to_six_digits() -> None:
    found = effect(*numbered(SECOND_DRUG, FIRST_DRUG), UP)
    assert (found.n_pre, found.n_post, found.n_paired) == (10, 10, 10)
    assert found.mean_change == pytest.approx(-1.58, abs=1e-9)
    assert isinstance(found.paired_t, PairedT)
    assert found.paired_t.t == pytest.approx(-4.062128, abs=5e-7)
    assert found.paired_t.df == 9
    assert found.paired_t.p == pytest.approx(0.002832890, abs=5e-10)
    assert isinstance(found.interval, Interval)
    assert found.interval.low == pytest.approx(-2.4598858, abs=5e-8)
    assert found.interval.high == pytest.approx(-0.7001142, abs=5e-8)


def test_the_published_effect_size_and_signed_rank_test_are_reproduced() -> None:
    found = effect(*numbered(SECOND_DRUG, FIRST_DRUG), UP)
    assert isinstance(found.effect_size, EffectSize)
    assert found.effect_size.d_z == pytest.approx(-1.284558, abs=5e-7)
    assert isinstance(found.wilcoxon, SignedRank)
    assert (found.wilcoxon.statistic, found.wilcoxon.n_changed) == (0, 9)
    assert found.wilcoxon.p == pytest.approx(0.009091, abs=5e-7)
    assert found.wilcoxon.method == WilcoxonMethod.APPROXIMATE


@pytest.mark.parametrize(("df", "table"), [(2, 0.5642), (9, 0.9139), (20, 0.9619), (50, 0.9849)])
def test_the_correction_agrees_with_the_table_of_hedges(df: int, table: float) -> None:
    assert small_sample_correction(df) == pytest.approx(table, abs=5e-5)
    assert small_sample_correction(df) == pytest.approx(gamma(df / 2) / (sqrt(df / 2) * gamma((df - 1) / 2)))


def test_the_corrected_effect_size_is_the_plain_one_times_the_correction() -> None:
    size = effect(*numbered(SECOND_DRUG, FIRST_DRUG), UP).effect_size
    assert isinstance(size, EffectSize)
    assert size.g_z == pytest.approx(size.d_z * 0.9138748918, abs=1e-9)


@given(answers)
def test_figures_agree_with_scipy_for_any_answers(pairs: list[tuple[int, int]]) -> None:
    before, after = [float(b) for b, _ in pairs], [float(a) for _, a in pairs]
    found = effect(*numbered(before, after), UP)
    if isinstance(found.paired_t, PairedT):
        expected = stats.ttest_rel(after, before)
        assert found.paired_t.t == pytest.approx(expected.statistic)
        assert found.paired_t.p == pytest.approx(expected.pvalue)
        assert isinstance(found.interval, Interval)
        assert [found.interval.low, found.interval.high] == pytest.approx(list(expected.confidence_interval(0.95)))
    if isinstance(found.wilcoxon, SignedRank):
        test = stats.wilcoxon(
            np.array(after) - np.array(before),
            zero_method="wilcox",
            correction=found.wilcoxon.method == WilcoxonMethod.APPROXIMATE,
            method="exact" if found.wilcoxon.method == WilcoxonMethod.EXACT else "approx",
        )
        assert found.wilcoxon.statistic == test.statistic
        assert found.wilcoxon.p == pytest.approx(test.pvalue)


@given(answers)
def test_every_number_is_finite(pairs: list[tuple[int, int]]) -> None:
    found = effect(*numbered([b for b, _ in pairs], [a for _, a in pairs]), UP)
    for field in fields(found):
        figure = getattr(found, field.name)
        parts = [getattr(figure, part.name) for part in fields(figure)] if is_dataclass(figure) else [figure]
        assert all(isfinite(part) for part in parts if isinstance(part, float | int))


@given(answers)
def test_swapping_before_and_after_negates_the_effect(pairs: list[tuple[int, int]]) -> None:
    before, after = numbered([b for b, _ in pairs], [a for _, a in pairs])
    forward, backward = effect(before, after, UP), effect(after, before, UP)
    assert forward.mean_change == pytest.approx(-float(backward.mean_change))
    if isinstance(forward.effect_size, EffectSize) and isinstance(backward.effect_size, EffectSize):
        assert forward.effect_size.d_z == pytest.approx(-backward.effect_size.d_z)
        assert abs(forward.effect_size.g_z) <= abs(forward.effect_size.d_z)


@given(answers, st.integers(-100, 100))
def test_adding_a_constant_to_all_answers_changes_nothing(pairs: list[tuple[int, int]], by: int) -> None:
    original = effect(*numbered([b for b, _ in pairs], [a for _, a in pairs]), UP)
    moved = effect(*numbered([b + by for b, _ in pairs], [a + by for _, a in pairs]), UP)
    assert original.mean_change == pytest.approx(moved.mean_change)
    assert (original.effect_size, original.wilcoxon) == (moved.effect_size, moved.wilcoxon)


def test_only_people_who_answered_both_times_are_pairs() -> None:
    found = effect({1: 1, 2: 2, 3: 5}, {2: 4, 3: 4, 4: 1}, UP)
    assert (found.n_pre, found.n_post, found.n_paired) == (3, 3, 2)
    assert (found.mean_pre, found.mean_post, found.mean_change) == (3.5, 4, 0.5)


def test_a_decrease_is_an_improvement_if_lower_is_better() -> None:
    before, after = numbered([5, 4, 5], [3, 2, 4])
    assert effect(before, after, DOWN).improvement == Improvement.IMPROVED
    assert effect(before, after, UP).improvement == Improvement.WORSENED
    assert effect(before, after, DOWN).mean_change == pytest.approx(-5 / 3)


def test_changes_that_cancel_out_are_no_change() -> None:
    assert effect(*numbered([0.1, 0.2, 0.3], [0.2, 0.3, 0.1]), UP).improvement == Improvement.UNCHANGED


def test_decimals_that_differ_by_rounding_alone_are_equal_changes() -> None:
    found = effect(*numbered([0.1, 0.0, 0.7], [0.3, 0.2, 0.9]), UP)
    assert found.paired_t == UndefinedReason.NO_VARIANCE


def test_without_pairs_there_is_no_figure() -> None:
    found = effect({1: 1.0}, {2: 2.0}, UP)
    assert (found.n_pre, found.n_post, found.n_paired) == (1, 1, 0)
    assert {found.mean_pre, found.improvement, found.interval, found.wilcoxon} == {UndefinedReason.NO_PAIRS}


def test_one_pair_has_a_change_but_no_interval() -> None:
    found = effect({1: 1.0}, {1: 3.0}, UP)
    assert (found.mean_change, found.interval, found.paired_t) == (
        2,
        UndefinedReason.TOO_FEW_PAIRS,
        UndefinedReason.TOO_FEW_PAIRS,
    )


def test_two_pairs_have_an_interval_but_no_corrected_effect_size() -> None:
    found = effect(*numbered([1, 1], [2, 3]), UP)
    assert isinstance(found.interval, Interval)
    assert found.effect_size == UndefinedReason.TOO_FEW_PAIRS


def test_equal_changes_have_no_variance_and_no_test_of_the_mean() -> None:
    found = effect(*numbered([1, 2, 3], [2, 3, 4]), UP)
    assert {found.interval, found.effect_size, found.paired_t} == {UndefinedReason.NO_VARIANCE}
    assert isinstance(found.wilcoxon, SignedRank)


def test_without_any_change_there_is_nothing_to_rank() -> None:
    found = effect(*numbered([1, 2, 3], [1, 2, 3]), UP)
    assert found.wilcoxon == UndefinedReason.NO_CHANGE
    assert found.improvement == Improvement.UNCHANGED


@settings(max_examples=30)
@given(st.permutations(range(1, 13)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_distinct_changes_are_ranked_exactly(sizes: list[int], ups: list[bool]) -> None:
    after = [float(size if up else -size) for size, up in zip(sizes, ups, strict=True)]
    found = effect(*numbered([0.0] * 12, after), UP).wilcoxon
    assert isinstance(found, SignedRank)
    assert found.method == WilcoxonMethod.EXACT
    assert found.p == pytest.approx(stats.wilcoxon(after, method="exact").pvalue)
