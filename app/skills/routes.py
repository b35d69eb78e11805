from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.records import add, remove
from app.kit.routing import Router
from app.skills import commands, queries, views
from app.skills.models import Skill, SkillMap, SkillRequirement
from app.skills.schemas import (
    Activation,
    Revocation,
    SkillCreate,
    SkillMapCreate,
    SkillMapQuery,
    SkillMapRead,
    SkillMapUpdate,
    SkillQuery,
    SkillRead,
    SkillRecordCreate,
    SkillRecordQuery,
    SkillRecordRead,
    SkillRequirementCreate,
    SkillRequirementQuery,
    SkillRequirementRead,
    SkillRequirementUpdate,
    SkillUpdate,
)

router = Router(tags=[])

skills = Router(prefix="/skills", tags=["skills"])

maps = Router(prefix="/skill_maps", tags=["skill_maps"])

requirements = Router(prefix="/skill_requirements", tags=["skill_requirements"])

records = Router(prefix="/skill_records", tags=["skill_records"])


async def known_skill(id: UUID, db: Db) -> Skill:
    return await one_or_404(db, select(Skill), col(Skill.id), id)


async def known_map(id: UUID, db: Db) -> SkillMap:
    return await one_or_404(db, select(SkillMap), col(SkillMap.id), id)


async def known_requirement(id: UUID, db: Db) -> SkillRequirement:
    return await one_or_404(db, queries.requirements(), col(SkillRequirement.id), id)


KnownSkill = Annotated[Skill, Depends(known_skill)]

KnownMap = Annotated[SkillMap, Depends(known_map)]

KnownRequirement = Annotated[SkillRequirement, Depends(known_requirement)]


