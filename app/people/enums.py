"""Coded values of personnel data, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class UnitLevel(LabelledEnum):
    DEPARTMENT = "department", "部等", "Department"
    SECTION = "section", "課等", "Section"
    TEAM = "team", "係", "Team"
    OFFICE = "office", "出先機関", "Branch office"


class AppointmentType(LabelledEnum):
    REGULAR = "regular", "正規職員", "Regular"
    FISCAL_YEAR_APPOINTED = "fiscal_year_appointed", "会計年度任用職員", "Fiscal-year appointed"
    REEMPLOYED = "reemployed", "再任用", "Re-employed"
    FIXED_TERM = "fixed_term", "任期付", "Fixed-term"


class JobService(LabelledEnum):
    ADMINISTRATIVE = "administrative", "行政職", "Administrative"
    MEDICAL = "medical", "医療職", "Medical"
    LABOR = "labor", "技能労務職", "Labor"
    FIRE = "fire", "消防職", "Fire"
    ENTERPRISE = "enterprise", "企業職", "Public enterprise"


class PostKind(LabelledEnum):
    PRIMARY = "primary", "本務", "Primary"
    CONCURRENT = "concurrent", "兼務", "Concurrent"
    ACTING = "acting", "事務取扱", "Acting"


class AbsenceKind(LabelledEnum):
    LEAVE_OF_ABSENCE = "leave_of_absence", "休職", "Leave of absence"
    CHILDCARE_LEAVE = "childcare_leave", "育児休業", "Childcare leave"
    SICK_LEAVE = "sick_leave", "病気休暇", "Sick leave"
    SECONDMENT = "secondment", "派遣", "Secondment"
    SUSPENSION = "suspension", "停職", "Suspension"


class EmployeeStatus(LabelledEnum):
    """A person's employment on a day; derived, never stored."""

    UPCOMING = "upcoming", "採用前", "Not yet hired"
    ACTIVE = "active", "在職", "Active"
    ABSENT = "absent", "休職等", "Absent"
    LEFT = "left", "退職", "Left"
