"""Errors of roles and appointments: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


class DuplicateRoleCode(Conflict):
    """A role with this code exists in this period."""

    ja = "この期間にはすでに同じコードの役割があります。"
    constraint = "ex_role_code"


class RoleCodeImmutable(Invalid):
    """A role's code cannot be changed; appointments and skill maps refer to it."""

    ja = "役割のコードは変更できません。任命とスキルマップが参照しています。"


class RoleInForce(Conflict):
    """A role that has begun cannot be deleted: end it with valid_to."""

    ja = "すでに適用された役割は削除できません。valid_to で終了してください。"


class BasisIncomplete(Invalid):
    """The basis needs exactly the list of codes that belongs to it."""

    ja = "根拠に応じた項目だけを一つ以上指定してください。"


class RoleCannotLead(Invalid):
    """Only a role that people are appointed to can lead a unit."""

    ja = "所属を率いる役割にできるのは、任命による役割だけです。"


class UnknownSubTierRank(Invalid):
    """A sub-tier names a rank that the role does not have."""

    ja = "職層の職位が役割の職位に含まれていません。"


class UnknownRole(Invalid):
    """The role does not exist on that day."""

    ja = "その日に該当する役割がありません。"


class RoleNotAppointable(Invalid):
    """This role follows from personnel facts and cannot be appointed."""

    ja = "この役割は発令等から自動的に定まるため、任命できません。"


class NoPrimaryPost(Invalid):
    """The employee has no primary post on that day."""

    ja = "その日に本務の所属がない職員です。"


class NotYourUnit(Forbidden):
    """As a head you may only nominate members of your own unit, for that unit."""

    ja = "所属長として推薦できるのは、自所属の職員を自所属に置く場合だけです。"


class AlreadyAppointed(Conflict):
    """The employee is already appointed or nominated to this role in this unit in this period."""

    ja = "この期間には同じ所属の同じ役割にすでに任命または推薦されています。"
    constraint = "ex_role_assignment"


class AssignmentIsDerived(Conflict):
    """This assignment follows from personnel facts: change the post, the unit or the role instead."""

    ja = "この割当は人事情報から自動的に定まります。発令または役割の定義を変更してください。"


class NominationAlreadyDecided(Conflict):
    """The nomination has already been decided."""

    ja = "この推薦はすでに決定されています。"


class AppointmentNotActive(Conflict):
    """Only an approved appointment that has not ended can be ended."""

    ja = "終了できるのは、承認済みでまだ終了していない任命だけです。"
