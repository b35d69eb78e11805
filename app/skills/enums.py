"""Coded values of skills, maps and evidence, each with its Japanese and English label."""

from enum import StrEnum

from app.kit.enums import LabelledEnum


class SkillMapStatus(LabelledEnum):
    """Status of a skill map on a day, which follows from its period."""

    DRAFT = "draft", "下書き", "Draft"
    UPCOMING = "upcoming", "適用前", "Upcoming"
    ACTIVE = "active", "適用中", "Active"
    RETIRED = "retired", "旧版", "Retired"


class Provenance(LabelledEnum):
    """Origin of a requirement: printed in the policy, inferred from its text, or confirmed by the city."""

    SEED_TEXT = "seed_text", "方針に記載", "Printed in the policy"
    RECONSTRUCTED = "reconstructed", "方針の文面から判断", "Inferred from the policy's text"
    CONFIRMED = "confirmed", "市が確認済み", "Confirmed by the city"


class EvidenceBasis(LabelledEnum):
    """What the evidence of a skill is based on; a self-assessment is recorded but closes no gap."""

    COMPLETION = "completion", "研修修了", "Completion"
    QUALIFICATION = "qualification", "資格", "Qualification"
    ASSESSMENT = "assessment", "評価", "Assessment"
    SELF_ASSESSMENT = "self_assessment", "自己評価", "Self-assessment"


class GapState(StrEnum):
    """Whether a person has a needed skill; due later = missing, but in the grace period of every role that needs it."""

    SATISFIED = "satisfied"
    DUE_LATER = "due_later"
    MISSING = "missing"


class EvidenceStatus(LabelledEnum):
    """Status of evidence on a day."""

    UPCOMING = "upcoming", "有効期間前", "Upcoming"
    VALID = "valid", "有効", "Valid"
    EXPIRED = "expired", "有効期限切れ", "Expired"
    REVOKED = "revoked", "取消し", "Revoked"


class SkillMapAction(LabelledEnum):
    """Actions on a skill map, each a sub-resource."""

    ACTIVATION = "activation", "適用開始", "Activate"
    WITHDRAWAL = "withdrawal", "適用の取りやめ", "Withdraw"
    COPY = "copy", "複写", "Copy"


class EvidenceAction(LabelledEnum):
    """Actions on evidence, each a sub-resource."""

    REVOCATION = "revocation", "取消し", "Revoke"
