"""Commands on skills, maps and evidence. Packages of sources call `set_evidence` and `withdraw_evidence`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.patching import revise
from app.kit.reading import require_existing
from app.kit.records import add, remove
from app.people.commands import check_known
from app.roles.errors import UnknownRole
from app.roles.models import Role
from app.skills import errors, queries, rules
from app.skills.enums import EvidenceBasis, SkillMapStatus
from app.skills.models import (
    Skill,
    SkillFields,
    SkillMap,
    SkillMapFields,
    SkillRecord,
    SkillRecordFields,
    SkillRequirement,
    SkillRequirementFields,
    SkillRequirementTerms,
)
from app.skills.schemas import Revocation, SkillMapUpdate, SkillRequirementUpdate, SkillUpdate

_SUPERSEDED = "superseded by its source"


@dataclass(frozen=True)
class Source:
    """The enrollment or award that evidence is derived from, and the half-open period in which it counts."""

    id: UUID
    employee_id: UUID
    basis: EvidenceBasis
    valid_from: date
    valid_to: date | None = None


async def change_skill(db: AsyncSession, skill: Skill, changes: SkillUpdate) -> Skill:
    revise(SkillFields, skill, changes)
    await db.flush()
    return skill


async def draft(db: AsyncSession, fields: SkillMapFields) -> SkillMap:
    await _check_stated(db, fields)
    version = max((skill_map.version for skill_map in await queries.all_maps_locked(db)), default=0) + 1
    return await add(db, SkillMap.model_validate(fields, update={"version": version}))


async def change_map(db: AsyncSession, skill_map: SkillMap, changes: SkillMapUpdate) -> SkillMap:
    """Change the name, source or stated counts; none of them changes what the map requires."""
    await _check_stated(db, revise(SkillMapFields, skill_map, changes))
    await db.flush()
    return skill_map


async def _check_stated(db: AsyncSession, fields: SkillMapFields) -> None:
    stated = {f"/stated_counts/{code}": code for code in fields.stated_counts}
    await require_existing(db, col(Skill.code), stated, errors.UnknownSkill)


async def discard(db: AsyncSession, skill_map: SkillMap) -> None:
    """Delete a draft with its requirements."""
    rules.check_editable(_status(skill_map))
    for requirement in await queries.requirements_in(db, skill_map):
        await db.delete(requirement)
    await db.flush()
    await remove(db, skill_map)


async def activate(db: AsyncSession, skill_map: SkillMap, on: date) -> SkillMap:
    """Put the map in force from the day; the map in force until then ends on it."""
    maps = await queries.all_maps_locked(db)
    before = await queries.map_in_force(db, on)
    unknown = await queries.roles_not_in_force(db, skill_map, on)
    rules.check_activation(_status(skill_map), on, before.valid_from if before else None, unknown, today=clock.today())
    if before:
        before.valid_to = on
        await db.flush()
    skill_map.valid_from = on
    skill_map.valid_to = min(
        (later.valid_from for later in maps if later.valid_from and later.valid_from > on), default=None
    )
    await db.flush()
    return skill_map


async def withdraw_map(db: AsyncSession, skill_map: SkillMap) -> SkillMap:
    """Make a map that has not begun a draft again; the map before it keeps its place until the next one begins."""
    maps = await queries.all_maps_locked(db)
    rules.check_withdrawable(_status(skill_map))
    start, end = skill_map.valid_from, skill_map.valid_to
    skill_map.valid_from = skill_map.valid_to = None
    await db.flush()
    for former in maps:
        if former.valid_to == start:
            former.valid_to = end
    await db.flush()
    return skill_map


def _status(skill_map: SkillMap) -> SkillMapStatus:
    return rules.map_status(skill_map.valid_from, skill_map.valid_to, clock.today())


async def copy(db: AsyncSession, skill_map: SkillMap) -> SkillMap:
    """A new draft with the same requirements."""
    copied = await draft(db, SkillMapFields.model_validate(skill_map))
    for requirement in await queries.requirements_in(db, skill_map):
        fields = SkillRequirementFields.model_validate(requirement, update={"skill_map_id": copied.id})
        db.add(SkillRequirement.model_validate(fields))
    await db.flush()
    return copied


async def require(db: AsyncSession, fields: SkillRequirementFields) -> SkillRequirement:
    skill_map = await queries.locked_map(db, fields.skill_map_id, errors.UnknownSkillMap(pointer="/skill_map_id"))
    rules.check_editable(_status(skill_map))
    await require_existing(db, col(Role.code), {"/role_code": fields.role_code}, UnknownRole)
    await require_existing(db, col(Skill.code), {"/skill_code": fields.skill_code}, errors.UnknownSkill)
    requirement = SkillRequirement.model_validate(fields)
    requirement.skill_map = skill_map
    skill_map.updated_at = clock.now()
    return await add(db, requirement)


async def change_requirement(
    db: AsyncSession, requirement: SkillRequirement, changes: SkillRequirementUpdate
) -> SkillRequirement:
    skill_map = await queries.locked_map(db, requirement.skill_map_id)
    rules.check_editable(_status(skill_map), changes.model_fields_set)
    revise(SkillRequirementTerms, requirement, changes)
    await db.flush()
    return requirement


async def drop_requirement(db: AsyncSession, requirement: SkillRequirement) -> None:
    skill_map = await queries.locked_map(db, requirement.skill_map_id)
    rules.check_editable(_status(skill_map))
    skill_map.updated_at = clock.now()
    await remove(db, requirement)


async def record(db: AsyncSession, who: Principal, fields: SkillRecordFields) -> SkillRecord:
    """Record an assessment by the training office, or a self-assessment."""
    own, may_assess = fields.employee_id == who.employee_id, who.may(Permission.VERIFY_QUALIFICATIONS)
    rules.check_recorder(fields.basis, own=own, may_assess=may_assess)
    await check_known(db, fields.employee_id, who.as_of_today)
    await require_existing(db, col(Skill.code), {"/skill_code": fields.skill_code}, errors.UnknownSkill)
    return await add(db, SkillRecord.model_validate(fields))


async def revoke(db: AsyncSession, who: Principal, evidence: SkillRecord, revocation: Revocation) -> SkillRecord:
    own, may_assess = evidence.employee_id == who.employee_id, who.may(Permission.VERIFY_QUALIFICATIONS)
    rules.check_revocable(evidence.basis, evidence.revoked_on, own=own, may_assess=may_assess)
    _revoke(evidence, revocation.revoked_reason, revocation.revoked_on or clock.today())
    await db.flush()
    return evidence


async def set_evidence(
    db: AsyncSession, source: Source, levels: Mapping[str, int | None], reason: str | None = None
) -> None:
    """Make the source's evidence exactly these skills at these levels; repeating the call changes nothing.

    Earlier evidence of the source with other terms is revoked from its first day, as if it had never counted, with the
    reason of the correction.
    """
    new = {code: _evidence(source, code, level) for code, level in levels.items()}
    for present in await queries.active_evidence_from(db, source.id):
        if present.skill_code in new and _same_terms(new[present.skill_code], present):
            del new[present.skill_code]
        else:
            _revoke(present, reason or _SUPERSEDED, present.valid_from)
    await db.flush()
    db.add_all(new.values())
    await db.flush()


def _evidence(source: Source, skill_code: str, level: int | None) -> SkillRecord:
    return SkillRecord(
        employee_id=source.employee_id,
        skill_code=skill_code,
        level=level,
        basis=source.basis,
        source_id=source.id,
        valid_from=source.valid_from,
        valid_to=source.valid_to,
    )


def _same_terms(one: SkillRecord, other: SkillRecord) -> bool:
    return SkillRecordFields.model_validate(one) == SkillRecordFields.model_validate(other)


async def withdraw_evidence(db: AsyncSession, source_id: UUID, reason: str, on: date) -> None:
    """Revoke the source's evidence from the day on; it still counts on earlier days."""
    for evidence in await queries.active_evidence_from(db, source_id):
        _revoke(evidence, reason, on)
    await db.flush()


def _revoke(evidence: SkillRecord, reason: str, on: date) -> None:
    evidence.revoked_on, evidence.revoked_at, evidence.revoked_reason = on, clock.now(), reason
