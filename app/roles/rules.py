"""Rules of roles and appointments, as pure functions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.roles.enums import AssignmentAction, AssignmentStatus, Decision, RoleBasis
from app.roles.errors import (
    AppointmentNotActive,
    BasisIncomplete,
    NominationAlreadyDecided,
    NotYourUnit,
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


_ACCEPTED = frozenset(
    {AssignmentStatus.UPCOMING, AssignmentStatus.ACTIVE, AssignmentStatus.LAPSED, AssignmentStatus.ENDED}
)

_ACTIONS: Mapping[AssignmentStatus, Sequence[AssignmentAction]] = {
    AssignmentStatus.NOMINATED: (AssignmentAction.APPROVAL, AssignmentAction.REJECTION),
} | dict.fromkeys(_ACCEPTED, (AssignmentAction.END,))

_LISTS: Mapping[RoleBasis, str] = {
    RoleBasis.POST: "position_ranks",
    RoleBasis.UNIT: "org_unit_codes",
    RoleBasis.JOB_CATEGORY: "job_categories",
}


def assignment_actions(
    status: AssignmentStatus, basis: RoleBasis, valid_to: date | None, *, today: date, may_appoint: bool
) -> list[AssignmentAction]:
    """Actions open to the caller today, whatever the day shown; none on a derived assignment."""
    over = valid_to is not None and valid_to <= today
    if basis != RoleBasis.APPOINTMENT or not may_appoint or (status in _ACCEPTED and over):
        return []
    return list(_ACTIONS.get(status, ()))


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


def ending(decision: Decision, start: date, end: date | None, on: date, *, today: date) -> tuple[Decision, date | None]:
    """Decision and `valid_to` after ending; one that has not begun by `on` is cancelled and keeps its period."""
    if decision != Decision.ACTIVE or (end and end <= max(on, today)):
        raise AppointmentNotActive
    return (Decision.CANCELLED, end) if on <= start else (Decision.ACTIVE, on)


def held_since(history: Sequence[tuple[date, Collection[str]]], role_code: str) -> date:
    """Since when the role has been held at the last entry; an entry is a day of change with the roles from then on."""
    since = history[-1][0]
    for day, codes in reversed(history):
        if role_code not in codes:
            break
        since = day
    return since
