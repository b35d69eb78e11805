"""The status of a gap, and who may count gaps. Plain values in, decisions out."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from app.insights.enums import FigureLevel, GapStatus, GroupBy
from app.insights.errors import DayWithFiscalYear, StatisticsForbidden, UnitTotalsOnly
from app.kit import clock
from app.people.enums import UnitLevel
from app.roles.rules import HeldRole
from app.skills.enums import EvidenceStatus, GapState
from app.skills.rules import Demand, Evidence, Gap

SESSIONS_SHOWN = 3

LEVELS = {
    FigureLevel.DEPARTMENT: [UnitLevel.DEPARTMENT],
    FigureLevel.SECTION: [UnitLevel.DEPARTMENT, UnitLevel.SECTION, UnitLevel.OFFICE],
    FigureLevel.TEAM: list(UnitLevel),
}
"""The levels of units in which people are counted: the lowest at or above their own, or else the topmost unit."""


def check_may_count(*, sees_nobody: bool, leads: bool) -> None:
    """Offices, heads and leaders may count; leaders only whole units, so that two counts never differ by few people."""
    if sees_nobody:
        raise UnitTotalsOnly if leads else StatisticsForbidden


def is_narrowed(group_by: Collection[GroupBy], *filters: object) -> bool:
    """Less than a whole unit is counted, so that single people could be found by subtraction."""
    return set(group_by) - {GroupBy.SKILL} != set() or any(value is not None for value in filters)


def day_asked(as_of: date | None, fiscal_year: int | None, today: date) -> date:
    """The day; that of the fiscal year which is nearest to today: its last, today, or its first; by default, today."""
    if fiscal_year is None:
        return as_of or today
    if as_of is not None:
        raise DayWithFiscalYear(pointer="/query/fiscal_year")
    last = clock.fiscal_year_start(fiscal_year + 1) - timedelta(days=1)
    return min(max(today, clock.fiscal_year_start(fiscal_year)), last)


def from_return(roles: Iterable[HeldRole], returned_on: date | None) -> list[HeldRole]:
    """Days of grace restart when a person returns from leave."""
    return [replace(role, since=max(role.since, returned_on or role.since)) for role in roles]


def unmet(gap: Gap) -> list[Demand]:
    return [demand for demand in gap.demands if not demand.met]


def missing_level(gap: Gap) -> int | None:
    """The level that closes the gap, 0 if any level does; None if nothing is missing."""
    return max((demand.requirement.target_level or 0 for demand in unmet(gap)), default=None)


def status(gap: Gap, day: date) -> GapStatus:
    if gap.state == GapState.SATISFIED:
        return GapStatus.SATISFIED
    if gap.state == GapState.DUE_LATER:
        return GapStatus.IN_GRACE
    expired = [evidence for evidence in gap.lapsed if evidence.status(day) == EvidenceStatus.EXPIRED]
    once_met = all(_reached(demand, expired) for demand in unmet(gap))
    return GapStatus.EXPIRED if once_met else GapStatus.MISSING


def _reached(demand: Demand, evidence: Iterable[Evidence]) -> bool:
    return any(each.reaches(demand.requirement.target_level) for each in evidence)
