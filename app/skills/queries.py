"""SELECTs of skills, maps, requirements and evidence."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlmodel import col

from app.audit.models import AuditEntry
from app.identity.models import Account
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import DAY
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.people.functions import DayColumn, valid_on
from app.people.sight import Purpose, sees_person
from app.roles.models import Role
from app.skills import errors, functions
from app.skills.enums import EvidenceBasis
from app.skills.functions import map_valid_on
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement
from app.skills.rules import Evidence, Requirement
from app.skills.schemas import RowCount


def maps(who: Principal) -> Select[SkillMap]:
    """Maps, without the drafts for those who may not read drafts."""
    rows = select(SkillMap)
    return rows if who.may(Permission.READ_DRAFTS) else rows.where(col(SkillMap.valid_from).is_not(None))


async def map_in_force(db: AsyncSession, day: date) -> SkillMap | None:
    return await db.scalar(select(SkillMap).where(map_valid_on(day)))


async def locked_map(db: AsyncSession, id: UUID, not_found: errors.UnknownSkillMap | None = None) -> SkillMap:
    """The map, locked: changes to it, its requirements and its period run one after another."""
    rows = select(SkillMap).with_for_update().execution_options(populate_existing=True)
    return await one_or_404(db, rows, col(SkillMap.id), id, not_found)


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
    rows = select(SkillRequirement).options(joinedload(as_attribute(SkillRequirement.skill_map), innerjoin=True))
    return rows.where(col(SkillRequirement.skill_map_id).in_(maps(who).with_only_columns(col(SkillMap.id))))


def requirements_of(skill_map_id: UUID | None, who: Principal, day: DayColumn = DAY) -> Select[SkillRequirement]:
    """Requirements of the given map, if the caller sees it, or of the one in force on the day."""
    chosen = col(SkillMap.id) == skill_map_id if skill_map_id else map_valid_on(day)
    return requirements(who).join(SkillMap, col(SkillMap.id) == col(SkillRequirement.skill_map_id)).where(chosen)


def requirement_changes(requirement: SkillRequirement) -> Select[AuditEntry, str | None]:
    """Entries of the log about the requirement, with the name of who made the change; None if the program did."""
    names = select(AuditEntry, col(Account.display_name)).outerjoin(Account, col(Account.id) == AuditEntry.actor_id)
    return names.where(col(AuditEntry.record_id) == requirement.id)


def records(who: Principal) -> Select[SkillRecord]:
    return select(SkillRecord).where(sees_person(who, Purpose.SKILLS, SkillRecord.employee_id))


async def record(db: AsyncSession, who: Principal, id: UUID, *, lock: bool = False) -> SkillRecord:
    rows = records(who)
    return await one_or_404(db, rows.with_for_update() if lock else rows, col(SkillRecord.id), id)


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


def as_requirement(requirement: SkillRequirement, since: date) -> Requirement:
    return Requirement(
        id=requirement.id,
        role_code=requirement.role_code,
        skill_code=requirement.skill_code,
        target_level=requirement.target_level,
        grace_days=requirement.grace_days,
        provenance=requirement.provenance,
        confidence=requirement.confidence,
        since=since,
    )


async def requirements_in(db: AsyncSession, skill_map: SkillMap) -> Sequence[SkillRequirement]:
    rows = select(SkillRequirement).where(col(SkillRequirement.skill_map_id) == skill_map.id)
    return (await db.scalars(rows)).all()


async def requirements_on(db: AsyncSession, day: date) -> list[Requirement]:
    """The requirements of the map in force, in the order of the skills."""
    of_day = functions.requirements_on(day)
    rows = (
        select(SkillRequirement, of_day.c.since)
        .join(of_day, of_day.c.id == col(SkillRequirement.id))
        .join(Skill, col(Skill.code) == col(SkillRequirement.skill_code))
        .order_by(col(Skill.ordinal), col(Skill.code), col(SkillRequirement.role_code))
    )
    return [as_requirement(requirement, since) for requirement, since in await db.execute(rows)]


async def evidence_of(db: AsyncSession, employee_id: UUID, day: date) -> list[Evidence]:
    """Evidence that counts on the day or once did, latest first; self-assessments do not count."""
    theirs = (col(SkillRecord.employee_id) == employee_id) & (col(SkillRecord.valid_from) <= day)
    counting = theirs & (col(SkillRecord.basis) != EvidenceBasis.SELF_ASSESSMENT)
    rows = select(SkillRecord).where(counting).order_by(col(SkillRecord.valid_from).desc(), col(SkillRecord.id))
    return [as_evidence(record) for record in await db.scalars(rows)]
