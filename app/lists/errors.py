"""Errors of listed codes: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class DuplicateListedCode(Conflict):
    """This code is already in the list."""

    ja = "このコードはすでに一覧にあります。"
    constraint = ("uq_job_category_code", "uq_job_service_code", "uq_absence_kind_code", "uq_course_theme_code")


class UnknownJobCategory(Invalid):
    """The job category is not in the list."""

    ja = "該当する職種がありません。"
    constraint = "fk_employment_job_category"
    member = "/job_category"


class UnknownJobService(Invalid):
    """The job service is not in the list."""

    ja = "該当する職務がありません。"
    constraint = ("fk_employment_job_service", "fk_scope_rule_job_service")
    member = "/job_service"


class UnknownAbsenceKind(Invalid):
    """The kind of absence is not in the list."""

    ja = "該当する休職等の種別がありません。"
    constraint = "fk_absence_kind"
    member = "/kind"


class UnknownCourseTheme(Invalid):
    """The theme is not in the list."""

    ja = "該当するテーマがありません。"
