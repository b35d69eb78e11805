"""Targets, completion, expiry and cycles, on plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import rules
from app.catalog.rules import CompletionRule


@pytest.mark.parametrize(("attended", "expected"), [(0, False), (143, False), (144, True), (180, True)])
def test_completion_needs_the_share_of_minutes(attended: int, expected: bool) -> None:
    rule = CompletionRule(minimum_attendance_percent=80)
    assert rules.completed(rule, minutes_attended=attended, minutes_total=180) is expected


@pytest.mark.parametrize(("score", "expected"), [(None, False), (59, False), (60, True)])
def test_a_required_test_must_be_taken_and_passed(score: int | None, expected: bool) -> None:
    rule = CompletionRule(minimum_attendance_percent=0, needs_test=True, minimum_score=60)
    assert rules.completed(rule, minutes_attended=0, minutes_total=180, score=score) is expected


def test_a_test_without_a_minimum_score_only_has_to_be_taken() -> None:
    rule = CompletionRule(needs_test=True)
    assert rules.completed(rule, minutes_attended=60, minutes_total=60, score=0)
    assert not rules.completed(rule, minutes_attended=60, minutes_total=60)


@given(percent=st.integers(0, 100), total=st.integers(1, 1000), attended=st.integers(0, 1000), more=st.integers(0, 100))
def test_attending_longer_never_takes_a_completion_away(percent: int, total: int, attended: int, more: int) -> None:
    rule = CompletionRule(minimum_attendance_percent=percent)
    before = rules.completed(rule, minutes_attended=attended, minutes_total=total)
    assert rules.completed(rule, minutes_attended=attended + more, minutes_total=total) >= before


@pytest.mark.parametrize(
    ("completed_on", "months", "at_year_end", "expected"),
    [
        (date(2026, 6, 1), None, False, None),
        (date(2024, 2, 29), 12, False, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, False, date(2027, 2, 28)),
        (date(2026, 3, 31), None, True, date(2026, 4, 1)),
        (date(2026, 4, 1), None, True, date(2027, 4, 1)),
        (date(2026, 9, 1), 3, True, date(2026, 12, 1)),
        (date(2026, 9, 1), 24, True, date(2027, 4, 1)),
    ],
)
def test_evidence_ends_after_months_or_with_the_fiscal_year(
    completed_on: date, months: int | None, at_year_end: bool, expected: date | None
) -> None:
    assert rules.evidence_ends(completed_on, months=months, at_fiscal_year_end=at_year_end) == expected


def test_cycles_of_any_length_are_found() -> None:
    assert not rules.has_cycle({"a": ["b", "c"], "b": ["c"]})
    assert rules.has_cycle({"a": ["b"], "b": ["c"], "c": ["a"]})
    assert rules.has_cycle({"a": ["a"]})
