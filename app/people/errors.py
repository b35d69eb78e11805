"""Errors of personnel data: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class DuplicateUnitCode(Conflict):
    """Another unit has this code in this period."""

    ja = "この期間にはすでに同じコードの所属があります。"
    constraint = "ex_org_unit_code"


class DuplicateRankCode(Conflict):
    """A rank with this code already exists."""

    ja = "このコードの職位はすでにあります。"
    constraint = "uq_position_rank_code"


class RankCodeImmutable(Conflict):
    """The code of a rank cannot be changed: add another rank."""

    ja = "職位のコードは変更できません。別の職位を登録してください。"


class OverlappingScopeRule(Conflict):
    """A scope rule for this appointment type and job service already exists in this period."""

    ja = "この期間には同じ任用の種類・職務の対象範囲がすでにあります。"
    constraint = "ex_scope_rule"


class UnitNotInForce(Invalid):
    """The unit does not exist throughout the period."""

    ja = "所属がこの期間を通じて存在しません。"
    detail_ja = "所属の存続期間内の日付を指定してください。"
    detail_en = "Choose days within the unit's valid_from and valid_to."


class UnknownUnit(Invalid):
    """The unit does not exist."""

    ja = "該当する所属がありません。"


class UnknownEmployee(Invalid):
    """The employee does not exist."""

    ja = "該当する職員がいません。"


class UnknownRank(Invalid):
    """The position rank does not exist."""

    ja = "該当する職位がありません。"


class UnitInUse(Conflict):
    """The unit still has posts or subordinate units after that day."""

    ja = "この日以降も職員の発令または下位の所属が残っています。"


class SuccessorNotInForce(Invalid):
    """A successor has to exist on the day on which the unit closes."""

    ja = "後継の所属は、この所属が廃止される日に存在する必要があります。"


class UnitSucceeds(Conflict):
    """The unit is the successor of one that closes on a day outside this period."""

    ja = "この所属を後継とする所属の廃止日に、この所属が存在しなくなります。"


class ParentImmutable(Conflict):
    """A unit's parent cannot be changed: close the unit and open a new one."""

    ja = "所属の上位の所属は変更できません。廃止して新しい所属を設置してください。"


class DuplicateEmployeeNumber(Conflict):
    """The employee number is already in use."""

    ja = "この職員番号はすでに使われています。"
    constraint = "uq_employee_number_number"


class OverlappingEmployeeNumber(Conflict):
    """Another number of the employee begins on a later day: take it back first."""

    ja = "この日より後に始まる職員番号があります。先にその番号を取り消してください。"
    constraint = "ex_employee_number_period"
