"""How a gap is explained, and who may count whose. Plain values in, decisions out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.kit.problems import Forbidden
from app.kit.vocabulary import Word
from app.people.rules import UnitLevel
from app.roles.rules import HeldRole
from app.skills.rules import Demand, Evidence, EvidenceStatus, Gap, GapState

SMALLEST_GROUP = 3
SESSIONS_SHOWN = 3


class GroupBy(Word):
    """What figures are grouped by."""

    ORG_UNIT = "org_unit", "所属", "Unit"
    SKILL = "skill", "スキル", "Skill"
    ROLE = "role", "役割", "Role"


class FigureLevel(Word):
    """How far people's units are rolled up; an office stands beside the sections."""

    DEPARTMENT = "department", "部等", "Department"
    SECTION = "section", "課等", "Section"
    TEAM = "team", "係", "Team"


LEVELS = {
    FigureLevel.DEPARTMENT: [UnitLevel.DEPARTMENT],
    FigureLevel.SECTION: [UnitLevel.DEPARTMENT, UnitLevel.SECTION, UnitLevel.OFFICE],
    FigureLevel.TEAM: list(UnitLevel),
}
"""The levels that a group may have: a person stands in the lowest such unit above, or in the topmost."""


class GapStatus(Word):
    """In grace = missing, but not yet due; expired = missing, and what met it has ended."""

    SATISFIED = "satisfied", "習得済み", "Satisfied"
    IN_GRACE = "in_grace", "猶予期間中", "Within the days of grace"
    EXPIRED = "expired", "有効期限切れ", "Expired"
    MISSING = "missing", "未習得", "Missing"


class NoFigures(Forbidden):
    """Figures are for the offices in charge, for heads and for leaders."""

    ja = "集計を閲覧できるのは、担当部門、所属長、デジタル推進リーダーです。"


class CountedAsAWhole(Forbidden):
    """Leaders see the counts of their units as a whole, by skill: no narrower groups and filters."""

    ja = "リーダーが閲覧できるのは、担当所属全体のスキル別の集計だけです。区分や絞り込みは指定できません。"


@dataclass(frozen=True)
class Sight:
    """People below `seen_under` are counted, those below `open_under` also in small groups. None = all."""

    seen_under: frozenset[UUID] | None
    open_under: frozenset[UUID] | None


def sight(*, reads_all: bool, headed: frozenset[UUID], led: frozenset[UUID], narrowed: bool) -> Sight:
    """Heads count the people whose gaps they may see anyway; leaders their whole unit and never fewer than three."""
    if reads_all:
        return Sight(None, None)
    if not headed | led:
        raise NoFigures
    if narrowed and not headed:
        raise CountedAsAWhole
    return Sight(headed if narrowed else headed | led, headed)


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
    return max((demand.cell.target_level or 0 for demand in unmet(gap)), default=None)


def status(gap: Gap, day: date) -> GapStatus:
    if gap.state == GapState.SATISFIED:
        return GapStatus.SATISFIED
    if gap.state == GapState.DUE_LATER:
        return GapStatus.IN_GRACE
    ended = [shown for shown in gap.lapsed if shown.status(day) == EvidenceStatus.EXPIRED]
    once_met = all(_reached(demand, ended) for demand in unmet(gap))
    return GapStatus.EXPIRED if once_met else GapStatus.MISSING


def _reached(demand: Demand, evidence: Iterable[Evidence]) -> bool:
    return any(shown.reaches(demand.cell.target_level) for shown in evidence)
