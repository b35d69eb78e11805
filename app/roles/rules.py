"""Who holds a role, and what may be done to an appointment. Plain values in, decisions out."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from app.kit.problems import Conflict, Invalid


class Basis(StrEnum):
    """How a person comes to hold a role; residual = whoever has none of the others."""

    POST = "post"
    UNIT = "unit"
    APPOINTMENT = "appointment"
    JOB_CATEGORY = "job_category"
    RESIDUAL = "residual"


class Decision(StrEnum):
    """What was decided on an appointment; its effect on a day also depends on the period and the person's unit."""

    NOMINATED = "nominated"
    ACTIVE = "active"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class AssignmentStatus(StrEnum):
    """How an assignment stands on a day; lapsed = its period runs, but the person works outside the unit."""

    NOMINATED = "nominated"
    UPCOMING = "upcoming"
    ACTIVE = "active"
    LAPSED = "lapsed"
    ENDED = "ended"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class RoleCodeTaken(Conflict):
    """A role with this code exists in this period."""

    ja = "この期間にはすでに同じコードの役割があります。"
    constraint = "ex_role_code"


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


class NotYourUnit(Invalid):
    """You may nominate members of the unit that you head, for that unit."""

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


NEEDED = {
    Basis.POST: "position_ranks",
    Basis.UNIT: "org_unit_codes",
    Basis.JOB_CATEGORY: "job_categories",
}


def check_definition(basis: Basis, lists: dict[str, Sequence[str]], sub_tier_ranks: Sequence[str]) -> None:
    """A basis has its own list of codes and no other; a sub-tier is a part of the role's ranks."""
    for name, codes in lists.items():
        if bool(codes) != (NEEDED.get(basis) == name):
            raise BasisIncomplete(pointer=f"/{name}")
    if not set(sub_tier_ranks) <= set(lists["position_ranks"]):
        raise UnknownSubTierRank(pointer="/sub_tiers")


def check_deletable(valid_from: date, today: date) -> None:
    if valid_from <= today:
        raise RoleInForce


def check_nomination(*, may_appoint: bool, heads_unit: bool, member: bool) -> Decision:
    """Whoever may appoint appoints at once; a head nominates members for the own unit."""
    if may_appoint:
        return Decision.ACTIVE
    if not (heads_unit and member):
        raise NotYourUnit(pointer="/org_unit_id")
    return Decision.NOMINATED


def decide(decision: Decision, wanted: Decision) -> Decision:
    if decision is not Decision.NOMINATED:
        raise AlreadyDecided
    return wanted


def ending(decision: Decision, valid_from: date, valid_to: date | None, on: date) -> tuple[Decision, date | None]:
    """The decision and end after ending on a day: before its first day an appointment is cancelled instead."""
    if decision is not Decision.ACTIVE or (valid_to and valid_to <= on):
        raise NotInEffect
    return (Decision.CANCELLED, valid_to) if on <= valid_from else (Decision.ACTIVE, on)


def allowed_actions(status: AssignmentStatus, *, derived: bool, may_appoint: bool) -> list[str]:
    if derived or not may_appoint:
        return []
    if status is AssignmentStatus.NOMINATED:
        return ["approval", "rejection"]
    return ["end"] if status in {AssignmentStatus.UPCOMING, AssignmentStatus.ACTIVE, AssignmentStatus.LAPSED} else []
