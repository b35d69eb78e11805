"""Rules of roles and appointments, as pure functions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.roles.enums import AssignmentAction, AssignmentStatus, Decision, RoleBasis
from app.roles.errors import (
    AppointmentNotActive,
    AppointmentNotLapsed,
    BasisIncomplete,
    NominationAlreadyDecided,
    NominationOutdated,
    NotYourUnit,
    RenewalBeforeLapse,
    RoleCannotLead,
    RoleInForce,
    UnknownSubTierRank,
)


@dataclass(frozen=True)
class HeldRole:
    """A role that a person holds on a day, its source, and since when it has been held without a break."""

    role_code: str
    sub_tier: str | None
    basis: RoleBasis
    org_unit_id: UUID | None
    source_id: UUID
    since: date


@dataclass(frozen=True)
class Term:
    """An appointment as decided, with the day on which it ends and the day on which it lapses before that."""

    decision: Decision
    valid_from: date
    ends_on: date | None = None
    lapses_on: date | None = None

    def status(self, day: date) -> AssignmentStatus:
        """Status on the day; in SQL `role_assignments_on`, and a test proves the two equal."""
        if self.decision != Decision.ACTIVE:
            return AssignmentStatus(self.decision)
        if self.valid_from > day:
            return AssignmentStatus.UPCOMING
        if self.ends_on and self.ends_on <= day:
            return AssignmentStatus.ENDED
        return AssignmentStatus.LAPSED if self.lapses_on and self.lapses_on <= day else AssignmentStatus.ACTIVE

    def would_have_effect(self, today: date) -> bool:
        """On its first day or today, the later of the two, if it were decided now."""
        return replace(self, decision=Decision.ACTIVE).status(max(self.valid_from, today)) == AssignmentStatus.ACTIVE


_ACTIONS: Mapping[AssignmentStatus, Sequence[AssignmentAction]] = {
    AssignmentStatus.NOMINATED: (AssignmentAction.APPROVAL, AssignmentAction.REJECTION),
    AssignmentStatus.UPCOMING: (AssignmentAction.END,),
    AssignmentStatus.ACTIVE: (AssignmentAction.END,),
    AssignmentStatus.LAPSED: (AssignmentAction.RENEWAL, AssignmentAction.END),
}

_LISTS: Mapping[RoleBasis, str] = {
    RoleBasis.POST: "position_ranks",
    RoleBasis.UNIT: "org_unit_codes",
    RoleBasis.JOB_CATEGORY: "job_categories",
}


def assignment_actions(basis: RoleBasis, term: Term, *, today: date, may_appoint: bool) -> list[AssignmentAction]:
    """Actions open to the caller today, whatever the day shown; none on a derived assignment."""
    if basis != RoleBasis.APPOINTMENT or not may_appoint:
        return []
    actions = _ACTIONS.get(term.status(today), ())
    return [action for action in actions if action != AssignmentAction.APPROVAL or term.would_have_effect(today)]


def check_definition(basis: RoleBasis, lists: Mapping[str, Collection[str]], sub_tier_ranks: Collection[str]) -> None:
    """A basis has its own list of codes and no other; a sub-tier has some of the role's ranks."""
    for name, codes in lists.items():
        if bool(codes) != (_LISTS.get(basis) == name):
            raise BasisIncomplete(pointer=f"/{name}")
    if not set(sub_tier_ranks) <= set(lists["position_ranks"]):
        raise UnknownSubTierRank(pointer="/sub_tiers")


def check_leading(basis: RoleBasis, *, leads_unit: bool) -> None:
    if leads_unit and basis != RoleBasis.APPOINTMENT:
        raise RoleCannotLead(pointer="/leads_unit")


def check_deletable(valid_from: date, *, today: date) -> None:
    if valid_from <= today:
        raise RoleInForce


def nomination(*, may_appoint: bool, heads_unit: bool, member: bool) -> Decision:
    """Callers who may appoint do so at once; a head nominates members of their own unit, for that unit."""
    if may_appoint:
        return Decision.ACTIVE
    if not (heads_unit and member):
        raise NotYourUnit(pointer="/org_unit_id")
    return Decision.NOMINATED


def check_undecided(decision: Decision) -> None:
    if decision != Decision.NOMINATED:
        raise NominationAlreadyDecided


def check_approvable(term: Term, *, today: date) -> None:
    check_undecided(term.decision)
    if not term.would_have_effect(today):
        raise NominationOutdated


def check_renewable(term: Term, on: date, *, today: date) -> None:
    """Only a lapsed appointment is renewed, from the day of the lapse on at the earliest."""
    if term.status(today) != AssignmentStatus.LAPSED:
        raise AppointmentNotLapsed
    if term.lapses_on and on < term.lapses_on:
        raise RenewalBeforeLapse(pointer="/valid_from")


def ending(term: Term, on: date, *, today: date) -> Decision:
    """The decision after ending: one that has not begun by `on` is cancelled and keeps its period."""
    if term.decision != Decision.ACTIVE or (term.ends_on and term.ends_on <= max(on, today)):
        raise AppointmentNotActive
    return Decision.CANCELLED if on <= term.valid_from else Decision.ACTIVE


def held_since(history: Sequence[tuple[date, Collection[str]]], role_code: str) -> date:
    """Since when the role has been held at the last entry; an entry is a day of change with the roles from then on."""
    since = history[-1][0]
    for day, codes in reversed(history):
        if role_code not in codes:
            break
        since = day
    return since
