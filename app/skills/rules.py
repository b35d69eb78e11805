"""Skills that roles need, evidence that people have, and the gap between them, as pure functions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.kit.problems import passes
from app.roles.rules import HeldRole
from app.skills.enums import (
    EvidenceAction,
    EvidenceBasis,
    EvidenceStatus,
    GapState,
    Provenance,
    SkillMapAction,
    SkillMapStatus,
)
from app.skills.errors import (
    ActivationInPast,
    EvidenceAlreadyRevoked,
    EvidenceIsDerived,
    OnlyOwnSelfAssessment,
    OverlappingSkillMap,
    RoleNotInForce,
    SkillMapNotDraft,
    SkillMapNotUpcoming,
)


@dataclass(frozen=True)
class Requirement:
    """The role needs the skill, at `target_level` if one is set, from `since` on without a break."""

    id: UUID
    role_code: str
    skill_code: str
    target_level: int | None
    grace_days: int
    provenance: Provenance
    confidence: int
    since: date


@dataclass(frozen=True)
class Evidence:
    """Evidence of a skill for a half-open period; from `revoked_on` it no longer counts."""

    id: UUID
    skill_code: str
    level: int | None
    basis: EvidenceBasis
    source_id: UUID | None
    valid_from: date
    valid_to: date | None
    revoked_on: date | None

    def status(self, day: date) -> EvidenceStatus:
        """Status on the day; in SQL `functions.EVIDENCE_STATUS`, and a test proves the two equal."""
        if self.revoked_on and self.revoked_on <= day:
            return EvidenceStatus.REVOKED
        if self.valid_from > day:
            return EvidenceStatus.UPCOMING
        return EvidenceStatus.EXPIRED if self.valid_to and self.valid_to <= day else EvidenceStatus.VALID

    def reaches(self, target: int | None) -> bool:
        """Without a target any evidence suffices; a target needs a measured level."""
        return target is None or (self.level is not None and self.level >= target)


@dataclass(frozen=True)
class Demand:
    """A requirement that a held role puts on a person, to be met by `due_on`."""

    role: HeldRole
    requirement: Requirement
    due_on: date
    met: bool


@dataclass(frozen=True)
class Gap:
    """A skill that a person needs: the demands for it, the evidence that counts and that which no longer does."""

    skill_code: str
    state: GapState
    demands: tuple[Demand, ...]
    counted: tuple[Evidence, ...]
    lapsed: tuple[Evidence, ...]


def gaps(
    day: date, roles: Iterable[HeldRole], requirements: Iterable[Requirement], evidence: Sequence[Evidence]
) -> list[Gap]:
    """An entry for each skill that a held role requires; any other skill is not specified, never unneeded."""
    held = {role.role_code: role for role in roles}
    demanded: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        if requirement.role_code in held:
            demanded.setdefault(requirement.skill_code, []).append(requirement)
    counting = [each for each in evidence if each.basis != EvidenceBasis.SELF_ASSESSMENT]
    return [
        _gap(day, held, required, [each for each in counting if each.skill_code == code])
        for code, required in demanded.items()
    ]


def _gap(
    day: date, held: Mapping[str, HeldRole], requirements: Sequence[Requirement], evidence: Sequence[Evidence]
) -> Gap:
    valid = tuple(each for each in evidence if each.status(day) == EvidenceStatus.VALID)
    past = {EvidenceStatus.EXPIRED, EvidenceStatus.REVOKED}
    demands = tuple(
        Demand(
            role=held[requirement.role_code],
            requirement=requirement,
            due_on=_due_on(held[requirement.role_code], requirement, day, evidence),
            met=any(each.reaches(requirement.target_level) for each in valid),
        )
        for requirement in requirements
    )
    lapsed = tuple(each for each in evidence if each.status(day) in past)
    return Gap(requirements[0].skill_code, _state(day, demands), demands, valid, lapsed)


def _due_on(role: HeldRole, requirement: Requirement, day: date, evidence: Iterable[Evidence]) -> date:
    """The days of grace run from the last of: first day of role and requirement, end of evidence that met it."""
    expired = (each for each in evidence if each.status(day) == EvidenceStatus.EXPIRED)
    ends = [each.valid_to for each in expired if each.valid_to and each.reaches(requirement.target_level)]
    return max(role.since, requirement.since, *ends) + timedelta(days=requirement.grace_days)


def _state(day: date, demands: Iterable[Demand]) -> GapState:
    unmet = [demand for demand in demands if not demand.met]
    if not unmet:
        return GapState.SATISFIED
    return GapState.MISSING if any(demand.due_on <= day for demand in unmet) else GapState.DUE_LATER


def map_status(valid_from: date | None, valid_to: date | None, day: date) -> SkillMapStatus:
    """Status on the day; in SQL `functions.MAP_STATUS`, and a test proves the two equal."""
    if valid_from is None:
        return SkillMapStatus.DRAFT
    if valid_from > day:
        return SkillMapStatus.UPCOMING
    return SkillMapStatus.RETIRED if valid_to and valid_to <= day else SkillMapStatus.ACTIVE


def check_activation(
    status: SkillMapStatus, on: date, present_from: date | None, unknown_roles: Collection[str], *, today: date
) -> None:
    """Only the first map may begin in the past; a successor may not, so that past days keep their map.

    `present_from` is the first day of the map in force on `on`, None if there is none; `unknown_roles` have
    requirements in the map and are not in force on `on`.
    """
    if status != SkillMapStatus.DRAFT:
        raise SkillMapNotDraft
    if unknown_roles:
        raise RoleNotInForce(pointer="/valid_from", roles=", ".join(sorted(unknown_roles)))
    if present_from and on < today:
        raise ActivationInPast(pointer="/valid_from")
    if present_from == on:
        raise OverlappingSkillMap(pointer="/valid_from")


def check_editable(status: SkillMapStatus, changed: Iterable[str] = ("requirements",)) -> None:
    """A draft may change freely; until a map is over, provenance and confidence of a requirement may be confirmed."""
    confirmable = status in {SkillMapStatus.UPCOMING, SkillMapStatus.ACTIVE}
    confirmed = confirmable and set(changed) <= {"provenance", "confidence"}
    if status != SkillMapStatus.DRAFT and not confirmed:
        raise SkillMapNotDraft


def check_withdrawable(status: SkillMapStatus) -> None:
    if status != SkillMapStatus.UPCOMING:
        raise SkillMapNotUpcoming


def map_actions(status: SkillMapStatus, *, may_edit: bool) -> list[SkillMapAction]:
    """Actions open to the caller, by the status today."""
    if not may_edit:
        return []
    own = {SkillMapStatus.DRAFT: [SkillMapAction.ACTIVATION], SkillMapStatus.UPCOMING: [SkillMapAction.WITHDRAWAL]}
    return [*own.get(status, []), SkillMapAction.COPY]


def check_recorder(basis: EvidenceBasis, *, own: bool, may_assess: bool) -> None:
    if basis not in {EvidenceBasis.ASSESSMENT, EvidenceBasis.SELF_ASSESSMENT}:
        raise EvidenceIsDerived(pointer="/basis")
    if not (own if basis == EvidenceBasis.SELF_ASSESSMENT else may_assess):
        raise OnlyOwnSelfAssessment(pointer="/basis")


def check_revocable(basis: EvidenceBasis, revoked_on: date | None, *, own: bool, may_assess: bool) -> None:
    """Derived evidence is revoked at its source."""
    check_recorder(basis, own=own, may_assess=may_assess)
    if revoked_on:
        raise EvidenceAlreadyRevoked


def record_actions(evidence: Evidence, *, own: bool, may_assess: bool) -> list[EvidenceAction]:
    allowed = passes(lambda: check_revocable(evidence.basis, evidence.revoked_on, own=own, may_assess=may_assess))
    return [EvidenceAction.REVOCATION] if allowed else []
