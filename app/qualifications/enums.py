"""Coded values of qualifications, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class AwardStatus(LabelledEnum):
    REGISTERED = "registered", "登録済み(未確認)", "Registered"
    VERIFIED = "verified", "確認済み", "Verified"
    REVOKED = "revoked", "取消し", "Revoked"


class AwardAction(LabelledEnum):
    """Actions on an award, each a sub-resource."""

    VERIFICATION = "verification", "確認", "Verify"
    REVOCATION = "revocation", "取消し", "Revoke"
