from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.filters import AsOf
from app.kit.listing import DatedPage, Listing, Page, Pages
from app.kit.reading import found
from app.kit.records import add, remove
from app.kit.routing import Router
from app.skills import commands, queries
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

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]

Editor = Annotated[Principal, may(Permission.EDIT_POLICY)]

MayRead = may(Permission.READ_POLICY)

MayEdit = may(Permission.EDIT_POLICY)

router = Router(tags=[])

skills = Router(prefix="/skills", tags=["skills"])

maps = Router(prefix="/skill_maps", tags=["skill_maps"])

requirements = Router(prefix="/skill_requirements", tags=["skill_requirements"])

records = Router(prefix="/skill_records", tags=["skill_records"])


async def known_skill(id: UUID, db: Db) -> Skill:
    return await found(db, select(Skill), col(Skill.id), id)


async def known_map(id: UUID, db: Db) -> SkillMap:
    return await found(db, select(SkillMap), col(SkillMap.id), id)


async def known_cell(id: UUID, db: Db) -> SkillRequirement:
    return await found(db, queries.requirements(), col(SkillRequirement.id), id)


KnownSkill = Annotated[Skill, Depends(known_skill)]

KnownMap = Annotated[SkillMap, Depends(known_map)]

KnownCell = Annotated[SkillRequirement, Depends(known_cell)]


@skills.get("", response_model=Page[SkillRead], dependencies=[MayRead])
async def list_skills(query: Annotated[SkillQuery, Query()], pages: Pages) -> Listing:
    """The digital skills of the policy with their definitions, in the policy's order."""
    return await pages.fetch(select(Skill), query)


@skills.post("", response_model=SkillRead, status_code=201, dependencies=[MayEdit])
async def add_skill(wanted: SkillCreate, db: Db, etag: Etag) -> Skill:
    """Add a skill. It is asked of nobody until a map has a cell for it."""
    return etag.created(await add(db, Skill.model_validate(wanted)))


@skills.get("/{id}", response_model=SkillRead, dependencies=[MayRead])
async def read_skill(skill: KnownSkill, etag: Etag) -> Skill:
    """One skill."""
    return etag.stamp(skill)


@skills.patch("/{id}", response_model=SkillRead, dependencies=[MayEdit])
async def change_skill(skill: KnownSkill, changes: SkillUpdate, db: Db, etag: Etag) -> Skill:
    """Change a skill's names, definition or place. Its code stays while anything uses it."""
    return etag.stamp(await commands.change_skill(db, etag.fresh(skill), changes))


@skills.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def delete_skill(skill: KnownSkill, db: Db, etag: Etag) -> None:
    """Delete a skill that nothing uses."""
    await remove(db, etag.fresh(skill))


