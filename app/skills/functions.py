"""Conditions on skill maps and evidence; without a day, it is a parameter of the statement (`kit.as_of`)."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Integer, String, TableValuedAlias, Uuid, case, column, func
from sqlmodel import col

from app.kit.as_of import DAY
from app.kit.records import in_force
from app.people.functions import DayColumn, valid_on
from app.skills.enums import EvidenceStatus, SkillMapStatus
from app.skills.models import SkillMap, SkillRecord

EVIDENCE_STATUS = case(
    (col(SkillRecord.revoked_on) <= DAY, EvidenceStatus.REVOKED.value),
    (valid_on(SkillRecord), EvidenceStatus.VALID.value),
    (col(SkillRecord.valid_from) > DAY, EvidenceStatus.UPCOMING.value),
    else_=EvidenceStatus.EXPIRED.value,
)
"""`rules.Evidence.status` in SQL; a test proves the two equal."""


MAP_STATUS = case(
    (col(SkillMap.valid_from).is_(None), SkillMapStatus.DRAFT.value),
    (col(SkillMap.valid_from) > DAY, SkillMapStatus.UPCOMING.value),
    (col(SkillMap.valid_to) <= DAY, SkillMapStatus.RETIRED.value),
    else_=SkillMapStatus.ACTIVE.value,
)
"""`rules.map_status` in SQL; a test proves the two equal."""


def map_valid_on(day: DayColumn = DAY) -> ColumnElement[bool]:
    """The map is in force on the day; a draft, which has no first day, never is."""
    return in_force(col(SkillMap.valid_from), col(SkillMap.valid_to), day)


def requirements_on(day: date) -> TableValuedAlias:
    """Requirements in force on the day; `since` is the first day of the role's need without a break."""
    return func.requirements_on(day).table_valued(
        column("id", Uuid),
        column("role_code", String),
        column("skill_code", String),
        column("target_level", Integer),
        column("grace_days", Integer),
        column("since", Date),
    )
