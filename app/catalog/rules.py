"""Whom a course is for, what completes it and for how long. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

from app.kit import clock
from app.kit.problems import Conflict, Invalid
from app.kit.vocabulary import Word

K = TypeVar("K", bound=Hashable)


class ProviderKind(Word):
    CITY = "city", "市主催", "City"
    NATIONAL = "national", "国", "National"
    PREFECTURAL = "prefectural", "都道府県", "Prefectural"
    VENDOR = "vendor", "民間事業者", "Vendor"


class CourseFormat(Word):
    CLASSROOM = "classroom", "集合研修", "Classroom"
    LIVE_ONLINE = "live_online", "オンライン研修(同時配信)", "Live online"
    E_LEARNING = "e_learning", "eラーニング", "E-learning"
    WORKSHOP = "workshop", "ワークショップ", "Workshop"
    EXTERNAL = "external", "派遣研修", "External"


class CourseLevel(Word):
    BASIC = "basic", "基礎", "Basic"
    INTERMEDIATE = "intermediate", "中級", "Intermediate"
    ADVANCED = "advanced", "上級", "Advanced"


class EnrollmentMode(Word):
    DESIGNATED = "designated", "指名", "Designated"
    APPLIED = "applied", "応募", "Applied"


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


@dataclass(frozen=True)
class Target:
    """Whom a course is for: all lists that are not empty must match; nothing said means everyone."""

    role_codes: Collection[str] = ()
    position_ranks: Collection[str] = ()
    job_categories: Collection[str] = ()
    years_of_service_min: int | None = None
    years_of_service_max: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of an employee on the day of asking; whole years of service."""

    role_codes: Collection[str]
    position_ranks: Collection[str]
    job_category: str | None
    years_of_service: int


def check_target(target: Target) -> None:
    least, most = target.years_of_service_min, target.years_of_service_max
    if least is not None and most is not None and most < least:
        raise YearsReversed(pointer="/target/years_of_service_max")


def is_targeted(target: Target, facts: Facts) -> bool:
    least, most = target.years_of_service_min, target.years_of_service_max
    return (
        _meets(target.role_codes, facts.role_codes)
        and _meets(target.position_ranks, facts.position_ranks)
        and _meets(target.job_categories, [facts.job_category])
        and (least is None or facts.years_of_service >= least)
        and (most is None or facts.years_of_service <= most)
    )


def _meets(wanted: Collection[str], held: Iterable[str | None]) -> bool:
    return not wanted or any(one in wanted for one in held)


@dataclass(frozen=True)
class CompletionRule:
    """What completes a course: a share of the minutes, and a test where one is needed (scores 0 to 100)."""

    minimum_attendance_percent: int = 100
    needs_test: bool = False
    minimum_score: int | None = None


def check_completion_rule(rule: CompletionRule) -> None:
    if rule.minimum_score is not None and not rule.needs_test:
        raise ScoreWithoutTest(pointer="/completion_rule/minimum_score")


def completed(rule: CompletionRule, *, minutes_attended: int, minutes_total: int, score: int | None = None) -> bool:
    """Judge from counted minutes; a test that is needed and was not taken never completes."""
    attended = minutes_attended * 100 >= rule.minimum_attendance_percent * minutes_total
    if not rule.needs_test:
        return attended
    return attended and score is not None and score >= (rule.minimum_score or 0)


def evidence_ends(completed_on: date, *, months: int | None, at_fiscal_year_end: bool) -> date | None:
    """The first day on which a completion no longer counts, or None when it never ends."""
    ends = []
    if months is not None:
        ends.append(clock.add_months(completed_on, months))
    if at_fiscal_year_end:
        ends.append(clock.fiscal_year_start(clock.fiscal_year(completed_on) + 1))
    return min(ends, default=None)


def check_entries(member: str, entries: Sequence[Hashable]) -> None:
    """Refuse a list that says the same twice."""
    for at, entry in enumerate(entries):
        if entry in entries[:at]:
            raise EntryAgain(pointer=f"/{member}/{at}")


@dataclass(frozen=True)
class Equivalent:
    course_code: str
    valid_from: date
    valid_to: date | None


def check_equivalents(equivalents: Sequence[Equivalent]) -> None:
    """Refuse two half-open periods of one course that share a day."""
    in_order = sorted(enumerate(equivalents), key=lambda entry: (entry[1].course_code, entry[1].valid_from))
    for (_, earlier), (at, later) in pairwise(in_order):
        open_end = earlier.valid_to is None or earlier.valid_to > later.valid_from
        if earlier.course_code == later.course_code and open_end:
            raise EquivalentAgain(pointer=f"/equivalents/{at}")


def has_cycle(graph: Mapping[K, Iterable[K]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False
