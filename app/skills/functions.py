"""Conditions on skill maps and evidence for a day; without one, the day is a parameter of the statement."""

from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import col

from app.kit.as_of import DAY
from app.people.functions import valid_on
from app.skills.enums import EvidenceStatus, SkillMapStatus
from app.skills.models import SkillMap, SkillRecord

_ENDED = (col(SkillRecord.valid_to).is_not(None)) & (col(SkillRecord.valid_to) <= DAY)
EVIDENCE_STATUS = case(
    (col(SkillRecord.revoked_on) <= DAY, EvidenceStatus.REVOKED.value),
    (col(SkillRecord.valid_from) > DAY, EvidenceStatus.UPCOMING.value),
    (_ENDED, EvidenceStatus.EXPIRED.value),
    else_=EvidenceStatus.VALID.value,
)
"""`rules.Evidence.status` in SQL; a test proves the two equal."""


def map_valid_on(day: Any = DAY) -> ColumnElement[bool]:
    """The map in force on the day; a draft never is."""
    return valid_on(SkillMap, day) & (col(SkillMap.status) != SkillMapStatus.DRAFT)
