"""Skills, maps, requirements and evidence as read models."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.skills import queries, rules
from app.skills.models import Skill, SkillMap, SkillRecord, SkillRequirement
from app.skills.schemas import SkillMapRead, SkillRead, SkillRecordRead, SkillRequirementRead


def skill(row: Skill) -> SkillRead:
    return SkillRead.model_validate(row)


def requirement(row: SkillRequirement) -> SkillRequirementRead:
    return SkillRequirementRead.model_validate(row)


async def skill_maps(db: AsyncSession, who: Principal, maps: Sequence[SkillMap]) -> list[SkillMapRead]:
    """The counts of all maps take one statement."""
    counts = await queries.row_counts(db, maps)
    may_edit = who.may(Permission.EDIT_POLICY)
    return [
        SkillMapRead.model_validate(
            skill_map,
            update={
                "version": skill_map.version,
                "row_counts": counts[skill_map.id],
                "allowed_actions": rules.map_actions(skill_map.status, may_edit=may_edit),
            },
        )
        for skill_map in maps
    ]


async def skill_map(db: AsyncSession, who: Principal, skill_map: SkillMap) -> SkillMapRead:
    return (await skill_maps(db, who, [skill_map]))[0]


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
