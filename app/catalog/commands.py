"""What the training office does with courses."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog import errors, queries, rules
from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite, CourseSkill
from app.catalog.schemas import CourseCreate, CourseUpdate
from app.kit import clock
from app.kit.patching import merged
from app.kit.reading import pointers, require_existing
from app.kit.records import add, sync_children
from app.kit.text import fold
from app.people.errors import UnknownRank
from app.people.models import PositionRank
from app.roles.errors import UnknownRole
from app.roles.models import Role
from app.skills.errors import UnknownSkill
from app.skills.models import Skill

_LISTS = {"skills", "prerequisites", "equivalents"}


async def add_course(db: AsyncSession, wanted: CourseCreate) -> Course:
    return await _write(db, Course(**_columns(wanted)), wanted)


async def change_course(db: AsyncSession, course: Course, changes: CourseUpdate) -> Course:
    wanted = merged(CourseCreate, course, changes)
    for name, value in _columns(wanted).items():
        setattr(course, name, value)
    return await _write(db, course, wanted)


def _columns(wanted: CourseCreate) -> dict[str, Any]:
    """What the course's own row says; `updated_at`, since a change of a list alone makes a new version, too."""
    key = fold(wanted.code, wanted.title, wanted.title_en, *wanted.themes)
    return wanted.model_dump(exclude=_LISTS) | {"search_key": key, "updated_at": clock.now()}


async def _write(db: AsyncSession, course: Course, wanted: CourseCreate) -> Course:
    members = wanted.model_dump(include=_LISTS)
    _check(wanted.model_dump())
    await _check_codes(db, wanted)
    named = await _named(db, wanted)
    _relate(course, members, named)
    await add(db, course)
    if named:
        await _refuse_circles(db)
    return course


def _check(members: Mapping[str, Any]) -> None:
    rules.check_target(rules.Target(**members["target"]))
    rules.check_completion_rule(rules.CompletionRule(**members["completion_rule"]))
    rules.check_entries("skills", [skill["skill_code"] for skill in members["skills"]])
    rules.check_entries("prerequisites", members["prerequisites"])
    rules.check_equivalents([rules.Equivalent(**equivalent) for equivalent in members["equivalents"]])


async def _check_codes(db: AsyncSession, wanted: CourseCreate) -> None:
    skills = {f"/skills/{at}/skill_code": skill.skill_code for at, skill in enumerate(wanted.skills)}
    await require_existing(db, col(Skill.code), skills, UnknownSkill)
    await require_existing(db, col(Role.code), pointers("/target/role_codes", wanted.target.role_codes), UnknownRole)
    ranks = pointers("/target/position_ranks", wanted.target.position_ranks)
    await require_existing(db, col(PositionRank.code), ranks, UnknownRank)
    equivalents = {f"/equivalents/{at}/course_code": other.course_code for at, other in enumerate(wanted.equivalents)}
    courses = pointers("/prerequisites", wanted.prerequisites) | equivalents
    await require_existing(db, col(Course.code), courses, errors.UnknownCourse)


async def _named(db: AsyncSession, wanted: CourseCreate) -> Mapping[str, Course]:
    """The courses that this one names, by code; until the end of the transaction nobody else links courses."""
    codes = {*wanted.prerequisites, *(equivalent.course_code for equivalent in wanted.equivalents)}
    if not codes:
        return {}
    await queries.lock_links(db)
    return await queries.by_code(db, codes)


def _relate(course: Course, members: Mapping[str, Any], named: Mapping[str, Course]) -> None:
    """Make the lists say what is wanted; rows that stay keep their id."""
    skills = sorted(members["skills"], key=lambda skill: str(skill["skill_code"]))
    course.skills = sync_children(course.skills, CourseSkill, ["skill_code"], skills)
    required = [{"required_course_id": named[code].id, "required": named[code]} for code in members["prerequisites"]]
    course.prerequisite_links = sync_children(
        course.prerequisite_links, CoursePrerequisite, ["required_course_id"], required
    )
    equivalents = [_equivalent(entry, named[entry["course_code"]]) for entry in members["equivalents"]]
    keys = ["equivalent_course_id", "valid_from"]
    course.equivalent_links = sync_children(course.equivalent_links, CourseEquivalent, keys, equivalents)


def _equivalent(entry: Mapping[str, Any], other: Course) -> dict[str, Any]:
    period = {name: entry[name] for name in ("valid_from", "valid_to")}
    return {"equivalent_course_id": other.id, "equivalent": other, **period}


async def _refuse_circles(db: AsyncSession) -> None:
    required = await queries.links(db, CoursePrerequisite.course_id, CoursePrerequisite.required_course_id)
    if rules.has_cycle(required):
        raise errors.CourseCycle(pointer="/prerequisites")
    equivalent = await queries.links(db, CourseEquivalent.course_id, CourseEquivalent.equivalent_course_id)
    if rules.has_cycle(equivalent):
        raise errors.CourseCycle(pointer="/equivalents")
