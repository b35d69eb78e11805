"""Errors of courses: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class CourseCodeTaken(Conflict):
    """A course with this code exists already."""

    ja = "このコードの研修科目はすでにあります。"
    constraint = "uq_course_code"


class UnknownCourse(Invalid):
    """There is no such course."""

    ja = "該当する研修科目がありません。"


class CourseCycle(Invalid):
    """Courses would depend on themselves in a circle."""

    ja = "研修科目どうしの関係が循環します。"


class EntryAgain(Invalid):
    """The same entry stands twice in the list."""

    ja = "同じ項目が重複しています。"


class YearsReversed(Invalid):
    """The most years of service are fewer than the least."""

    ja = "経験年数の上限が下限を下回っています。"


class ScoreWithoutTest(Invalid):
    """A score can be asked for only where a test is needed."""

    ja = "最低点は needs_test が true の場合に限り指定できます。"


class EquivalentAgain(Invalid):
    """The same course is named as equivalent twice at one time."""

    ja = "同じ読替科目の期間が重なっています。"
    constraint = "ex_course_equivalent_period"


class CourseHasSessions(Conflict):
    """The course has sessions: give it a day of retirement instead."""

    ja = "実施回のある研修科目は削除できません。廃止日を設定してください。"
    constraint = "fk_course_session_course_id"
