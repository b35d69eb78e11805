"""Writes the city's policy through the commands that the API uses."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.catalog import commands as catalog
from app.catalog.models import Course
from app.catalog.schemas import CourseCreate
from app.course_sessions import models as _pointed_at  # noqa: F401 - surveys have a key to its table
from app.kit.records import add
from app.people import commands as people
from app.people.models import OrgUnit, OrgUnitFields, PositionRank, PositionRankFields, ScopeRule, ScopeRuleFields
from app.qualifications import commands as qualifications
from app.qualifications.models import Qualification
from app.qualifications.schemas import QualificationCreate
from app.results import commands as results
from app.results.schemas import PrintedQuestion, PrintedSurvey
from app.roles import commands as roles
from app.roles.models import Role, RoleFields
from app.seed.source import Entry, cells, policy
from app.skills import commands as skills
from app.skills.models import Skill, SkillFields, SkillMap, SkillMapFields, SkillRequirementFields
from app.surveys.models import Survey
from app.surveys.rules import SurveyKind


async def load(db: AsyncSession) -> None:
    """Write what is not there yet; whatever an administrator has changed since stays."""
    read = policy()
    since = {"valid_from": read["policy"]["valid_from"]}

    async def unit(entry: Entry) -> None:
        await people.open_unit(db, OrgUnitFields.model_validate(entry | since))

    async def rank(entry: Entry) -> None:
        await add(db, PositionRank.model_validate(PositionRankFields.model_validate(entry)))

    async def role(entry: Entry) -> None:
        await roles.define(db, RoleFields.model_validate(entry | since))

    async def skill(entry: Entry) -> None:
        await add(db, Skill.model_validate(SkillFields.model_validate(entry)))

    async def course(entry: Entry) -> None:
        await catalog.add_course(db, CourseCreate.model_validate(entry))

    async def qualification(entry: Entry) -> None:
        wanted = {name: value for name, value in entry.items() if name != "provenance"}
        await qualifications.add_qualification(db, QualificationCreate.model_validate(wanted))

    await _missing(db, OrgUnit, read["named_units"], unit)
    await _missing(db, PositionRank, _in_order(read["position_ranks"]), rank)
    await _scope(db, [entry | since for entry in read["scope_rules"]])
    await _missing(db, Role, _in_order(read["roles"]), role)
    await _missing(db, Skill, _in_order(read["skills"]), skill)
    await _skill_map(db, read["skill_map"])
    await _missing(db, Course, read["courses"], course)
    await _missing(db, Qualification, read["qualifications"], qualification)
    await _baseline(db, read["baseline_survey"])


async def _missing(
    db: AsyncSession, model: Any, entries: Iterable[Entry], write: Callable[[Entry], Awaitable[None]]
) -> None:
    known = set(await db.scalars(select(col(model.code))))
    for entry in entries:
        if entry["code"] not in known:
            await write(entry)


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Entries with the place that they have in the file."""
    return [{"ordinal": at, **entry} for at, entry in enumerate(entries, start=1)]


async def _is_empty(db: AsyncSession, model: type[SQLModel], *conditions: Any) -> bool:
    return await db.scalar(select(1).select_from(model).where(*conditions).limit(1)) is None


async def _scope(db: AsyncSession, entries: list[Entry]) -> None:
    if await _is_empty(db, ScopeRule):
        for entry in entries:
            await add(db, ScopeRule.model_validate(ScopeRuleFields.model_validate(entry)))


async def _skill_map(db: AsyncSession, read: Entry) -> None:
    """The map with its cells, in force since the policy is."""
    if await _is_empty(db, SkillMap):
        counts = {row["skill"]: row["dots"] for row in read["rows"]}
        drawn = await skills.draft(db, SkillMapFields(name=read["name"], stated_counts=counts, source=read["source"]))
        for cell in cells(read):
            await skills.require(db, SkillRequirementFields(skill_map_id=drawn.id, **cell))
        await skills.activate(db, drawn, read["valid_from"])


async def _baseline(db: AsyncSession, read: Entry) -> None:
    """The staff survey of which only printed shares exist; there are no answers behind it."""
    if await _is_empty(db, Survey, col(Survey.kind) == SurveyKind.BASELINE):
        titles = {name: read[name] for name in ("title", "title_en")}
        questions = [_question(item) for item in read["items"]]
        asked = titles | {"description": _described(read), "kind": SurveyKind.BASELINE, "questions": questions}
        await results.load_printed(db, PrintedSurvey.model_validate(asked))


def _question(item: Entry) -> Entry:
    return {name: value for name, value in item.items() if name in PrintedQuestion.model_fields} | {"required": False}


def _described(read: Entry) -> str:
    headlines = "".join(f"\n・{headline['label']}" for headline in read["headlines"])
    return f"実施: {read['conducted']}、対象: {read['population']}。回答者数は公表されていない。{headlines}"
