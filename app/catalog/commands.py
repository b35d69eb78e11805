"""Add and change courses."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog import errors, queries, rules
from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite, CourseSkill
from app.catalog.schemas import CourseCreate, CourseUpdate
from app.kit import clock
from app.kit.patching import merged
from app.kit.reading import pointers, require_existing
from app.kit.records import add
from app.kit.text import fold
from app.lists.errors import UnknownCourseTheme, UnknownJobCategory
from app.lists.models import CourseTheme, JobCategory
from app.people.errors import UnknownRank
from app.people.models import PositionRank
from app.roles.errors import UnknownRole
from app.roles.models import Role
from app.skills.errors import UnknownSkill
from app.skills.models import Skill


async def add_course(db: AsyncSession, fields: CourseCreate) -> Course:
    course = Course(code=fields.code, title=fields.title, minutes=fields.minutes, search_key="")
    return await _write(db, course, fields)


async def change_course(db: AsyncSession, course: Course, changes: CourseUpdate) -> Course:
    fields = merged(CourseCreate, course, changes)
    if fields.retired_on and (course.retired_on is None or fields.retired_on < course.retired_on):
        await _check_retirement(db, course, fields.retired_on)
    return await _write(db, course, fields)


async def _check_retirement(db: AsyncSession, course: Course, day: date) -> None:
    later = await queries.sessions_from(db, course.id, clock.start_of(day))
    if later:
        named = ", ".join(f"{session_id} ({clock.day_of(starts_at)})" for session_id, starts_at in later)
        raise errors.CourseHasLaterSessions(pointer="/retired_on", sessions=named)


async def _write(db: AsyncSession, course: Course, fields: CourseCreate) -> Course:
    _check(fields)
    await _check_codes(db, fields)
    named = await _named_courses(db, fields)
    _set_columns(course, fields, await queries.theme_names(db, fields.themes))
    course.skills = _skills(course, fields)
    course.prerequisite_links = _prerequisites(course, fields, named)
    course.equivalent_links = _equivalents(course, fields, named)
    await add(db, course)
    if named:
        await _check_cycles(db)
    return course


def _check(fields: CourseCreate) -> None:
    target, completion = fields.target, fields.completion_rule
    rules.check_target(rules.Target(**target.model_dump()))
    rules.check_completion_rule(rules.CompletionRule(**completion.model_dump()))
    rules.check_entries("skills", [skill.skill_code for skill in fields.skills])
    rules.check_entries("prerequisites", fields.prerequisites)
    rules.check_equivalents(
        [rules.Equivalent(other.course_code, other.valid_from, other.valid_to) for other in fields.equivalents]
    )


async def _check_codes(db: AsyncSession, fields: CourseCreate) -> None:
    skills = {f"/skills/{at}/skill_code": skill.skill_code for at, skill in enumerate(fields.skills)}
    await require_existing(db, col(Skill.code), skills, UnknownSkill)
    await require_existing(db, col(Role.code), pointers("/target/role_codes", fields.target.role_codes), UnknownRole)
    ranks = pointers("/target/position_ranks", fields.target.position_ranks)
    await require_existing(db, col(PositionRank.code), ranks, UnknownRank)
    categories = pointers("/target/job_categories", fields.target.job_categories)
    await require_existing(db, col(JobCategory.code), categories, UnknownJobCategory)
    await require_existing(db, col(CourseTheme.code), pointers("/themes", fields.themes), UnknownCourseTheme)
    equivalents = {f"/equivalents/{at}/course_code": other.course_code for at, other in enumerate(fields.equivalents)}
    courses = pointers("/prerequisites", fields.prerequisites) | equivalents
    await require_existing(db, col(Course.code), courses, errors.UnknownCourse)


async def _named_courses(db: AsyncSession, fields: CourseCreate) -> Mapping[str, Course]:
    """The courses that this one refers to, by code; nobody else links courses until the transaction ends."""
    codes = {*fields.prerequisites, *(equivalent.course_code for equivalent in fields.equivalents)}
    if not codes:
        return {}
    await queries.lock_links(db)
    return await queries.by_code(db, codes)


def _set_columns(course: Course, fields: CourseCreate, themes: Sequence[str]) -> None:
    course.code, course.title, course.title_en = fields.code, fields.title, fields.title_en
    course.description = fields.description
    course.provider_kind, course.format, course.level = fields.provider_kind, fields.format, fields.level
    course.minutes, course.mode = fields.minutes, fields.mode
    course.themes, course.plan_items = fields.themes, fields.plan_items
    course.mandatory_fiscal_years = fields.mandatory_fiscal_years
    course.valid_for_months = fields.valid_for_months
    course.valid_until_fiscal_year_end = fields.valid_until_fiscal_year_end
    course.retired_on = fields.retired_on
    course.target = fields.target.model_dump()
    course.completion_rule = fields.completion_rule.model_dump()
    course.search_key = fold(fields.code, fields.title, fields.title_en, *themes)
    course.updated_at = clock.now()  # a change of a list alone makes a new version of the course, too


def _skills(course: Course, fields: CourseCreate) -> list[CourseSkill]:
    """One row for each skill sent; existing rows are kept and changed."""
    present = {row.skill_code: row for row in course.skills}
    rows = []
    for skill in sorted(fields.skills, key=lambda skill: skill.skill_code):
        row = present.get(skill.skill_code) or CourseSkill(course_id=course.id, skill_code=skill.skill_code)
        row.level = skill.level
        rows.append(row)
    return rows


def _prerequisites(course: Course, fields: CourseCreate, named: Mapping[str, Course]) -> list[CoursePrerequisite]:
    present = {row.required_course_id: row for row in course.prerequisite_links}
    required = [named[code] for code in fields.prerequisites]
    return [
        present.get(other.id) or CoursePrerequisite(course_id=course.id, required_course_id=other.id, required=other)
        for other in required
    ]


def _equivalents(course: Course, fields: CourseCreate, named: Mapping[str, Course]) -> list[CourseEquivalent]:
    present = {(row.equivalent_course_id, row.valid_from): row for row in course.equivalent_links}
    rows = []
    for sent in fields.equivalents:
        other = named[sent.course_code]
        row = present.get((other.id, sent.valid_from)) or CourseEquivalent(
            course_id=course.id, equivalent_course_id=other.id, equivalent=other, valid_from=sent.valid_from
        )
        row.valid_to = sent.valid_to
        rows.append(row)
    return rows


async def _check_cycles(db: AsyncSession) -> None:
    required = await queries.links(db, col(CoursePrerequisite.course_id), col(CoursePrerequisite.required_course_id))
    if rules.has_cycle(required):
        raise errors.CourseCycle(pointer="/prerequisites")
    equals = await queries.links(db, col(CourseEquivalent.course_id), col(CourseEquivalent.equivalent_course_id))
    if rules.has_cycle(equals):
        raise errors.CourseCycle(pointer="/equivalents")
