"""What a role demands, what a person has shown, and what is missing. Plain values in, decisions out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.kit.problems import Conflict, Invalid


class MapStatus(StrEnum):
    """A retired map was superseded; it stays in force until its valid_to."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class Provenance(StrEnum):
    """Where a cell comes from: printed in the policy, judged from its text, or confirmed by the city."""

    SEED_TEXT = "seed_text"
    RECONSTRUCTED = "reconstructed"
    CONFIRMED = "confirmed"


class EvidenceBasis(StrEnum):
    """How a skill was shown; a self-assessment is kept but closes no gap."""

    COMPLETION = "completion"
    QUALIFICATION = "qualification"
    ASSESSMENT = "assessment"
    SELF_ASSESSMENT = "self_assessment"


class GapState(StrEnum):
    """Due later = missing, but every role that misses it is still within its days of grace."""

    SATISFIED = "satisfied"
    DUE_LATER = "due_later"
    MISSING = "missing"


class SkillCodeTaken(Conflict):
    """A skill with this code exists."""

    ja = "同じコードのスキルがすでにあります。"
    constraint = "uq_skill_code"


class UnknownSkill(Invalid):
    """There is no such skill."""

    ja = "該当するスキルがありません。"


class UnknownMap(Invalid):
    """There is no such skill map."""

    ja = "該当するスキルマップがありません。"


class MapVersionTaken(Conflict):
    """A skill map with this version exists."""

    ja = "同じ版のスキルマップがすでにあります。"
    constraint = "uq_skill_map_version"


class MapsOverlap(Conflict):
    """Another skill map is in force in this period."""

    ja = "この期間には別のスキルマップが適用されています。"
    constraint = "ex_skill_map"


class MapNotDraft(Conflict):
    """Only a draft can be changed: copy this map to a new version."""

    ja = "変更できるのは下書きのスキルマップだけです。新しい版に複写してください。"


class ActivationInThePast(Conflict):
    """A map is in force on that day already, and what it demanded in the past stays."""

    ja = "過去の日にはすでにスキルマップが適用されているため、さかのぼって適用できません。"


class CellTaken(Conflict):
    """The map has this cell already."""

    ja = "このセルはすでにスキルマップにあります。"
    constraint = "uq_skill_requirement_cell"


class OnlyOwnSelfAssessment(Invalid):
    """Employees record their own self-assessment; assessments come from the training office."""

    ja = "職員が登録できるのは本人の自己評価だけです。"


class BasisHasSource(Invalid):
    """Completions and qualifications become evidence through their own resources."""

    ja = "修了または資格による習得は、それぞれの記録から自動的に登録されます。"


class AlreadyRevoked(Conflict):
    """The evidence has been revoked already."""

    ja = "この習得記録はすでに取り消されています。"


class UnknownEvidenceHolder(Invalid):
    """There is no such employee."""

    ja = "該当する職員がいません。"


@dataclass(frozen=True)
class HeldRole:
    """A role that a person holds, and the day since which without a break."""

    role_code: str
    since: date


@dataclass(frozen=True)
class Cell:
    """A cell of a map: the role needs the skill, to a level if one is set."""

    id: UUID
    role_code: str
    skill_code: str
    target_level: int | None = None
    grace_days: int = 0


@dataclass(frozen=True)
class Evidence:
    """A skill shown, for a half-open period; from `revoked_on` it no longer counts."""

    id: UUID
    skill_code: str
    level: int | None
    basis: EvidenceBasis
    valid_from: date
    valid_to: date | None = None
    revoked_on: date | None = None

    def lasts(self, day: date) -> bool:
        ends = [end for end in (self.valid_to, self.revoked_on) if end]
        return self.valid_from <= day and all(day < end for end in ends)

    def reaches(self, target: int | None) -> bool:
        """Without a target any level will do; a target asks for a level that was measured."""
        return target is None or (self.level is not None and self.level >= target)


@dataclass(frozen=True)
class Demand:
    """One role's cell, met or not; a missing skill is due on `due_on`."""

    cell: Cell
    due_on: date
    met: bool


@dataclass(frozen=True)
class Gap:
    """One skill: who demands it, what counted, and what would have counted but ended, was revoked or is too low."""

    skill_code: str
    state: GapState
    demands: tuple[Demand, ...]
    counted: tuple[Evidence, ...]
    expired: tuple[Evidence, ...]


def counts(evidence: Evidence) -> bool:
    return evidence.basis is not EvidenceBasis.SELF_ASSESSMENT


def gaps(day: date, roles: Iterable[HeldRole], cells: Iterable[Cell], evidence: Sequence[Evidence]) -> list[Gap]:
    """A line for each skill that one of the roles demands; what no cell demands is not specified, never unneeded."""
    since = {role.role_code: role.since for role in roles}
    demanded: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.role_code in since:
            demanded.setdefault(cell.skill_code, []).append(cell)
    return [
        _gap(day, since, wanted, [e for e in evidence if e.skill_code == code and counts(e)])
        for code, wanted in demanded.items()
    ]


def _gap(day: date, since: Mapping[str, date], cells: Sequence[Cell], evidence: Sequence[Evidence]) -> Gap:
    lasting = tuple(e for e in evidence if e.lasts(day))
    demands = tuple(
        Demand(
            cell=cell,
            due_on=since[cell.role_code] + timedelta(days=cell.grace_days),
            met=any(e.reaches(cell.target_level) for e in lasting),
        )
        for cell in cells
    )
    return Gap(
        skill_code=cells[0].skill_code,
        state=_state(day, demands),
        demands=demands,
        counted=lasting,
        expired=tuple(e for e in evidence if e.valid_from <= day and not e.lasts(day)),
    )


def _state(day: date, demands: Iterable[Demand]) -> GapState:
    unmet = [demand for demand in demands if not demand.met]
    if not unmet:
        return GapState.SATISFIED
    return GapState.MISSING if any(demand.due_on <= day for demand in unmet) else GapState.DUE_LATER


def held_since(periods: Iterable[tuple[date, date | None]], day: date) -> date | None:
    """Since when a role is held without a break up to `day`, from half-open periods that may touch or overlap."""
    start: date | None = None
    end: date | None = date.min
    for begins, ends in sorted(periods, key=lambda period: period[0]):
        if begins > day:
            break
        if start is None or (end is not None and end < begins):
            start = begins
        if end is not None:
            end = ends if ends is None else max(end, ends)
    return start if end is None or end > day else None


def check_activation(on: date, today: date, in_force: bool) -> None:
    """The first map may begin in the past; a later one may not, since past answers stay explainable."""
    if in_force and on < today:
        raise ActivationInThePast


def check_editable(status: MapStatus, changed: Iterable[str]) -> None:
    """A draft is free; of a map in force a cell's provenance and confidence may be confirmed, since it demands the same."""
    if status is MapStatus.DRAFT or (status is MapStatus.ACTIVE and set(changed) <= {"provenance", "confidence"}):
        return
    raise MapNotDraft
