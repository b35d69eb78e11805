"""Coded values of enrollments, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class EnrollmentAction(LabelledEnum):
    """Actions on an enrollment, by the name of their sub-resource."""

    APPROVAL = "approval", "承認", "Approve"
    REJECTION = "rejection", "不承認・落選", "Reject"
    WITHDRAWAL = "withdrawal", "辞退", "Withdraw"
    RECONFIRMATION = "reconfirmation", "再確認", "Confirm again"
    ATTENDANCE = "attendance", "出欠の記録", "Record attendance"
    COMPLETION = "completion", "修了の判定", "Assess completion"
