"""Skills, maps, requirements and evidence as read models."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.skills import queries, rules
from app.skills.enums import SkillMapStatus
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement, SkillRequirementTerms
from app.skills.schemas import (
    FieldChange,
    SkillMapRead,
    SkillRead,
    SkillRecordRead,
    SkillRequirementChange,
    SkillRequirementRead,
)


def skill(row: Skill) -> SkillRead:
    return SkillRead.model_validate(row)


def requirement(row: SkillRequirement) -> SkillRequirementRead:
    return SkillRequirementRead.model_validate(row)


def requirement_change(entry: AuditEntry, name: str | None) -> SkillRequirementChange:
    before, after = entry.before or {}, entry.after or {}
    fields = [field for field in SkillRequirementTerms.model_fields if field in after]
    return SkillRequirementChange.model_validate(
        {
            "id": entry.id,
            "at": entry.at,
            "by": name,
            "action": entry.action,
            "changes": [FieldChange.model_validate(_change(field, before, after)) for field in fields],
        }
    )


def _change(field: str, before: Mapping[str, object], after: Mapping[str, object]) -> Mapping[str, object]:
    return {"field": field, "before": before.get(field), "after": after[field]}


async def skill_maps(db: AsyncSession, who: Principal, maps: Sequence[SkillMap], as_of: AsOf) -> list[SkillMapRead]:
    """The counts of all maps take one statement."""
    counts = await queries.row_counts(db, maps)
    may_edit = who.may(Permission.EDIT_POLICY)
    return [
        SkillMapRead.model_validate(
            skill_map,
            update={
                "status": _status(skill_map, as_of.day),
                "row_counts": counts[skill_map.id],
                "as_of": as_of.day,
                "allowed_actions": rules.map_actions(_status(skill_map, who.today), may_edit=may_edit),
            },
        )
        for skill_map in maps
    ]


async def skill_map(db: AsyncSession, who: Principal, skill_map: SkillMap, as_of: AsOf | None = None) -> SkillMapRead:
    return (await skill_maps(db, who, [skill_map], as_of or who.as_of_today))[0]


def _status(skill_map: SkillMap, day: date) -> SkillMapStatus:
    return rules.map_status(skill_map.valid_from, skill_map.valid_to, day)


def skill_record(record: SkillRecord, who: Principal, day: date) -> SkillRecordRead:
    evidence = queries.as_evidence(record)
    own, may_assess = record.employee_id == who.employee_id, who.may(Permission.VERIFY_QUALIFICATIONS)
    return SkillRecordRead.model_validate(
        record,
        update={
            "status": evidence.status(day),
            "as_of": day,
            "allowed_actions": rules.record_actions(evidence, own=own, may_assess=may_assess),
        },
    )
