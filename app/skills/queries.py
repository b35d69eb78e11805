"""SELECTs of skills, maps, requirements and evidence."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlmodel import col

from app.audit.models import AuditEntry
from app.identity.models import Account
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.once import built_once
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.people.functions import valid_on
from app.people.sight import Purpose, Sight, sight
from app.roles.models import Role
from app.skills import errors, functions
from app.skills.enums import EvidenceBasis
from app.skills.functions import map_valid_on
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement
from app.skills.rules import Evidence
from app.skills.schemas import RowCount

_LOCKED_MAPS = select(SkillMap).with_for_update().execution_options(populate_existing=True)


def maps(who: Principal) -> Select[SkillMap]:
    """Maps, without the drafts for those who may not read drafts."""
    return _maps(drafts=who.may(Permission.READ_DRAFTS))


@built_once
def _maps(*, drafts: bool) -> Select[SkillMap]:
    return select(SkillMap) if drafts else select(SkillMap).where(col(SkillMap.valid_from).is_not(None))


async def map_in_force(db: AsyncSession, day: date) -> SkillMap | None:
    return await db.scalar(select(SkillMap).where(map_valid_on(day)))


async def locked_map(db: AsyncSession, id: UUID, not_found: errors.UnknownSkillMap | None = None) -> SkillMap:
    """The map, locked: changes to it, its requirements and its period run one after another."""
    return await one_or_404(db, _LOCKED_MAPS, col(SkillMap.id), id, not_found)


async def all_maps_locked(db: AsyncSession) -> Sequence[SkillMap]:
    """All maps, locked: activations and new versions run one after another."""
    rows = select(SkillMap).order_by(col(SkillMap.version)).with_for_update()
    return (await db.scalars(rows.execution_options(populate_existing=True))).all()


async def row_counts(db: AsyncSession, maps: Sequence[SkillMap]) -> dict[UUID, list[RowCount]]:
    """A count for each skill that a map states or requires, in the order of the skills."""
    matching = (col(SkillRequirement.skill_map_id) == col(SkillMap.id)) & (
        col(SkillRequirement.skill_code) == col(Skill.code)
    )
    statement = (
        select(col(SkillMap.id), col(Skill.code), func.count(col(SkillRequirement.id)))
        .select_from(SkillMap)
        .join(Skill, true())
        .outerjoin(SkillRequirement, matching)
        .where(col(SkillMap.id).in_([skill_map.id for skill_map in maps]))
        .group_by(col(SkillMap.id), col(Skill.id))
        .order_by(col(Skill.ordinal), col(Skill.code))
    )
    stated = {skill_map.id: skill_map.stated_counts for skill_map in maps}
    counts: dict[UUID, list[RowCount]] = {skill_map.id: [] for skill_map in maps}
    for map_id, code, actual in await db.execute(statement):
        if actual or code in stated[map_id]:
            counts[map_id].append(RowCount(skill_code=code, stated=stated[map_id].get(code), actual=actual))
    return counts


async def roles_not_in_force(db: AsyncSession, skill_map: SkillMap, day: date) -> Sequence[str]:
    """Codes of the roles that have requirements in the map and no definition on the day."""
    in_force = select(col(Role.code)).where(valid_on(Role, day))
    theirs = col(SkillRequirement.skill_map_id) == skill_map.id
    unknown = select(col(SkillRequirement.role_code)).where(theirs, col(SkillRequirement.role_code).not_in(in_force))
    return (await db.scalars(unknown.distinct())).all()


def requirements(who: Principal) -> Select[SkillRequirement]:
    """Requirements of the maps that the caller sees."""
    return _requirements(drafts=who.may(Permission.READ_DRAFTS))


@built_once
def _requirements(*, drafts: bool) -> Select[SkillRequirement]:
    rows = select(SkillRequirement).options(joinedload(as_attribute(SkillRequirement.skill_map), innerjoin=True))
    return rows.where(col(SkillRequirement.skill_map_id).in_(_maps(drafts=drafts).with_only_columns(col(SkillMap.id))))


def requirements_of(skill_map_id: UUID | None, who: Principal) -> Select[SkillRequirement]:
    """Requirements of the map in force on the statement's day, unless the list is filtered by a map."""
    return requirements(who) if skill_map_id else _requirements_on_day(drafts=who.may(Permission.READ_DRAFTS))


