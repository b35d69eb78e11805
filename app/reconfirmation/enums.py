"""Coded values of reconfirmation, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class ReconfirmationReason(LabelledEnum):
    """What has happened to a seat since it was confirmed."""

    LEFT = "left", "退職", "Left"
    ON_LEAVE = "on_leave", "休職等", "On leave"
    TRANSFERRED = "transferred", "異動", "Transferred"
    RESCHEDULED = "rescheduled", "日程変更", "Rescheduled"
    OUT_OF_TARGET = "out_of_target", "対象外", "Outside the target group"
