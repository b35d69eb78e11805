"""Coded values of skills, maps and evidence, each with its Japanese and English label."""

from enum import StrEnum

from app.kit.enums import LabelledEnum


class SkillMapStatus(LabelledEnum):
    """A retired map was superseded; it stays in force until its valid_to."""

    DRAFT = "draft", "下書き", "Draft"
    ACTIVE = "active", "適用中", "Active"
    RETIRED = "retired", "旧版", "Retired"


class Provenance(LabelledEnum):
    """Where a requirement comes from: printed in the policy, judged from its text, or confirmed by the city."""

    SEED_TEXT = "seed_text", "方針に記載", "Printed in the policy"
    RECONSTRUCTED = "reconstructed", "方針の文面から判断", "Judged from the policy's text"
    CONFIRMED = "confirmed", "市が確認済み", "Confirmed by the city"


class EvidenceBasis(LabelledEnum):
    """How a skill was shown; a self-assessment is kept but closes no gap."""

    COMPLETION = "completion", "研修修了", "Completion"
    QUALIFICATION = "qualification", "資格", "Qualification"
    ASSESSMENT = "assessment", "評価", "Assessment"
    SELF_ASSESSMENT = "self_assessment", "自己評価", "Self-assessment"


class GapState(StrEnum):
    """Due later = missing, but every role that misses it is still within its days of grace."""

    SATISFIED = "satisfied"
    DUE_LATER = "due_later"
    MISSING = "missing"


class EvidenceStatus(LabelledEnum):
    """How evidence stands on a day."""

    UPCOMING = "upcoming", "有効期間前", "Upcoming"
    VALID = "valid", "有効", "Valid"
    EXPIRED = "expired", "有効期限切れ", "Expired"
    REVOKED = "revoked", "取消し", "Revoked"


class SkillMapAction(LabelledEnum):
    """The sub-resources of a map that act."""

    ACTIVATION = "activation", "適用開始", "Activate"
    COPY = "copy", "複写", "Copy"


class EvidenceAction(LabelledEnum):
    """The sub-resources of evidence that act."""

    REVOCATION = "revocation", "取消し", "Revoke"
