from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import every, one_or_404
from app.kit.records import add, remove
from app.kit.routing import Router
from app.skills import commands, queries, schemas, views
from app.skills.models import Skill, SkillMap, SkillRequirement
from app.skills.schemas import SkillMapRead, SkillRead, SkillRecordRead, SkillRequirementRead

MayEditPolicy = may(Permission.EDIT_POLICY)
MayReadPolicy = may(Permission.READ_POLICY)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(tags=[])
skills = Router(prefix="/skills", tags=["skills"])
maps = Router(prefix="/skill_maps", tags=["skill_maps"])
requirements = Router(prefix="/skill_requirements", tags=["skill_requirements"])
records = Router(prefix="/skill_records", tags=["skill_records"])


async def known_skill(id: UUID, db: Db) -> Skill:
    return await one_or_404(db, every(Skill), col(Skill.id), id)


async def visible_map(id: UUID, db: Db, who: Caller) -> SkillMap:
    return await one_or_404(db, queries.maps(who), col(SkillMap.id), id)


async def visible_requirement(id: UUID, db: Db, who: Caller) -> SkillRequirement:
    return await one_or_404(db, queries.requirements(who), col(SkillRequirement.id), id)


KnownSkill = Annotated[Skill, Depends(known_skill)]
VisibleMap = Annotated[SkillMap, Depends(visible_map)]
VisibleRequirement = Annotated[SkillRequirement, Depends(visible_requirement)]


@skills.get("", summary="List skills", dependencies=[MayReadPolicy])
async def skills_list(query: Annotated[schemas.SkillQuery, Query()], pages: Pages) -> Page[SkillRead]:
    """The digital skills defined by the policy, in its order."""
    rows = await pages.fetch(every(Skill), query)
    return rows.page([views.skill(row) for row in rows.rows])


@skills.post("", summary="Add a skill", status_code=201, dependencies=[MayEditPolicy])
async def skills_add(fields: schemas.SkillCreate, db: Db, etag: Etag) -> SkillRead:
    """Add a skill. Nobody needs it until a skill map has a requirement for it."""
    return views.skill(etag.created(await add(db, Skill.model_validate(fields))))


@skills.get("/{id}", summary="Get a skill", dependencies=[MayReadPolicy])
async def skills_read(skill: KnownSkill, etag: Etag) -> SkillRead:
    """A skill."""
    return views.skill(etag.stamp(skill))


@skills.patch("/{id}", summary="Change a skill", dependencies=[MayEditPolicy])
async def skills_change(skill: KnownSkill, changes: schemas.SkillUpdate, db: Db, etag: Etag) -> SkillRead:
    """Change a skill's names, definition or order. Its code cannot change while anything uses it."""
    return views.skill(etag.stamp(await commands.change_skill(db, etag.fresh(skill), changes)))


@skills.delete("/{id}", summary="Delete a skill", status_code=204, dependencies=[MayEditPolicy])
async def skills_delete(skill: KnownSkill, db: Db, etag: Etag) -> None:
    """Delete a skill that nothing uses."""
    await remove(db, etag.fresh(skill))


@maps.get("", summary="List skill maps", dependencies=[IsSignedIn])
async def skill_maps_list(
    query: Annotated[schemas.SkillMapQuery, Query()], db: Db, pages: Pages, who: Caller
) -> DatedPage[SkillMapRead]:
    """Versions of the skill map, newest first, with their status on the day and the stated and the actual number of
    requirements per skill. Only the offices that keep the map see drafts."""
    as_of = who.as_of(query.as_of)
    rows = await pages.fetch(queries.maps(who), query, as_of)
    return rows.dated_page(await views.skill_maps(db, who, rows.rows, as_of))


