"""Coded values of skill gaps, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class GroupBy(LabelledEnum):
    """A dimension that figures are grouped by."""

    ORG_UNIT = "org_unit", "所属", "Unit"
    SKILL = "skill", "スキル", "Skill"
    ROLE = "role", "役割", "Role"


class FigureLevel(LabelledEnum):
    """The lowest level of units that figures are rolled up to; an office counts as a section."""

    DEPARTMENT = "department", "部等", "Department"
    SECTION = "section", "課等", "Section"
    TEAM = "team", "係", "Team"


class GapStatus(LabelledEnum):
    """Satisfied; missing but not due yet; missing because the evidence has expired; or missing."""

    SATISFIED = "satisfied", "習得済み", "Satisfied"
    IN_GRACE = "in_grace", "猶予期間中", "Within the days of grace"
    EXPIRED = "expired", "有効期限切れ", "Expired"
    MISSING = "missing", "未習得", "Missing"
