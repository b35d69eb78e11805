"""Errors of courses: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class DuplicateCourseCode(Conflict):
    """A course with this code already exists."""

    ja = "このコードの研修科目はすでにあります。"
    constraint = "uq_course_code"


class UnknownCourse(Invalid):
    """The course does not exist."""

    ja = "該当する研修科目がありません。"


class CourseCycle(Invalid):
    """The courses would depend on each other in a cycle."""

    ja = "研修科目どうしの関係が循環します。"


class DuplicateEntry(Invalid):
    """The list contains the same entry twice."""

    ja = "同じ項目が重複しています。"


class YearsOfServiceOrderInvalid(Invalid):
    """years_of_service_max is less than years_of_service_min."""

    ja = "経験年数の上限が下限を下回っています。"


class ScoreWithoutTest(Invalid):
    """minimum_score is only possible when needs_test is true."""

    ja = "最低点は needs_test が true の場合に限り指定できます。"


class DuplicateEquivalent(Invalid):
    """The same equivalent course is listed twice for overlapping periods."""

    ja = "同じ読替科目の期間が重なっています。"
    constraint = "ex_course_equivalent_period"


class CourseHasLaterSessions(Conflict):
    """The course has sessions on or after the day on which it is retired: cancel or move them first."""

    ja = "廃止日以降に実施回があります。先に中止するか、日程を変更してください。"
    detail_ja = "廃止日以降の実施回: {sessions}"
    detail_en = "Sessions on or after that day: {sessions}"


class CourseHasSessions(Conflict):
    """The course has sessions and cannot be deleted: set retired_on instead."""

    ja = "実施回のある研修科目は削除できません。廃止日を設定してください。"
    constraint = "fk_course_session_course_id"
