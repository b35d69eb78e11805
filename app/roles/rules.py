"""Who holds a role, and what may be done to an appointment. Plain values in, decisions out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kit.problems import Conflict, Forbidden, Invalid
from app.kit.vocabulary import Word


class RoleBasis(Word):
    """How a person comes to hold a role; residual = whoever has none of the others."""

    POST = "post", "職位", "Post"
    UNIT = "unit", "所属", "Unit"
    APPOINTMENT = "appointment", "任命", "Appointment"
    JOB_CATEGORY = "job_category", "職種", "Job category"
    RESIDUAL = "residual", "その他の職員", "Everyone else"


class Decision(StrEnum):
    """What was decided on an appointment; its effect on a day also depends on the period and the person's unit."""

    NOMINATED = "nominated"
    ACTIVE = "active"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class AssignmentStatus(Word):
    """How an assignment stands on a day; lapsed = its period runs, but the person works outside the unit."""

    NOMINATED = "nominated", "推薦中", "Nominated"
    UPCOMING = "upcoming", "任期前", "Upcoming"
    ACTIVE = "active", "任命中", "Active"
    LAPSED = "lapsed", "異動により失効", "Lapsed by transfer"
    ENDED = "ended", "終了", "Ended"
    REJECTED = "rejected", "不承認", "Rejected"
    CANCELLED = "cancelled", "取消し", "Cancelled"


class AssignmentAction(Word):
    """The sub-resources of an assignment that act."""

    APPROVAL = "approval", "任命", "Approve"
    REJECTION = "rejection", "不承認", "Reject"
    END = "end", "終了", "End"


class RoleCodeTaken(Conflict):
    """A role with this code exists in this period."""

    ja = "この期間にはすでに同じコードの役割があります。"
    constraint = "ex_role_code"


class RoleCodeStays(Invalid):
    """A role keeps its code: appointments and skill maps speak of it."""

    ja = "役割のコードは変更できません。任命とスキルマップが参照しています。"


class RoleInForce(Conflict):
    """A role that has begun is not deleted: close it with valid_to."""

    ja = "すでに適用された役割は削除できません。valid_to で終了してください。"


class BasisIncomplete(Invalid):
    """The basis needs this list, and only this one."""

    ja = "根拠に応じた項目だけを一つ以上指定してください。"


class UnknownSubTierRank(Invalid):
    """A sub-tier names a rank that the role does not have."""

    ja = "職層の職位が役割の職位に含まれていません。"


class UnknownRole(Invalid):
    """There is no such role on that day."""

    ja = "その日に該当する役割がありません。"


class NotAppointable(Invalid):
    """This role follows from posts and is not appointed."""

    ja = "この役割は発令等から自動的に定まるため、任命できません。"


class WithoutPost(Invalid):
    """The employee has no primary post on that day."""

    ja = "その日に本務の所属がない職員です。"


class NotYourUnit(Forbidden):
    """As a head you may nominate members of your own unit, for that unit."""

    ja = "所属長として推薦できるのは、自所属の職員を自所属に置く場合だけです。"


class AlreadyAppointed(Conflict):
    """The employee is already appointed or nominated to this role in this unit in this period."""

    ja = "この期間には同じ所属の同じ役割にすでに任命または推薦されています。"
    constraint = "ex_role_assignment"


class DerivedAssignment(Conflict):
    """This assignment follows from personnel facts: change the post, the unit or the role instead."""

    ja = "この割当は人事情報から自動的に定まります。発令または役割の定義を変更してください。"


class AlreadyDecided(Conflict):
    """The nomination has been decided already."""

    ja = "この推薦はすでに決定されています。"


class NotInEffect(Conflict):
    """Only an accepted appointment that has not ended can be ended."""

    ja = "終了できるのは、承認済みでまだ終了していない任命だけです。"


@dataclass(frozen=True)
class HeldRole:
    """A role that a person holds on a day, why, and since when without a break."""

    role_code: str
    sub_tier: str | None
    basis: RoleBasis
    org_unit_id: UUID | None
    source_id: UUID
    since: date


@dataclass(frozen=True)
class Assignment:
    """One assignment as it stands on a day, appointed or derived."""

    id: UUID
    employee_id: UUID
    employee_number: str
    employee_name: str
    role_code: str
    sub_tier: str | None
    basis: RoleBasis
    org_unit_id: UUID | None
    org_unit_code: str | None
    org_unit_name: str | None
    status: AssignmentStatus
    valid_from: date
    valid_to: date | None
    letter_number: str | None
    end_reason: str | None
    updated_at: datetime
    version: int
    as_of: date
    today: date
    may_appoint: bool

    @property
    def derived(self) -> bool:
        return self.basis != RoleBasis.APPOINTMENT

    @property
    def allowed_actions(self) -> list[AssignmentAction]:
        """What the caller may do with it now, whatever day it is shown as of; a derived one offers nothing."""
        over = self.valid_to is not None and self.valid_to <= self.today
        if self.derived or not self.may_appoint or (self.status in _ACCEPTED and over):
            return []
        return list(_ACTIONS.get(AssignmentStatus(self.status), ()))


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


def check_definition(basis: RoleBasis, lists: Mapping[str, Collection[str]], sub_tier_ranks: Collection[str]) -> None:
    """A basis has its own list of codes and no other; a sub-tier is a part of the role's ranks."""
    for name, codes in lists.items():
        if bool(codes) != (_LISTS.get(basis) == name):
            raise BasisIncomplete(pointer=f"/{name}")
    if not set(sub_tier_ranks) <= set(lists["position_ranks"]):
        raise UnknownSubTierRank(pointer="/sub_tiers")


def check_deletable(valid_from: date, *, today: date) -> None:
    if valid_from <= today:
        raise RoleInForce


def nomination(*, may_appoint: bool, heads_unit: bool, member: bool) -> Decision:
    """Whoever may appoint appoints at once; a head nominates members of the own unit for that unit."""
    if may_appoint:
        return Decision.ACTIVE
    if not (heads_unit and member):
        raise NotYourUnit(pointer="/org_unit_id")
    return Decision.NOMINATED


def check_undecided(decision: Decision) -> None:
    if decision != Decision.NOMINATED:
        raise AlreadyDecided


def ending(decision: Decision, start: date, end: date | None, on: date, *, today: date) -> tuple[Decision, date | None]:
    """Decision and end after ending on a day; what has not begun by then is cancelled and keeps its period."""
    if decision != Decision.ACTIVE or (end and end <= max(on, today)):
        raise NotInEffect
    return (Decision.CANCELLED, end) if on <= start else (Decision.ACTIVE, on)


def held_since(history: Sequence[tuple[date, Collection[str]]], role_code: str) -> date:
    """The day since which the last entry's role is held: entries are the days of change with the roles from then on."""
    since = history[-1][0]
    for day, codes in reversed(history):
        if role_code not in codes:
            break
        since = day
    return since
