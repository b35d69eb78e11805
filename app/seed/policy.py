"""Writes the city's policy to the database, through the commands of the API."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel, col

from app.catalog import commands as catalog
from app.catalog.models import Course
from app.catalog.schemas import CourseCreate
from app.findings import commands as results
from app.findings.schemas import PrintedQuestion, PrintedSurvey
from app.kit.records import add
from app.people import commands as people
from app.people.models import OrgUnit, OrgUnitFields, PositionRank, PositionRankFields, ScopeRule, ScopeRuleFields
from app.qualifications import commands as qualifications
from app.qualifications.models import Qualification
from app.qualifications.schemas import QualificationCreate
from app.roles import commands as roles
from app.roles.models import Role, RoleFields
from app.seed.source import Entry, policy, requirements
from app.skills import commands as skills
from app.skills.models import Skill, SkillFields, SkillMap, SkillMapFields, SkillRequirementFields
from app.surveys.enums import SurveyKind
from app.surveys.models import Survey


async def load(db: AsyncSession) -> None:
    """Write what does not exist yet; changes that administrators have made since are kept."""
    source = policy()
    since = {"valid_from": source["policy"]["valid_from"]}
    await _units(db, source["named_units"], since)
    await _position_ranks(db, source["position_ranks"])
    await _scope(db, source["scope_rules"], since)
    await _roles(db, source["roles"], since)
    await _skills(db, source["skills"])
    await _skill_map(db, source["skill_map"])
    await _courses(db, source["courses"])
    await _qualifications(db, source["qualifications"])
    await _baseline(db, source["baseline_survey"])


async def _units(db: AsyncSession, entries: Sequence[Entry], since: Entry) -> None:
    for entry in await _missing(db, col(OrgUnit.code), entries):
        await people.open_unit(db, OrgUnitFields.model_validate(entry | since))


async def _position_ranks(db: AsyncSession, entries: Sequence[Entry]) -> None:
    for entry in await _missing(db, col(PositionRank.code), _numbered(entries)):
        await add(db, PositionRank.model_validate(PositionRankFields.model_validate(entry)))


async def _scope(db: AsyncSession, entries: Sequence[Entry], since: Entry) -> None:
    if await _is_empty(db, ScopeRule):
        for entry in entries:
            await add(db, ScopeRule.model_validate(ScopeRuleFields.model_validate(entry | since)))


async def _roles(db: AsyncSession, entries: Sequence[Entry], since: Entry) -> None:
    for entry in await _missing(db, col(Role.code), _numbered(entries)):
        await roles.define(db, RoleFields.model_validate(entry | since))


async def _skills(db: AsyncSession, entries: Sequence[Entry]) -> None:
    for entry in await _missing(db, col(Skill.code), _numbered(entries)):
        await add(db, Skill.model_validate(SkillFields.model_validate(entry)))


async def _skill_map(db: AsyncSession, entry: Entry) -> None:
    """The skill map with its requirements, in force from the first day of the policy."""
    if await _is_empty(db, SkillMap):
        counts = {row["skill"]: row["dots"] for row in entry["rows"]}
        draft = await skills.draft(db, SkillMapFields(name=entry["name"], stated_counts=counts, source=entry["source"]))
        for requirement in requirements(entry):
            await skills.require(db, SkillRequirementFields(skill_map_id=draft.id, **requirement))
        await skills.activate(db, draft, entry["valid_from"])


async def _courses(db: AsyncSession, entries: Sequence[Entry]) -> None:
    for entry in await _missing(db, col(Course.code), entries):
        await catalog.add_course(db, CourseCreate.model_validate(entry))


async def _qualifications(db: AsyncSession, entries: Sequence[Entry]) -> None:
    for entry in await _missing(db, col(Qualification.code), entries):
        fields = {name: value for name, value in entry.items() if name != "provenance"}
        await qualifications.add_qualification(db, QualificationCreate.model_validate(fields))


async def _baseline(db: AsyncSession, entry: Entry) -> None:
    """The staff survey, of which only printed percentages exist, not the responses."""
    if await db.scalar(select(1).where(col(Survey.kind) == SurveyKind.BASELINE).limit(1)) is None:
        titles = {name: entry[name] for name in ("title", "title_en")}
        questions = [_question(item) for item in entry["items"]]
        survey = titles | {"description": _description(entry), "kind": SurveyKind.BASELINE, "questions": questions}
        await results.load_printed(db, PrintedSurvey.model_validate(survey))


def _question(item: Entry) -> Entry:
    return {name: value for name, value in item.items() if name in PrintedQuestion.model_fields} | {"required": False}


def _description(entry: Entry) -> str:
    headlines = "".join(f"\n・{headline['label']}" for headline in entry["headlines"])
    return f"実施: {entry['conducted']}、対象: {entry['population']}。回答者数は公表されていない。{headlines}"


async def _missing(db: AsyncSession, code: Mapped[str], entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose code is not in the table."""
    known = set(await db.scalars(select(code)))
    return [entry for entry in entries if entry["code"] not in known]


async def _is_empty(db: AsyncSession, model: type[SQLModel]) -> bool:
    return await db.scalar(select(1).select_from(model).limit(1)) is None


def _numbered(entries: Sequence[Entry]) -> list[Entry]:
    """Entries with their position in the file, counted from 1."""
    return [{"ordinal": position, **entry} for position, entry in enumerate(entries, start=1)]
