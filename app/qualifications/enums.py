"""Coded values of qualifications, each with its Japanese and English label."""

from app.kit.vocabulary import Word


class AwardStatus(Word):
    REGISTERED = "registered", "登録済み(未確認)", "Registered"
    VERIFIED = "verified", "確認済み", "Verified"
    REVOKED = "revoked", "取消し", "Revoked"


class AwardAction(Word):
    """The sub-resources of an award that act."""

    VERIFICATION = "verification", "確認", "Verify"
    REVOCATION = "revocation", "取消し", "Revoke"
