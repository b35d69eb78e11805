from datetime import date, timedelta

import pytest

from app.insights import rules
from app.insights.enums import GapStatus
from app.insights.errors import StatisticsForbidden, UnitTotalsOnly
from app.skills.rules import Evidence, gaps
from tests.skills import values

TODAY = date(2026, 11, 2)

DAY = timedelta(1)


def status(*evidence: Evidence, target: int | None = None, grace: int = 0, since: date = values.START) -> GapStatus:
    requirement = values.requirement("general", "security", target, grace)
    (gap,) = gaps(TODAY, [values.held("general", since)], [requirement], evidence)
    return rules.status(gap, TODAY)


def test_a_gap_is_missing_until_evidence_satisfies_it() -> None:
    assert status() is GapStatus.MISSING
    assert status(values.evidence("security")) is GapStatus.SATISFIED


def test_evidence_that_has_ended_makes_the_gap_expired() -> None:
    assert status(values.evidence("security", until=TODAY)) is GapStatus.EXPIRED
    assert status(values.evidence("security", until=TODAY + DAY)) is GapStatus.SATISFIED


def test_evidence_that_never_reached_the_level_or_was_revoked_leaves_the_gap_missing() -> None:
    assert status(values.evidence("security", level=1, until=TODAY), target=2) is GapStatus.MISSING
    assert status(values.evidence("security", revoked_on=TODAY)) is GapStatus.MISSING


def test_a_gap_within_the_days_of_grace_is_not_due_yet() -> None:
    assert status(grace=30, since=TODAY - 29 * DAY) is GapStatus.IN_GRACE
    assert status(grace=30, since=TODAY - 30 * DAY) is GapStatus.MISSING


def test_grace_restarts_at_the_return_from_leave() -> None:
    role = values.held("general", TODAY - 90 * DAY)
    assert rules.from_return([role], TODAY)[0].since == TODAY
    assert rules.from_return([role], TODAY - 100 * DAY) == [role]
    assert rules.from_return([role], None) == [role]


def test_the_missing_level_is_the_highest_that_is_missing() -> None:
    requirements = [values.requirement("general", "security"), values.requirement("manager", "security", 3)]
    roles = [values.held("general"), values.held("manager")]
    levels = [
        rules.missing_level(gaps(TODAY, roles, requirements, evidence)[0])
        for evidence in ([], [values.evidence("security", 3)])
    ]
    assert levels == [3, None]


def test_leaders_who_narrow_a_count_and_others_get_different_errors() -> None:
    rules.check_may_count(sees_nobody=False, leads=True)
    with pytest.raises(UnitTotalsOnly):
        rules.check_may_count(sees_nobody=True, leads=True)
    with pytest.raises(StatisticsForbidden):
        rules.check_may_count(sees_nobody=True, leads=False)