@maps.post("", summary="Create a draft of the skill map", status_code=201, dependencies=[MayEditPolicy])
async def skill_maps_draft(fields: schemas.SkillMapCreate, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Create an empty draft with the next version number."""
    return await views.skill_map(db, who, etag.created(await commands.draft(db, fields)))


@maps.get("/{id}", summary="Get a skill map", dependencies=[IsSignedIn])
async def skill_maps_read(skill_map: VisibleMap, db: Db, etag: Etag, who: Caller, as_of: RequestedDay) -> SkillMapRead:
    """A version of the skill map as of the day. Its requirements are at `/skill_requirements?skill_map_id=`."""
    return await views.skill_map(db, who, etag.stamp(skill_map), as_of)


@maps.patch("/{id}", summary="Change a skill map", dependencies=[MayEditPolicy])
async def skill_maps_change(
    skill_map: VisibleMap, changes: schemas.SkillMapUpdate, db: Db, etag: Etag, who: Caller
) -> SkillMapRead:
    """Change a skill map's name, source or stated counts; its requirements stay the same."""
    changed = etag.stamp(await commands.change_map(db, etag.fresh(skill_map), changes))
    return await views.skill_map(db, who, changed)


@maps.delete("/{id}", summary="Discard a draft of the skill map", status_code=204, dependencies=[MayEditPolicy])
async def skill_maps_discard(skill_map: VisibleMap, db: Db, etag: Etag) -> None:
    """Discard a draft with its requirements."""
    await commands.discard(db, etag.fresh(skill_map))


@maps.post("/{id}/activation", summary="Activate a skill map", dependencies=[MayEditPolicy])
async def skill_maps_activate(
    skill_map: VisibleMap, activation: schemas.Activation, db: Db, etag: Etag, who: Caller
) -> SkillMapRead:
    """Put a draft in force from a day. The map in force until then ends on that day; past days keep their map."""
    activated = etag.stamp(await commands.activate(db, etag.fresh(skill_map), activation.valid_from))
    return await views.skill_map(db, who, activated)


@maps.post("/{id}/withdrawal", summary="Withdraw a future skill map", dependencies=[MayEditPolicy])
async def skill_maps_withdraw(skill_map: VisibleMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Make a skill map that has not begun a draft again. The map before it stays in force."""
    return await views.skill_map(db, who, etag.stamp(await commands.withdraw_map(db, etag.fresh(skill_map))))


@maps.post("/{id}/copy", summary="Copy a skill map to a new draft", status_code=201, dependencies=[MayEditPolicy])
async def skill_maps_copy(skill_map: VisibleMap, db: Db, etag: Etag, who: Caller) -> SkillMapRead:
    """Create a draft with the requirements of this map. To change a map in force, change and activate its copy."""
    return await views.skill_map(db, who, etag.stamp(await commands.copy(db, etag.fresh(skill_map))))


@requirements.get("", summary="List skill requirements", dependencies=[MayReadPolicy])
async def skill_requirements_list(
    query: Annotated[schemas.SkillRequirementQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[SkillRequirementRead]:
    """Requirements of the map in force on the day, or of the map given by `skill_map_id`. Whether a role needs a skill
    without a requirement is not specified; that never means unneeded."""
    rows = await pages.fetch(queries.requirements_of(query.skill_map_id, who), query, who.as_of(query.as_of))
    return rows.dated_page([views.requirement(row) for row in rows.rows])


@requirements.post("", summary="Add a skill requirement", status_code=201, dependencies=[MayEditPolicy])
async def skill_requirements_require(
    fields: schemas.SkillRequirementCreate, db: Db, etag: Etag
) -> SkillRequirementRead:
    """Add a requirement to a draft: the role needs the skill."""
    return views.requirement(etag.created(await commands.require(db, fields)))


@requirements.get("/{id}", summary="Get a skill requirement", dependencies=[MayReadPolicy])
async def skill_requirements_read(requirement: VisibleRequirement, etag: Etag) -> SkillRequirementRead:
    """A skill requirement."""
    return views.requirement(etag.stamp(requirement))


@requirements.get(
    "/{id}/history", summary="List changes of a skill requirement", dependencies=[may(Permission.READ_DRAFTS)]
)
async def skill_requirements_list_history(
    requirement: VisibleRequirement, query: Annotated[schemas.SkillRequirementChangeQuery, Query()], pages: Pages
) -> Page[schemas.SkillRequirementChange]:
    """Who changed the requirement and when, newest first, with each field before and after."""
    rows = await pages.fetch_rows(queries.REQUIREMENT_CHANGES, query, requirement_id=requirement.id)
    return rows.page([views.requirement_change(row[0], row[1]) for row in rows.rows])


@requirements.patch("/{id}", summary="Change a skill requirement", dependencies=[MayEditPolicy])
async def skill_requirements_change(
    requirement: VisibleRequirement, changes: schemas.SkillRequirementUpdate, db: Db, etag: Etag
) -> SkillRequirementRead:
    """Change a requirement in a draft; in a map in force only `provenance` and `confidence` can change."""
    return views.requirement(etag.stamp(await commands.change_requirement(db, etag.fresh(requirement), changes)))


@requirements.delete("/{id}", summary="Remove a skill requirement", status_code=204, dependencies=[MayEditPolicy])
async def skill_requirements_drop(requirement: VisibleRequirement, db: Db, etag: Etag) -> None:
    """Remove a requirement from a draft. It is then not specified whether the role needs the skill."""
    await commands.drop_requirement(db, etag.fresh(requirement))


@records.get("", summary="List skill records", dependencies=[IsSignedIn])
async def skill_records_list(
    query: Annotated[schemas.SkillRecordQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[SkillRecordRead]:
    """Evidence of the people the caller may see, as of the day: their own, and that of the units they head."""
    rows = await pages.fetch(queries.records(who), query, who.as_of(query.as_of))
    return rows.dated_page([views.skill_record(row, who, query.as_of) for row in rows.rows])


@records.post("", summary="Record an assessment or self-assessment", status_code=201, dependencies=[IsSignedIn])
async def skill_records_record(fields: schemas.SkillRecordCreate, db: Db, etag: Etag, who: Caller) -> SkillRecordRead:
    """Record an assessment, as the training office, or a self-assessment, which closes no gap. Evidence of completions
    and qualifications is derived from those resources."""
    return views.skill_record(etag.created(await commands.record(db, who, fields)), who, who.today)


@records.get("/{id}", summary="Get a skill record", dependencies=[IsSignedIn])
async def skill_records_read(id: UUID, db: Db, etag: Etag, who: Caller, as_of: RequestedDay) -> SkillRecordRead:
    """Evidence as of the day."""
    return views.skill_record(etag.stamp(await queries.record(db, who, id)), who, as_of.day)


@records.post("/{id}/revocation", summary="Revoke an assessment or self-assessment", dependencies=[IsSignedIn])
async def skill_records_revoke(
    id: UUID, revocation: schemas.Revocation, db: Db, etag: Etag, who: Caller
) -> SkillRecordRead:
    """Revoke an assessment or self-assessment, with the reason. It still counts on earlier days; the record stays."""
    evidence = etag.fresh(await queries.record(db, who, id, lock=True))
    return views.skill_record(etag.stamp(await commands.revoke(db, who, evidence, revocation)), who, who.today)


router.add(skills, maps, requirements, records)