@built_once
def _requirements_on_day(*, drafts: bool) -> Select[SkillRequirement]:
    of_map = col(SkillMap.id) == col(SkillRequirement.skill_map_id)
    return _requirements(drafts=drafts).join(SkillMap, of_map).where(map_valid_on())


REQUIREMENT_CHANGES = (
    select(AuditEntry, col(Account.display_name))
    .outerjoin(Account, col(Account.id) == col(AuditEntry.actor_id))
    .where(col(AuditEntry.record_id) == bindparam("requirement_id", type_=Uuid))
)
"""Entries of the log about a requirement, with the name of who made the change; None if the program did."""


def records(who: Principal, *, lock: bool = False) -> Select[SkillRecord]:
    return _records(sight(who, Purpose.SKILLS), lock=lock)


@built_once
def _records(seen: Sight, *, lock: bool) -> Select[SkillRecord]:
    rows = select(SkillRecord).where(seen.person(SkillRecord.employee_id))
    return rows.with_for_update() if lock else rows


async def record(db: AsyncSession, who: Principal, id: UUID, *, lock: bool = False) -> SkillRecord:
    return await one_or_404(db, records(who, lock=lock), col(SkillRecord.id), id, as_of=who.as_of_today)


async def active_evidence_from(db: AsyncSession, source_id: UUID) -> Sequence[SkillRecord]:
    """Evidence of the source that has not been revoked, locked."""
    active = (col(SkillRecord.source_id) == source_id) & col(SkillRecord.revoked_on).is_(None)
    return (await db.scalars(select(SkillRecord).where(active).with_for_update())).all()


def as_evidence(record: SkillRecord) -> Evidence:
    return Evidence(
        id=record.id,
        skill_code=record.skill_code,
        level=record.level,
        basis=record.basis,
        source_id=record.source_id,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        revoked_on=record.revoked_on,
    )


async def requirements_in(db: AsyncSession, skill_map: SkillMap) -> Sequence[SkillRequirement]:
    rows = select(SkillRequirement).where(col(SkillRequirement.skill_map_id) == skill_map.id)
    return (await db.scalars(rows)).all()


def requirements_on(day: date) -> Select[*tuple[Any, ...]]:
    """Of the map in force, the columns of a `Requirement`, in the order of the skills."""
    of_day = functions.requirements_on(day)
    return (
        select(
            col(SkillRequirement.id),
            col(SkillRequirement.role_code),
            col(SkillRequirement.skill_code),
            col(SkillRequirement.target_level),
            col(SkillRequirement.grace_days),
            col(SkillRequirement.provenance),
            col(SkillRequirement.confidence),
            of_day.c.since,
        )
        .join(of_day, of_day.c.id == col(SkillRequirement.id))
        .join(Skill, col(Skill.code) == col(SkillRequirement.skill_code))
        .order_by(col(Skill.ordinal), col(Skill.code), col(SkillRequirement.role_code))
    )


def evidence_of(employee_id: UUID, day: date) -> Select[*tuple[Any, ...]]:
    """What counts on the day or once did, the columns of an `Evidence`, latest first; self-assessments do not count."""
    theirs = (col(SkillRecord.employee_id) == employee_id) & (col(SkillRecord.valid_from) <= day)
    counting = theirs & (col(SkillRecord.basis) != EvidenceBasis.SELF_ASSESSMENT)
    return (
        select(
            col(SkillRecord.id),
            col(SkillRecord.skill_code),
            col(SkillRecord.level),
            col(SkillRecord.basis),
            col(SkillRecord.source_id),
            col(SkillRecord.valid_from),
            col(SkillRecord.valid_to),
            col(SkillRecord.revoked_on),
        )
        .where(counting)
        .order_by(col(SkillRecord.valid_from).desc(), col(SkillRecord.id))
    )
