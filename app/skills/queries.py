"""Every question about skills: the map of a day, its cells, and the evidence that people have shown."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.listing import Also
from app.kit.reading import found
from app.kit.records import on_day
from app.people.sight import skills_seen_by
from app.skills import errors, rules
from app.skills.enums import EvidenceBasis, SkillMapStatus
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement
from app.skills.rules import Cell, Evidence
from app.skills.schemas import STATUS, RowCount, SkillMapRead, SkillRecordRead


def in_force(day: date) -> ColumnElement[bool]:
    return on_day(col(SkillMap.valid_from), col(SkillMap.valid_to), day) & (
        col(SkillMap.status) != SkillMapStatus.DRAFT
    )


async def map_in_force(db: AsyncSession, day: date) -> SkillMap | None:
    return await db.scalar(select(SkillMap).where(in_force(day)))


async def locked_map(db: AsyncSession, id: UUID, otherwise: errors.UnknownMap | None = None) -> SkillMap:
    """Whoever changes the map, its cells or its period next waits here."""
    rows = select(SkillMap).with_for_update().execution_options(populate_existing=True)
    return await found(db, rows, col(SkillMap.id), id, otherwise)


async def all_maps_locked(db: AsyncSession) -> Sequence[SkillMap]:
    """Activations and new versions follow one another."""
    rows = select(SkillMap).order_by(col(SkillMap.number)).with_for_update()
    return (await db.scalars(rows.execution_options(populate_existing=True))).all()


def described_maps(who: Principal) -> Also:
    """Adds to a page of maps the counts of their rows, in one statement."""

    async def describe(db: AsyncSession, maps: Sequence[SkillMap]) -> Sequence[SkillMapRead]:
        counts = await _row_counts(db, maps)
        may_edit = who.may(Permission.EDIT_POLICY)
        return [
            SkillMapRead.model_validate(
                drawn,
                update={
                    "version": drawn.number,
                    "row_counts": counts[drawn.id],
                    "allowed_actions": rules.map_actions(drawn.status, may_edit=may_edit),
                },
            )
            for drawn in maps
        ]

    return describe


async def described_map(db: AsyncSession, who: Principal, drawn: SkillMap) -> SkillMapRead:
    return (await described_maps(who)(db, [drawn]))[0]  # type: ignore[no-any-return]


async def _row_counts(db: AsyncSession, maps: Sequence[SkillMap]) -> dict[UUID, list[RowCount]]:
    """A row for each skill that a map states or has, in the order of the skills."""
    mine = (col(SkillRequirement.skill_map_id) == col(SkillMap.id)) & (
        col(SkillRequirement.skill_code) == col(Skill.code)
    )
    statement = (
        select(col(SkillMap.id), col(Skill.code), func.count(col(SkillRequirement.id)))
        .select_from(SkillMap)
        .join(Skill, true())
        .outerjoin(SkillRequirement, mine)
        .where(col(SkillMap.id).in_([drawn.id for drawn in maps]))
        .group_by(col(SkillMap.id), col(Skill.id))
        .order_by(col(Skill.ordinal), col(Skill.code))
    )
    stated = {drawn.id: drawn.stated_counts for drawn in maps}
    counts: dict[UUID, list[RowCount]] = {drawn.id: [] for drawn in maps}
    for map_id, code, actual in await db.execute(statement):
        if actual or code in stated[map_id]:
            counts[map_id].append(RowCount(skill_code=code, stated=stated[map_id].get(code), actual=actual))
    return counts


def requirements() -> Select[SkillRequirement]:
    return select(SkillRequirement).options(joinedload(SkillRequirement.skill_map, innerjoin=True))  # type: ignore[arg-type]


def requirements_of(skill_map_id: UUID | None, day: date) -> Select[SkillRequirement]:
    """Cells of the named map, or of the one in force on the day."""
    chosen = col(SkillMap.id) == skill_map_id if skill_map_id else in_force(day)
    return requirements().join(SkillMap, col(SkillMap.id) == col(SkillRequirement.skill_map_id)).where(chosen)


def records(who: Principal) -> Select[Any]:
    return select(SkillRecord, STATUS.label("status")).where(skills_seen_by(who, col(SkillRecord.employee_id)))


async def record(db: AsyncSession, who: Principal, id: UUID, *, lock: bool = False) -> SkillRecord:
    rows = select(SkillRecord).where(skills_seen_by(who, col(SkillRecord.employee_id)))
    return await found(db, rows.with_for_update() if lock else rows, col(SkillRecord.id), id)


def described_records(who: Principal, day: date) -> Also:
    async def describe(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[SkillRecordRead]:
        return [described(who, row["SkillRecord"], day) for row in rows]

    return describe


def described(who: Principal, shown: SkillRecord, day: date) -> SkillRecordRead:
    evidence = as_evidence(shown)
    own, may_assess = shown.employee_id == who.employee_id, who.may(Permission.VERIFY_QUALIFICATIONS)
    return SkillRecordRead.model_validate(
        shown,
        update={
            "status": evidence.status(day),
            "as_of": day,
            "allowed_actions": rules.record_actions(evidence, own=own, may_assess=may_assess),
        },
    )


async def standing_from(db: AsyncSession, source_id: UUID) -> Sequence[SkillRecord]:
    """What a source gives and has not been revoked, locked."""
    mine = (col(SkillRecord.source_id) == source_id) & col(SkillRecord.revoked_on).is_(None)
    return (await db.scalars(select(SkillRecord).where(mine).with_for_update())).all()


def as_evidence(shown: SkillRecord) -> Evidence:
    return Evidence(**{field.name: getattr(shown, field.name) for field in fields(Evidence)})


def as_cell(requirement: SkillRequirement) -> Cell:
    return Cell(**{field.name: getattr(requirement, field.name) for field in fields(Cell)})


async def cells_on(db: AsyncSession, day: date) -> list[Cell]:
    """The cells of the map in force, in the order of the skills."""
    rows = requirements_of(None, day).join(Skill, col(Skill.code) == col(SkillRequirement.skill_code))
    ordered = rows.order_by(col(Skill.ordinal), col(Skill.code), col(SkillRequirement.role_code))
    return [as_cell(requirement) for requirement in await db.scalars(ordered)]


async def evidence_of(db: AsyncSession, employee_id: UUID, day: date) -> list[Evidence]:
    """All that counts or once counted, the latest first; self-assessments are no evidence."""
    theirs = (col(SkillRecord.employee_id) == employee_id) & (col(SkillRecord.valid_from) <= day)
    counting = theirs & (col(SkillRecord.basis) != EvidenceBasis.SELF_ASSESSMENT)
    rows = select(SkillRecord).where(counting).order_by(col(SkillRecord.valid_from).desc(), col(SkillRecord.id))
    return [as_evidence(shown) for shown in await db.scalars(rows)]
