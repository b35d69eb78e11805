"""Coded values of seats and the waiting list, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class SessionStatus(LabelledEnum):
    DRAFT = "draft", "下書き", "Draft"
    PUBLISHED = "published", "公開中", "Published"
    CLOSED = "closed", "募集終了", "Closed"
    HELD = "held", "実施済み", "Held"
    CANCELLED = "cancelled", "中止", "Cancelled"


class EnrollmentStatus(LabelledEnum):
    """`declined`: the head refused the application; `not_selected`: the training office did."""

    APPLIED = "applied", "申込済み", "Applied"
    CONFIRMED = "confirmed", "受講決定", "Confirmed"
    WAITLISTED = "waitlisted", "補欠", "Waitlisted"
    NOT_SELECTED = "not_selected", "落選", "Not selected"
    DECLINED = "declined", "所属長不承認", "Declined by the head"
    WITHDRAWN = "withdrawn", "辞退", "Withdrawn"
    COMPLETED = "completed", "修了", "Completed"
    NOT_COMPLETED = "not_completed", "未修了", "Not completed"
    ABSENT = "absent", "欠席", "Absent"


class Attendance(LabelledEnum):
    """Attendance of one meeting; an excused absence (illness, disaster duty) does not count as a no-show."""

    PRESENT = "present", "出席", "Present"
    LATE = "late", "遅刻", "Late"
    LEFT_EARLY = "left_early", "早退", "Left early"
    ABSENT = "absent", "欠席", "Absent"
    EXCUSED = "excused", "公欠", "Excused"
