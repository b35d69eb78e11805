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


async def known_cell(id: UUID, db: Db) -> SkillRequirement:
    return await one_or_404(db, queries.requirements(), col(SkillRequirement.id), id)


KnownSkill = Annotated[Skill, Depends(known_skill)]

KnownMap = Annotated[SkillMap, Depends(known_map)]

KnownCell = Annotated[SkillRequirement, Depends(known_cell)]


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
    """Add a skill. It is asked of nobody until a map has a cell for it."""
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
    summary="All versions of the skill map, newest first, each row with the cells stated and those that there are",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_maps_list(
    query: Annotated[SkillMapQuery, Query()], db: Db, pages: Pages, who: Caller
) -> Page[SkillMapRead]:
    """All versions of the skill map, newest first, each row with the cells stated and those that there are."""
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
async def skill_maps_read(drawn: KnownMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """One version of the map. Its cells are listed under `/skill_requirements?skill_map_id=`."""
    return await views.skill_map(db, who, etag.stamp(drawn))


@maps.patch(
    "/{id}",
    response_model=SkillMapRead,
    summary="Change a map's name, source or stated counts; what it demands does not change by that",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_change(drawn: KnownMap, changes: SkillMapUpdate, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Change a map's name, source or stated counts; what it demands does not change by that."""
    changed = etag.stamp(await commands.change_map(db, etag.fresh(drawn), changes))
    return await views.skill_map(db, who, changed)


@maps.delete(
    "/{id}", status_code=204, dependencies=[may(Permission.EDIT_POLICY)], summary="Discard a draft with its cells"
)
async def skill_maps_discard(drawn: KnownMap, db: Db, etag: Etag) -> None:
    """Discard a draft with its cells."""
    await commands.discard(db, etag.fresh(drawn))


@maps.post(
    "/{id}/activation",
    response_model=SkillMapRead,
    summary="Put a draft in force from a day",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_activate(drawn: KnownMap, wanted: Activation, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Put a draft in force from a day. The map in force until then ends on that day; past days keep their map."""
    activated = etag.stamp(await commands.activate(db, etag.fresh(drawn), wanted.valid_from))
    return await views.skill_map(db, who, activated)


@maps.post(
    "/{id}/copy",
    response_model=SkillMapRead,
    status_code=201,
    summary="Start a draft with the cells of this map: the way to change a map in force",
    dependencies=[may(Permission.EDIT_POLICY)],
)
async def skill_maps_copy(drawn: KnownMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Start a draft with the cells of this map: the way to change a map in force."""
    return await views.skill_map(db, who, etag.stamp(await commands.copy(db, etag.fresh(drawn))))


@requirements.get(
    "",
    response_model=DatedPage[SkillRequirementRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The cells of the map in force on the day, or of the map named by `skill_map_id`",
)
async def skill_requirements_list(
    query: Annotated[SkillRequirementQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[SkillRequirementRead]:
    """The cells of the map in force on the day, or of the map named by `skill_map_id`. Each says where it comes from
    and how sure it is; a role and skill without a cell are not specified, never unneeded."""
    rows = await pages.fetch(queries.requirements_of(query.skill_map_id), query, who.as_of(query.as_of))
    return rows.dated_page([views.requirement(row) for row in rows.rows])


@requirements.post(
    "",
    response_model=SkillRequirementRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Add a cell to a draft: the role needs the skill",
)
async def skill_requirements_require(wanted: SkillRequirementCreate, db: Db, etag: Etag) -> SkillRequirementRead:
    """Add a cell to a draft: the role needs the skill."""
    return views.requirement(etag.created(await commands.require(db, wanted)))


@requirements.get(
    "/{id}", response_model=SkillRequirementRead, dependencies=[may(Permission.READ_POLICY)], summary="One cell"
)
async def skill_requirements_read(cell: KnownCell, etag: Etag) -> SkillRequirementRead:
    """One cell."""
    return views.requirement(etag.stamp(cell))


@requirements.patch(
    "/{id}",
    response_model=SkillRequirementRead,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Change a cell of a draft",
)
async def skill_requirements_change(
    cell: KnownCell, changes: SkillRequirementUpdate, db: Db, etag: Etag
) -> SkillRequirementRead:
    """Change a cell of a draft. Of a map in force only `provenance` and `confidence` change, when the city confirms."""
    return views.requirement(etag.stamp(await commands.change_requirement(db, etag.fresh(cell), changes)))


@requirements.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Remove a cell from a draft: the skill is then not specified for the role",
)
async def skill_requirements_drop(cell: KnownCell, db: Db, etag: Etag) -> None:
    """Remove a cell from a draft: the skill is then not specified for the role."""
    await commands.drop_requirement(db, etag.fresh(cell))


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
