"""Errors of skill gaps: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Forbidden, Invalid


class StatisticsForbidden(Forbidden):
    """Only the offices in charge, heads and leaders may see statistics."""

    ja = "集計を閲覧できるのは、担当部門、所属長、デジタル推進リーダーです。"


class UnitTotalsOnly(Forbidden):
    """Leaders may only see totals of their units by skill, without other groups or filters."""

    ja = "リーダーが閲覧できるのは、担当所属全体のスキル別の集計だけです。区分や絞り込みは指定できません。"


class DayWithFiscalYear(Invalid):
    """Give either a day or a fiscal year."""

    ja = "as_of と fiscal_year は同時に指定できません。"
