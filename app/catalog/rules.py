"""Whom a course is for, what completes it and for how long. Plain values in, decisions out."""

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
    """Whom a course is for: all lists that are not empty must match; nothing said means everyone."""

    role_codes: Collection[str] = ()
    position_ranks: Collection[str] = ()
    job_categories: Collection[str] = ()
    years_of_service_min: int | None = None
    years_of_service_max: int | None = None


@dataclass(frozen=True)
class TargetFacts:
    """What is known of an employee on the day of asking; whole years of service."""

    role_codes: Collection[str]
    position_ranks: Collection[str]
    job_category: str | None
    years_of_service: int


def check_target(target: Target) -> None:
    least, most = target.years_of_service_min, target.years_of_service_max
    if least is not None and most is not None and most < least:
        raise YearsOfServiceOrderInvalid(pointer="/target/years_of_service_max")


def is_targeted(target: Target, facts: TargetFacts) -> bool:
    least, most = target.years_of_service_min, target.years_of_service_max
    return (
        _meets(target.role_codes, facts.role_codes)
        and _meets(target.position_ranks, facts.position_ranks)
        and _meets(target.job_categories, [facts.job_category])
        and (least is None or facts.years_of_service >= least)
        and (most is None or facts.years_of_service <= most)
    )


def _meets(wanted: Collection[str], held: Iterable[str | None]) -> bool:
    return not wanted or any(one in wanted for one in held)


@dataclass(frozen=True)
class CompletionRule:
    """What completes a course: a share of the minutes, and a test where one is needed (scores 0 to 100)."""

    minimum_attendance_percent: int = 100
    needs_test: bool = False
    minimum_score: int | None = None


def check_completion_rule(rule: CompletionRule) -> None:
    if rule.minimum_score is not None and not rule.needs_test:
        raise ScoreWithoutTest(pointer="/completion_rule/minimum_score")


def completed(rule: CompletionRule, *, minutes_attended: int, minutes_total: int, score: int | None = None) -> bool:
    """Judge from counted minutes; a test that is needed and was not taken never completes."""
    attended = minutes_attended * 100 >= rule.minimum_attendance_percent * minutes_total
    if not rule.needs_test:
        return attended
    return attended and score is not None and score >= (rule.minimum_score or 0)


def evidence_ends(completed_on: date, *, months: int | None, at_fiscal_year_end: bool) -> date | None:
    """The first day on which a completion no longer counts, or None when it never ends."""
    ends = []
    if months is not None:
        ends.append(clock.add_months(completed_on, months))
    if at_fiscal_year_end:
        ends.append(clock.fiscal_year_start(clock.fiscal_year(completed_on) + 1))
    return min(ends, default=None)


def check_entries(member: str, entries: Sequence[Hashable]) -> None:
    """Refuse a list that says the same twice."""
    for at, entry in enumerate(entries):
        if entry in entries[:at]:
            raise DuplicateEntry(pointer=f"/{member}/{at}")


@dataclass(frozen=True)
class Equivalent:
    course_code: str
    valid_from: date
    valid_to: date | None


def check_equivalents(equivalents: Sequence[Equivalent]) -> None:
    """Refuse two half-open periods of one course that share a day."""
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
