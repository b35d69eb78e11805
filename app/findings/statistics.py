"""The effect of a training: paired change with its interval and effect size, and two tests. Plain numbers in and out.

Change is after minus before, in steps of the scale and whatever its direction; `improvement` takes the direction into
account. A figure that the numbers do not allow is an `UndefinedReason`, never NaN or infinity.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from app.kit.enums import LabelledEnum
from app.surveys.enums import ScaleDirection
from app.surveys.questions import MAX_DECIMALS

K = TypeVar("K", bound=Hashable)

Numbers = NDArray[np.float64]

CONFIDENCE = 0.95

_EXACT_UP_TO = 50


class Improvement(LabelledEnum):
    IMPROVED = "improved", "向上", "Improved"
    UNCHANGED = "unchanged", "変化なし", "Unchanged"
    WORSENED = "worsened", "低下", "Worsened"


class UndefinedReason(LabelledEnum):
    """Why a figure cannot be computed."""

    NO_PAIRS = "no_pairs", "対応する回答がない", "No pairs"
    TOO_FEW_PAIRS = "too_few_pairs", "対応する回答が少ない", "Too few pairs"
    NO_VARIANCE = "no_variance", "変化量にばらつきがない", "No variance"
    NO_CHANGE = "no_change", "変化した回答がない", "No change"


class WilcoxonMethod(LabelledEnum):
    EXACT = "exact", "正確確率", "Exact"
    APPROXIMATE = "approximate", "正規近似", "Normal approximation"


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class EffectSize:
    """Cohen's d_z (mean change over the standard deviation of the changes) and its bias-corrected form g_z."""

    d_z: float
    g_z: float


@dataclass(frozen=True)
class PairedT:
    t: float
    df: int
    p: float


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon's statistic is the smaller sum of ranks; `n_changed` is the number of pairs with a change."""

    statistic: float
    p: float
    n_changed: int
    method: WilcoxonMethod


@dataclass(frozen=True)
class Effect:
    """`n_pre` and `n_post` count all answers; every other figure is computed from the pairs only."""

    n_pre: int
    n_post: int
    n_paired: int
    mean_pre: float | UndefinedReason
    mean_post: float | UndefinedReason
    mean_change: float | UndefinedReason
    improvement: Improvement | UndefinedReason
    interval: Interval | UndefinedReason
    effect_size: EffectSize | UndefinedReason
    paired_t: PairedT | UndefinedReason
    wilcoxon: SignedRank | UndefinedReason


def effect(before: Mapping[K, float], after: Mapping[K, float], direction: ScaleDirection) -> Effect:
    """The change of respondents who answered both before and after."""
    both = [key for key in before if key in after]
    pre, post = (np.array([answers[key] for key in both], dtype=np.float64) for answers in (before, after))
    changes = changes_of(pre, post)
    return Effect(
        n_pre=len(before),
        n_post=len(after),
        n_paired=len(both),
        mean_pre=_mean(pre),
        mean_post=_mean(post),
        mean_change=_mean(changes),
        improvement=_improvement(changes, direction),
        interval=_interval(changes),
        effect_size=_effect_size(changes),
        paired_t=_paired_t(changes),
        wilcoxon=_wilcoxon(changes),
    )


def undefined_figures(found: Effect) -> dict[str, UndefinedReason]:
    """The figures without a value, by name."""
    figures = {
        "mean_pre": found.mean_pre,
        "mean_post": found.mean_post,
        "mean_change": found.mean_change,
        "improvement": found.improvement,
        "interval": found.interval,
        "effect_size": found.effect_size,
        "paired_t": found.paired_t,
        "wilcoxon": found.wilcoxon,
    }
    return {name: figure for name, figure in figures.items() if isinstance(figure, UndefinedReason)}


def changes_of(pre: Numbers, post: Numbers) -> Numbers:
    """Rounded to the decimals of an answer, so that 0.3 - 0.1 and 0.2 - 0 are equal changes."""
    return np.round(post - pre, MAX_DECIMALS)


def _mean(numbers: Numbers) -> float | UndefinedReason:
    return float(numbers.mean()) if len(numbers) else UndefinedReason.NO_PAIRS


def _improvement(changes: Numbers, direction: ScaleDirection) -> Improvement | UndefinedReason:
    if not len(changes):
        return UndefinedReason.NO_PAIRS
    total = round(float(changes.sum()), MAX_DECIMALS)
    if total == 0:
        return Improvement.UNCHANGED
    better = (total > 0) == (direction == ScaleDirection.HIGHER_IS_BETTER)
    return Improvement.IMPROVED if better else Improvement.WORSENED


def _undefined(changes: Numbers, *, min_pairs: int = 2) -> UndefinedReason | None:
    """Why no standard deviation can be computed; None if it can."""
    if not len(changes):
        return UndefinedReason.NO_PAIRS
    if len(changes) < min_pairs:
        return UndefinedReason.TOO_FEW_PAIRS
    return UndefinedReason.NO_VARIANCE if np.ptp(changes) == 0 else None


def _interval(changes: Numbers) -> Interval | UndefinedReason:
    if reason := _undefined(changes):
        return reason
    interval = scipy.stats.ttest_1samp(changes, 0.0).confidence_interval(CONFIDENCE)
    return Interval(float(interval.low), float(interval.high))


def _paired_t(changes: Numbers) -> PairedT | UndefinedReason:
    if reason := _undefined(changes):
        return reason
    test = scipy.stats.ttest_1samp(changes, 0.0)
    return PairedT(float(test.statistic), len(changes) - 1, float(test.pvalue))


def _effect_size(changes: Numbers) -> EffectSize | UndefinedReason:
    """Needs three pairs, as the correction is not defined for one degree of freedom."""
    if reason := _undefined(changes, min_pairs=3):
        return reason
    d_z = float(changes.mean() / changes.std(ddof=1))
    return EffectSize(d_z, d_z * small_sample_correction(len(changes) - 1))


def small_sample_correction(df: int) -> float:
    """J(m) = Γ(m/2) / (√(m/2) Γ((m-1)/2)), exact: Hedges (1981), J. Educational Statistics 6(2), 107-128, eq. 6e."""
    return exp(lgamma(df / 2) - lgamma((df - 1) / 2) - log(df / 2) / 2)


def _wilcoxon(changes: Numbers) -> SignedRank | UndefinedReason:
    """Two-sided. Zero changes are dropped, as by Wilcoxon himself; ties get their mean rank.

    Exact up to 50 changes without ties or zeros; otherwise the normal approximation with tie and continuity correction.
    """
    moved = changes[changes != 0]
    if not len(moved):
        return UndefinedReason.NO_CHANGE if len(changes) else UndefinedReason.NO_PAIRS
    plain = len(moved) == len(changes) <= _EXACT_UP_TO and len(np.unique(np.abs(moved))) == len(moved)
    method = WilcoxonMethod.EXACT if plain else WilcoxonMethod.APPROXIMATE
    test = scipy.stats.wilcoxon(moved, correction=not plain, method="exact" if plain else "approx")
    return SignedRank(float(test.statistic), float(test.pvalue), len(moved), method)
