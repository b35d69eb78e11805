"""The target group of a course, its completion rule and how long completions count. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

from app.catalog.errors import DuplicateEntry, DuplicateEquivalent, ScoreWithoutTest, YearsOfServiceOrderInvalid
from app.kit import clock

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Target:
    """The target group of a course: every list that is not empty must match; an empty target means everyone."""

    role_codes: Collection[str] = ()
    position_ranks: Collection[str] = ()
    job_categories: Collection[str] = ()
    years_of_service_min: int | None = None
    years_of_service_max: int | None = None


def check_target(target: Target) -> None:
    least, most = target.years_of_service_min, target.years_of_service_max
    if least is not None and most is not None and most < least:
        raise YearsOfServiceOrderInvalid(pointer="/target/years_of_service_max")


@dataclass(frozen=True)
class CompletionRule:
    """The share of minutes to attend in percent, and a test if needed (scores 0 to 100)."""

    minimum_attendance_percent: int = 100
    needs_test: bool = False
    minimum_score: int | None = None


def check_completion_rule(rule: CompletionRule) -> None:
    if rule.minimum_score is not None and not rule.needs_test:
        raise ScoreWithoutTest(pointer="/completion_rule/minimum_score")


def completed(rule: CompletionRule, *, minutes_attended: int, minutes_total: int, score: int | None = None) -> bool:
    """Whether these minutes and this score complete the course; a needed test must have been taken."""
    attended = minutes_attended * 100 >= rule.minimum_attendance_percent * minutes_total
    if not rule.needs_test:
        return attended
    return attended and score is not None and score >= (rule.minimum_score or 0)


def evidence_ends(completed_on: date, *, months: int | None, at_fiscal_year_end: bool) -> date | None:
    """The first day on which the evidence no longer counts, or None if it never ends."""
    ends = []
    if months is not None:
        ends.append(clock.add_months(completed_on, months))
    if at_fiscal_year_end:
        ends.append(clock.fiscal_year_start(clock.fiscal_year(completed_on) + 1))
    return min(ends, default=None)


def check_entries(field: str, entries: Sequence[Hashable]) -> None:
    """Refuse a list with the same entry twice."""
    for at, entry in enumerate(entries):
        if entry in entries[:at]:
            raise DuplicateEntry(pointer=f"/{field}/{at}")


@dataclass(frozen=True)
class Equivalent:
    course_code: str
    valid_from: date
    valid_to: date | None


def check_equivalents(equivalents: Sequence[Equivalent]) -> None:
    """Refuse overlapping periods of one course (half-open)."""
    in_order = sorted(enumerate(equivalents), key=lambda entry: (entry[1].course_code, entry[1].valid_from))
    for (_, earlier), (at, later) in pairwise(in_order):
        open_end = earlier.valid_to is None or earlier.valid_to > later.valid_from
        if earlier.course_code == later.course_code and open_end:
            raise DuplicateEquivalent(pointer=f"/equivalents/{at}")


def has_cycle(graph: Mapping[K, Iterable[K]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False
