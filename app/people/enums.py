"""Coded values of personnel data, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class UnitLevel(LabelledEnum):
    DEPARTMENT = "department", "部等", "Department"
    SECTION = "section", "課等", "Section"
    TEAM = "team", "係", "Team"
    OFFICE = "office", "出先機関", "Branch office"


class AppointmentType(LabelledEnum):
    """Fixed by law, and rules depend on it: no list that the city extends, unlike the kinds of absence."""

    REGULAR = "regular", "正規職員", "Regular"
    FISCAL_YEAR_APPOINTED = "fiscal_year_appointed", "会計年度任用職員", "Fiscal-year appointed"
    REEMPLOYED = "reemployed", "再任用", "Re-employed"
    FIXED_TERM = "fixed_term", "任期付", "Fixed-term"


class PostKind(LabelledEnum):
    PRIMARY = "primary", "本務", "Primary"
    CONCURRENT = "concurrent", "兼務", "Concurrent"
    ACTING = "acting", "事務取扱", "Acting"


class EmployeeStatus(LabelledEnum):
    """A person's employment on a day; derived, never stored."""

    UPCOMING = "upcoming", "採用前", "Not yet hired"
    ACTIVE = "active", "在職", "Active"
    ABSENT = "absent", "休職等", "Absent"
    LEFT = "left", "退職", "Left"
