from datetime import date, timedelta

import pytest

from app.insights import rules
from app.insights.enums import GapStatus, GroupBy
from app.insights.errors import StatisticsForbidden, UnitTotalsOnly
from app.skills.rules import Evidence, gaps
from tests.skills import values

TODAY = date(2026, 11, 2)

DAY = timedelta(1)


def status(*shown: Evidence, target: int | None = None, grace: int = 0, since: date = values.START) -> GapStatus:
    requirement = values.requirement("general", "security", target, grace)
    (gap,) = gaps(TODAY, [values.held("general", since)], [requirement], shown)
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


def test_within_the_days_of_grace_a_gap_is_not_yet_due() -> None:
    assert status(grace=30, since=TODAY - 29 * DAY) is GapStatus.IN_GRACE
    assert status(grace=30, since=TODAY - 30 * DAY) is GapStatus.MISSING


def test_grace_begins_anew_on_the_return_from_leave() -> None:
    role = values.held("general", TODAY - 90 * DAY)
    assert rules.from_return([role], TODAY)[0].since == TODAY
    assert rules.from_return([role], TODAY - 100 * DAY) == [role]
    assert rules.from_return([role], None) == [role]


def test_the_level_wanted_is_the_highest_that_is_missing() -> None:
    requirements = [values.requirement("general", "security"), values.requirement("manager", "security", 3)]
    roles = [values.held("general"), values.held("manager")]
    levels = [
        rules.level_wanted(gaps(TODAY, roles, requirements, shown)[0])
        for shown in ([], [values.evidence("security", 3)])
    ]
    assert levels == [3, None]


def test_a_leader_who_narrows_is_refused_as_one_and_others_as_none() -> None:
    rules.check_may_count(sees_nobody=False, leads=True)
    with pytest.raises(UnitTotalsOnly):
        rules.check_may_count(sees_nobody=True, leads=True)
    with pytest.raises(StatisticsForbidden):
        rules.check_may_count(sees_nobody=True, leads=False)


def test_all_but_skills_of_the_whole_is_narrowed() -> None:
    assert not rules.is_narrowed([GroupBy.SKILL], None)
    assert rules.is_narrowed([GroupBy.SKILL, GroupBy.ROLE], None)
    assert rules.is_narrowed([GroupBy.SKILL], None, ["security"])
