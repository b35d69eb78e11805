"""Errors of personnel facts: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class OverlappingPrimaryPost(Conflict):
    """The employee already has a primary post in this period."""

    ja = "この期間にはすでに本務の所属があります。"
    constraint = "ex_post_primary"


class OverlappingPost(Conflict):
    """The employee already holds this post in this period."""

    ja = "この期間には同じ所属・種別の発令がすでにあります。"
    constraint = "ex_post_same"


class OverlappingAbsence(Conflict):
    """The employee is already absent in this period."""

    ja = "この期間にはすでに休職等の記録があります。"
    constraint = "ex_absence"


class OverlappingEmployment(Conflict):
    """The employee already has terms of employment in this period."""

    ja = "この期間にはすでに任用区分の記録があります。"
    constraint = "ex_employment"


class EmployeeNumberTaken(Conflict):
    """The employee number belongs to somebody already."""

    ja = "この職員番号はすでに使われています。"
    constraint = "uq_employee_number_number"


class UnitCodeTaken(Conflict):
    """A unit with this code exists in this period."""

    ja = "この期間にはすでに同じコードの所属があります。"
    constraint = "ex_org_unit_code"


class RankCodeTaken(Conflict):
    """A rank with this code exists already."""

    ja = "このコードの職位はすでにあります。"
    constraint = "uq_position_rank_code"


class OverlappingScopeRule(Conflict):
    """A rule for this appointment and service exists in this period."""

    ja = "この期間には同じ任用区分・職務の対象規定がすでにあります。"
    constraint = "ex_scope_rule"


class UnitClosed(Invalid):
    """The unit does not exist during the whole period."""

    ja = "所属がこの期間を通じて存在しません。"
    detail_ja = "所属の存続期間内の日付を指定してください。"
    detail_en = "Choose days within the unit's own valid_from and valid_to."


class UnknownUnit(Invalid):
    """There is no such unit."""

    ja = "該当する所属がありません。"


class UnknownEmployee(Invalid):
    """There is no such employee."""

    ja = "該当する職員がいません。"


class UnknownRank(Invalid):
    """There is no such position rank."""

    ja = "該当する職位がありません。"


class OutsideEmployment(Invalid):
    """The employee is not employed during the whole period."""

    ja = "在職期間の外の日付が含まれています。"


class HasMembers(Conflict):
    """People still hold posts in this unit, or units stand under it, beyond that day."""

    ja = "この日以降も職員の発令または下位の所属が残っています。"


class UnitNeverMoves(Conflict):
    """A unit keeps its place in the tree: close it and open a new one with it as predecessor."""

    ja = "所属の上位組織は変更できません。廃止して新しい所属を設置してください。"


class LeavesBeforeHired(Invalid):
    """The day of leaving must be later than the day of hiring."""

    ja = "退職日は採用日より後の日にしてください。"
