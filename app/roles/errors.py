"""Errors of roles and appointments: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


class DuplicateRoleCode(Conflict):
    """Another role has this code in this period."""

    ja = "この期間にはすでに同じコードの役割があります。"
    constraint = "ex_role_code"


class RoleCodeImmutable(Invalid):
    """A role's code cannot be changed; appointments and skill maps refer to it."""

    ja = "役割のコードは変更できません。任命とスキルマップが参照しています。"


class RoleInForce(Conflict):
    """A role that has begun cannot be deleted: end it with valid_to."""

    ja = "すでに適用された役割は削除できません。valid_to で終了してください。"


class BasisIncomplete(Invalid):
    """The lists of codes do not match the basis."""

    ja = "根拠に応じた項目だけを一つ以上指定してください。"


class RoleCannotLead(Invalid):
    """Only a role that people are appointed to can lead a unit."""

    ja = "所属を率いる役割にできるのは、任命による役割だけです。"


class UnknownSubTierRank(Invalid):
    """A sub-tier has a rank that is not among the role's position_ranks."""

    ja = "職層の職位が役割の職位に含まれていません。"


class UnknownRole(Invalid):
    """The role does not exist on that day."""

    ja = "その日に該当する役割がありません。"


class RoleNotAppointable(Invalid):
    """This role is derived from personnel data and cannot be assigned by appointment."""

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
    """This assignment is derived from personnel data: change the post, the unit or the role instead."""

    ja = "この割当は人事情報から自動的に定まります。発令または役割の定義を変更してください。"


class NominationAlreadyDecided(Conflict):
    """The nomination has already been decided."""

    ja = "この推薦はすでに決定されています。"


class AppointmentNotActive(Conflict):
    """Only an approved appointment that has not ended can be ended."""

    ja = "終了できるのは、承認済みでまだ終了していない任命だけです。"


class NominationOutdated(Conflict):
    """The person has left the unit, or the unit or the role has ended since the nomination: reject it."""

    ja = "推薦の後に、職員の異動または所属もしくは役割の廃止がありました。不承認としてください。"


class AppointmentNotLapsed(Conflict):
    """Only a lapsed appointment can be renewed."""

    ja = "再任命できるのは、失効している任命だけです。"


class RenewalBeforeLapse(Invalid):
    """A renewal begins on the day of the lapse or later."""

    ja = "再任命の初日は、失効した日以後の日にしてください。"


class UnknownAppointment(Invalid):
    """The appointment to stand in for does not exist."""

    ja = "代理の対象となる任命がありません。"


class StandInMismatch(Invalid):
    """Another person stands in, with the same role and unit, and nobody for one who stands in."""

    ja = "代理は、対象となる任命と同じ所属の同じ役割について、別の職員を任命してください。代理の代理は置けません。"


class HolderPresent(Invalid):
    """The person to stand in for is not away on the first day."""

    ja = "代理の初日に、対象となる任命の職員は休職等ではありません。"
