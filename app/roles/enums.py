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
    """Status of an assignment on a day; lapsed = its period is running, but the person has left the unit since."""

    NOMINATED = "nominated", "推薦中", "Nominated"
    UPCOMING = "upcoming", "任期前", "Upcoming"
    ACTIVE = "active", "任命中", "Active"
    LAPSED = "lapsed", "異動等により失効", "Lapsed by transfer or leaving"
    ENDED = "ended", "終了", "Ended"
    REJECTED = "rejected", "不承認", "Rejected"
    CANCELLED = "cancelled", "取消し", "Cancelled"


class AssignmentAction(LabelledEnum):
    """Actions on an assignment, each a sub-resource."""

    APPROVAL = "approval", "承認", "Approve"
    REJECTION = "rejection", "不承認", "Reject"
    RENEWAL = "renewal", "再任命", "Appoint again"
    END = "end", "終了", "End"


class AssignmentEndCause(LabelledEnum):
    """Why an appointment has no effect any more; return = that of the person who was stood in for."""

    TERM = "term", "任期の終了", "End of the term"
    UNIT_CLOSED = "unit_closed", "所属の廃止", "Unit closed"
    ROLE_ENDED = "role_ended", "役割の廃止", "Role ended"
    LEFT_UNIT = "left_unit", "異動・退職", "Transfer or leaving"
    RETURN = "return", "本来の担当者の復帰", "Return"


class VacancyReason(LabelledEnum):
    """Why a unit has nobody in an appointed role; away = the holder is on leave for long."""

    NOT_APPOINTED = "not_appointed", "未任命", "Not appointed"
    UNIT_CLOSED = "unit_closed", "前身の所属の廃止", "Former unit closed"
    LEFT_UNIT = "left_unit", "前任者の異動・退職", "Holder transferred or left"
    AWAY = "away", "担当者の休職等", "Holder away"
