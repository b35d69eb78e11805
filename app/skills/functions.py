"""Conditions on skill maps and evidence; without a day, it is a parameter of the statement (`kit.as_of`)."""

from sqlalchemy import ColumnElement, case
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


def map_valid_on(day: DayColumn = DAY) -> ColumnElement[bool]:
    """The map is in force on the day; a draft never is."""
    period = in_force(col(SkillMap.valid_from), col(SkillMap.valid_to), day)
    return period & (col(SkillMap.status) != SkillMapStatus.DRAFT)
