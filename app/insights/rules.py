"""How a gap is explained, and who may count whose. Plain values in, decisions out."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from app.insights.enums import FigureLevel, GapStatus, GroupBy
from app.insights.errors import StatisticsForbidden, UnitTotalsOnly
from app.people.enums import UnitLevel
from app.roles.rules import HeldRole
from app.skills.enums import EvidenceStatus, GapState
from app.skills.rules import Demand, Evidence, Gap

SMALLEST_GROUP = 3

SESSIONS_SHOWN = 3

LEVELS = {
    FigureLevel.DEPARTMENT: [UnitLevel.DEPARTMENT],
    FigureLevel.SECTION: [UnitLevel.DEPARTMENT, UnitLevel.SECTION, UnitLevel.OFFICE],
    FigureLevel.TEAM: list(UnitLevel),
}

"""The levels that a group may have: a person stands in the lowest such unit above, or in the topmost."""


def check_may_count(*, sees_nobody: bool, leads: bool) -> None:
    """Figures are for the offices, heads and leaders; a leader counts the whole of a unit and no part of it."""
    if sees_nobody:
        raise UnitTotalsOnly if leads else StatisticsForbidden


def is_narrowed(group_by: Collection[GroupBy], *filters: object) -> bool:
    """Asks for less than the whole of a unit, from which single people could be found by subtraction."""
    return set(group_by) - {GroupBy.SKILL} != set() or any(chosen is not None for chosen in filters)


def from_return(roles: Iterable[HeldRole], returned_on: date | None) -> list[HeldRole]:
    """Days of grace begin anew when a person returns from leave."""
    return [replace(role, since=max(role.since, returned_on or role.since)) for role in roles]


def unmet(gap: Gap) -> list[Demand]:
    return [demand for demand in gap.demands if not demand.met]


def level_wanted(gap: Gap) -> int | None:
    """The level that closes the gap, 0 where any will do; None where nothing is missing."""
    return max((demand.requirement.target_level or 0 for demand in unmet(gap)), default=None)


def status(gap: Gap, day: date) -> GapStatus:
    if gap.state == GapState.SATISFIED:
        return GapStatus.SATISFIED
    if gap.state == GapState.DUE_LATER:
        return GapStatus.IN_GRACE
    ended = [shown for shown in gap.lapsed if shown.status(day) == EvidenceStatus.EXPIRED]
    once_met = all(_reached(demand, ended) for demand in unmet(gap))
    return GapStatus.EXPIRED if once_met else GapStatus.MISSING


def _reached(demand: Demand, evidence: Iterable[Evidence]) -> bool:
    return any(shown.reaches(demand.requirement.target_level) for shown in evidence)