@maps.get("", response_model=Page[SkillMapRead])
async def list_maps(query: Annotated[SkillMapQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """All versions of the skill map, newest first, each row with the cells stated and those that there are."""
    return await pages.fetch(select(SkillMap), query, queries.described_maps(who))


@maps.post("", response_model=SkillMapRead, status_code=201)
async def draft_map(wanted: SkillMapCreate, db: Db, etag: Etag, who: Editor) -> SkillMapRead:
    """Start an empty draft with the next version number."""
    return await queries.described_map(db, who, etag.created(await commands.draft(db, wanted)))


@maps.get("/{id}", response_model=SkillMapRead)
async def read_map(drawn: KnownMap, db: Db, etag: Etag, who: Reader) -> SkillMapRead:
    """One version of the map. Its cells are listed under `/skill_requirements?skill_map_id=`."""
    return await queries.described_map(db, who, etag.stamp(drawn))


@maps.patch("/{id}", response_model=SkillMapRead)
async def change_map(drawn: KnownMap, changes: SkillMapUpdate, db: Db, etag: Etag, who: Editor) -> SkillMapRead:
    """Change a map's name, source or stated counts; what it demands does not change by that."""
    changed = etag.stamp(await commands.change_map(db, etag.fresh(drawn), changes))
    return await queries.described_map(db, who, changed)


@maps.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def discard_map(drawn: KnownMap, db: Db, etag: Etag) -> None:
    """Discard a draft with its cells."""
    await commands.discard(db, etag.fresh(drawn))


@maps.post("/{id}/activation", response_model=SkillMapRead)
async def activate(drawn: KnownMap, wanted: Activation, db: Db, etag: Etag, who: Editor) -> SkillMapRead:
    """Put a draft in force from a day. The map in force until then ends on that day; past days keep their map."""
    activated = etag.stamp(await commands.activate(db, etag.fresh(drawn), wanted.valid_from))
    return await queries.described_map(db, who, activated)


@maps.post("/{id}/copy", response_model=SkillMapRead, status_code=201)
async def copy_map(drawn: KnownMap, db: Db, etag: Etag, who: Editor) -> SkillMapRead:
    """Start a draft with the cells of this map: the way to change a map in force."""
    return await queries.described_map(db, who, etag.stamp(await commands.copy(db, etag.fresh(drawn))))


@requirements.get("", response_model=DatedPage[SkillRequirementRead], dependencies=[MayRead])
async def list_requirements(query: Annotated[SkillRequirementQuery, Query()], pages: Pages) -> Listing:
    """The cells of the map in force on the day, or of the map named by `skill_map_id`. Each says where it comes from
    and how sure it is; a role and skill without a cell are not specified, never unneeded."""
    return await pages.fetch(queries.requirements_of(query.skill_map_id, query.as_of), query)


@requirements.post("", response_model=SkillRequirementRead, status_code=201, dependencies=[MayEdit])
async def require(wanted: SkillRequirementCreate, db: Db, etag: Etag) -> SkillRequirement:
    """Add a cell to a draft: the role needs the skill."""
    return etag.created(await commands.require(db, wanted))


@requirements.get("/{id}", response_model=SkillRequirementRead, dependencies=[MayRead])
async def read_requirement(cell: KnownCell, etag: Etag) -> SkillRequirement:
    """One cell."""
    return etag.stamp(cell)


@requirements.patch("/{id}", response_model=SkillRequirementRead, dependencies=[MayEdit])
async def change_requirement(cell: KnownCell, changes: SkillRequirementUpdate, db: Db, etag: Etag) -> SkillRequirement:
    """Change a cell of a draft. Of a map in force only `provenance` and `confidence` change, when the city confirms."""
    return etag.stamp(await commands.change_requirement(db, etag.fresh(cell), changes))


@requirements.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def drop_requirement(cell: KnownCell, db: Db, etag: Etag) -> None:
    """Remove a cell from a draft: the skill is then not specified for the role."""
    await commands.drop_requirement(db, etag.fresh(cell))


@records.get("", response_model=DatedPage[SkillRecordRead])
async def list_records(query: Annotated[SkillRecordQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Evidence of the people whom the caller may see, as it stands on the day: one's own, or of a unit headed."""
    return await pages.fetch(queries.records(who), query, queries.described_records(who, query.as_of))


@records.post("", response_model=SkillRecordRead, status_code=201)
async def record(wanted: SkillRecordCreate, db: Db, etag: Etag, who: Reader) -> SkillRecordRead:
    """Record an assessment (training office) or one's own self-assessment, which closes no gap. Completions and
    qualifications become evidence through their own resources."""
    return queries.described(who, etag.created(await commands.record(db, who, wanted)), who.today)


@records.get("/{id}", response_model=SkillRecordRead)
async def read_record(id: UUID, db: Db, etag: Etag, who: Reader, as_of: AsOf) -> SkillRecordRead:
    """One piece of evidence as it stands on the day."""
    return queries.described(who, etag.stamp(await queries.record(db, who, id)), as_of)


@records.post("/{id}/revocation", response_model=SkillRecordRead)
async def revoke(id: UUID, wanted: Revocation, db: Db, etag: Etag, who: Reader) -> SkillRecordRead:
    """Revoke an assessment with the reason: it counts until the day before. The record stays."""
    shown = etag.fresh(await queries.record(db, who, id, lock=True))
    return queries.described(who, etag.stamp(await commands.withdraw(db, who, shown, wanted)), who.today)


for part in (skills, maps, requirements, records):
    router.include_router(part)
