"""Coded values of roles and appointments, each with its Japanese and English label."""

from enum import StrEnum

from app.kit.enums import LabelledEnum


class RoleBasis(LabelledEnum):
    """How a person comes to hold a role; residual = people whom none of the others gives a role."""

    POST = "post", "職位", "Post"
    UNIT = "unit", "所属", "Unit"
    APPOINTMENT = "appointment", "任命", "Appointment"
    JOB_CATEGORY = "job_category", "職種", "Job category"
    RESIDUAL = "residual", "その他の職員", "Everyone else"


class Decision(StrEnum):
    """The decision on an appointment; its effect on a day also depends on the period and the person's unit."""

    NOMINATED = "nominated"
    ACTIVE = "active"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class AssignmentStatus(LabelledEnum):
    """Status of an assignment on a day; lapsed = its period is running, but the person works outside the unit."""

    NOMINATED = "nominated", "推薦中", "Nominated"
    UPCOMING = "upcoming", "任期前", "Upcoming"
    ACTIVE = "active", "任命中", "Active"
    LAPSED = "lapsed", "異動により失効", "Lapsed by transfer"
    ENDED = "ended", "終了", "Ended"
    REJECTED = "rejected", "不承認", "Rejected"
    CANCELLED = "cancelled", "取消し", "Cancelled"


class AssignmentAction(LabelledEnum):
    """Actions on an assignment, each a sub-resource."""

    APPROVAL = "approval", "承認", "Approve"
    REJECTION = "rejection", "不承認", "Reject"
    END = "end", "終了", "End"