@skills.get(
    "",
    response_model=Page[SkillRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The digital skills of the policy with their definitions, in the policy's order",
)
async def skills_list(query: Annotated[SkillQuery, Query()], pages: Pages) -> Page[SkillRead]:
    """The digital skills of the policy with their definitions, in the policy's order."""
    rows = await pages.fetch(select(Skill), query)
    return rows.page([views.skill(row) for row in rows.rows])


@skills.post(
    "", response_model=SkillRead, status_code=201, dependencies=[may(Permission.EDIT_POLICY)], summary="Add a skill"
)
async def skills_add(wanted: SkillCreate, db: Db, etag: Etag) -> SkillRead:
    """Add a skill. It is asked of nobody until a map has a requirement for it."""
    return views.skill(etag.created(await add(db, Skill.model_validate(wanted))))


@skills.get("/{id}", response_model=SkillRead, dependencies=[may(Permission.READ_POLICY)], summary="One skill")
async def skills_read(skill: KnownSkill, etag: Etag) -> SkillRead:
    """One skill."""
    return views.skill(etag.stamp(skill))


@skills.patch(
    "/{id}",
    response_model=SkillRead,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Change a skill's names, definition or place",
)
async def skills_change(skill: KnownSkill, changes: SkillUpdate, db: Db, etag: Etag) -> SkillRead:
    """Change a skill's names, definition or place. Its code stays while anything uses it."""
    return views.skill(etag.stamp(await commands.change_skill(db, etag.fresh(skill), changes)))


@skills.delete(
    "/{id}", status_code=204, dependencies=[may(Permission.EDIT_POLICY)], summary="Delete a skill that nothing uses"
)
async def skills_delete(skill: KnownSkill, db: Db, etag: Etag) -> None:
    """Delete a skill that nothing uses."""
    await remove(db, etag.fresh(skill))


@maps.get(
    "",
    response_model=Page[SkillMapRead],
    summary="All versions of the skill map, newest first",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_maps_list(
    query: Annotated[SkillMapQuery, Query()], db: Db, pages: Pages, who: Caller
) -> Page[SkillMapRead]:
    """All versions of the skill map, newest first, each row with the requirements stated and those that there are."""
    rows = await pages.fetch(select(SkillMap), query)
    return rows.page(await views.skill_maps(db, who, rows.rows))


@maps.post(
    "",
    response_model=SkillMapRead,
    status_code=201,
    summary="Start an empty draft with the next version number",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_draft(wanted: SkillMapCreate, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Start an empty draft with the next version number."""
    return await views.skill_map(db, who, etag.created(await commands.draft(db, wanted)))


@maps.get(
    "/{id}", response_model=SkillMapRead, summary="One version of the map", dependencies=[may(Permission.SIGNED_IN)]
)
async def skill_maps_read(skill_map: KnownMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """One version of the map. Its requirements are listed under `/skill_requirements?skill_map_id=`."""
    return await views.skill_map(db, who, etag.stamp(skill_map))


@maps.patch(
    "/{id}",
    response_model=SkillMapRead,
    summary="Change a map's name, source or stated counts; what it demands does not change by that",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_change(
    skill_map: KnownMap, changes: SkillMapUpdate, db: Db, etag: Etag, who: Caller
) -> SkillMapRead:
    """Change a map's name, source or stated counts; what it demands does not change by that."""
    changed = etag.stamp(await commands.change_map(db, etag.fresh(skill_map), changes))
    return await views.skill_map(db, who, changed)


@maps.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Discard a draft with its requirements",
)
async def skill_maps_discard(skill_map: KnownMap, db: Db, etag: Etag) -> None:
    """Discard a draft with its requirements."""
    await commands.discard(db, etag.fresh(skill_map))


@maps.post(
    "/{id}/activation",
    response_model=SkillMapRead,
    summary="Put a draft in force from a day",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_activate(skill_map: KnownMap, wanted: Activation, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Put a draft in force from a day. The map in force until then ends on that day; past days keep their map."""
    activated = etag.stamp(await commands.activate(db, etag.fresh(skill_map), wanted.valid_from))
    return await views.skill_map(db, who, activated)


@maps.post(
    "/{id}/copy",
    response_model=SkillMapRead,
    status_code=201,
    summary="Start a draft with the requirements of this map: the way to change a map in force",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_copy(skill_map: KnownMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Start a draft with the requirements of this map: the way to change a map in force."""
    return await views.skill_map(db, who, etag.stamp(await commands.copy(db, etag.fresh(skill_map))))


@requirements.get(
    "",
    response_model=DatedPage[SkillRequirementRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The requirements of the map in force on the day, or of the map named by `skill_map_id`",
)
async def skill_requirements_list(
    query: Annotated[SkillRequirementQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[SkillRequirementRead]:
    """Requirements of the map in force on the day, or of the map named by `skill_map_id`, with provenance and
    confidence. A role and skill without a requirement are not specified, never unneeded."""
    rows = await pages.fetch(queries.requirements_of(query.skill_map_id), query, who.as_of(query.as_of))
    return rows.dated_page([views.requirement(row) for row in rows.rows])


@requirements.post(
    "",
    response_model=SkillRequirementRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Add a requirement to a draft: the role needs the skill",
)
async def skill_requirements_require(wanted: SkillRequirementCreate, db: Db, etag: Etag) -> SkillRequirementRead:
    """Add a requirement to a draft: the role needs the skill."""
    return views.requirement(etag.created(await commands.require(db, wanted)))


@requirements.get(
    "/{id}", response_model=SkillRequirementRead, dependencies=[may(Permission.READ_POLICY)], summary="One requirement"
)
async def skill_requirements_read(requirement: KnownRequirement, etag: Etag) -> SkillRequirementRead:
    """One requirement."""
    return views.requirement(etag.stamp(requirement))


@requirements.patch(
    "/{id}",
    response_model=SkillRequirementRead,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Change a requirement of a draft",
)
async def skill_requirements_change(
    requirement: KnownRequirement, changes: SkillRequirementUpdate, db: Db, etag: Etag
) -> SkillRequirementRead:
    """Change a requirement of a draft. In a map in force only `provenance` and `confidence` can be changed."""
    return views.requirement(etag.stamp(await commands.change_requirement(db, etag.fresh(requirement), changes)))


@requirements.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Remove a requirement from a draft: the skill is then not specified for the role",
)
async def skill_requirements_drop(requirement: KnownRequirement, db: Db, etag: Etag) -> None:
    """Remove a requirement from a draft: the skill is then not specified for the role."""
    await commands.drop_requirement(db, etag.fresh(requirement))


@records.get(
    "",
    response_model=DatedPage[SkillRecordRead],
    summary="Evidence of the people whom the caller may see, as it stands on the day: one's own, or of a unit headed",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_records_list(
    query: Annotated[SkillRecordQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[SkillRecordRead]:
    """Evidence of the people whom the caller may see, as it stands on the day: one's own, or of a unit headed."""
    rows = await pages.fetch(queries.records(who), query, who.as_of(query.as_of))
    return rows.dated_page([views.skill_record(row, who, query.as_of) for row in rows.rows])


@records.post(
    "",
    response_model=SkillRecordRead,
    status_code=201,
    summary="Record an assessment (training office) or one's own self-assessment, which closes no gap",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_records_record(wanted: SkillRecordCreate, db: Db, etag: Etag, who: Caller) -> SkillRecordRead:
    """Record an assessment (training office) or one's own self-assessment, which closes no gap. Completions and
    qualifications become evidence through their own resources."""
    return views.skill_record(etag.created(await commands.record(db, who, wanted)), who, who.today)


@records.get(
    "/{id}",
    response_model=SkillRecordRead,
    summary="One piece of evidence as it stands on the day",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_records_read(id: UUID, db: Db, etag: Etag, who: Caller, as_of: RequestedDay) -> SkillRecordRead:
    """One piece of evidence as it stands on the day."""
    return views.skill_record(etag.stamp(await queries.record(db, who, id)), who, as_of.day)


@records.post(
    "/{id}/revocation",
    response_model=SkillRecordRead,
    summary="Revoke an assessment with the reason: it counts until the day before",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_records_revoke(id: UUID, wanted: Revocation, db: Db, etag: Etag, who: Caller) -> SkillRecordRead:
    """Revoke an assessment with the reason: it counts until the day before. The record stays."""
    shown = etag.fresh(await queries.record(db, who, id, lock=True))
    return views.skill_record(etag.stamp(await commands.withdraw(db, who, shown, wanted)), who, who.today)


for part in (skills, maps, requirements, records):
    router.include_router(part)
