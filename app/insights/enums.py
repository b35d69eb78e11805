"""Coded values of skill gaps, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class GroupBy(LabelledEnum):
    """What figures are grouped by."""

    ORG_UNIT = "org_unit", "所属", "Unit"
    SKILL = "skill", "スキル", "Skill"
    ROLE = "role", "役割", "Role"


class FigureLevel(LabelledEnum):
    """How far people's units are rolled up; an office stands beside the sections."""

    DEPARTMENT = "department", "部等", "Department"
    SECTION = "section", "課等", "Section"
    TEAM = "team", "係", "Team"


class GapStatus(LabelledEnum):
    """In grace = missing, but not yet due; expired = missing, and what met it has ended."""

    SATISFIED = "satisfied", "習得済み", "Satisfied"
    IN_GRACE = "in_grace", "猶予期間中", "Within the days of grace"
    EXPIRED = "expired", "有効期限切れ", "Expired"
    MISSING = "missing", "未習得", "Missing"
