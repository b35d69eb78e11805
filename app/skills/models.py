"""Skills, dated maps of the skills that each role needs, and evidence that people have them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.fields import CODE, Code, Day, Fields, Level, Line, Percent, Period, Prose, Small, integer
from app.kit.records import Record, enum_column, instant, jsonb, no_overlap, relationship, well_formed
from app.skills.enums import EvidenceBasis, Provenance

GraceDays = Annotated[int, integer(0, 3650)]


class SkillFields(Fields):
    """A digital skill defined by the policy."""

    code: Code
    name: Line
    name_en: Line | None = None
    definition: Prose
    definition_en: Prose | None = None
    ordinal: Small = 0


class Skill(SkillFields, Record, table=True):
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_skill_code", "code", CODE))


class SkillMapFields(Fields):
    """A version of the skill map; `stated_counts` are the numbers of requirements that the policy prints, by skill."""

    name: Line
    stated_counts: dict[Code, Small] = jsonb(default_factory=dict, max_length=500)
    source: Line | None = None


class SkillMap(SkillMapFields, Record, table=True):
    """An activated map is in force in its period; a draft has none. Its status follows from the period and the day."""

    __tablename__ = "skill_map"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint("valid_from IS NOT NULL OR valid_to IS NULL", name="ck_skill_map_activated"),
        no_overlap("ex_skill_map", where="valid_from IS NOT NULL"),
    )
    version: int
    valid_from: Day | None = None
    valid_to: Day | None = None


class SkillRequirementTerms(Fields):
    """`confidence` is the estimated probability, in percent, that the role needs the skill."""

    target_level: Level | None = None
    provenance: Provenance = enum_column()
    confidence: Percent
    grace_days: GraceDays = 0


class SkillRequirementFields(SkillRequirementTerms):
    """The role needs the skill. Without a requirement that is not specified, which never means unneeded."""

    skill_map_id: UUID = Field(foreign_key="skill_map.id")
    role_code: Code
    skill_code: Code = Field(foreign_key="skill.code", index=True)


class SkillRequirement(SkillRequirementFields, Record, table=True):
    __tablename__ = "skill_requirement"
    __table_args__ = (UniqueConstraint("skill_map_id", "role_code", "skill_code", name="uq_skill_requirement_cell"),)
    skill_map: SkillMap = relationship()


class SkillRecordFields(Period):
    """Evidence that a person has a skill, for the period in which it counts."""

    employee_id: UUID = Field(foreign_key="employee.id")
    skill_code: Code = Field(foreign_key="skill.code")
    level: Level | None = None
    basis: EvidenceBasis = enum_column()


class SkillRecord(SkillRecordFields, Record, table=True):
    """Evidence; `source_id` is the enrollment or award it is derived from. From `revoked_on` it no longer counts."""

    __tablename__ = "skill_record"
    __table_args__ = (
        Index("ix_skill_record_employee_id", "employee_id", "skill_code"),
        Index("ix_skill_record_skill_code", "skill_code", "employee_id"),
        Index(
            "uq_skill_record_source",
            "source_id",
            "employee_id",
            "skill_code",
            unique=True,
            postgresql_where=text("revoked_on IS NULL"),
        ),
        Index("ix_skill_record_source_id", "source_id"),
        Index("ix_skill_record_valid_from", "valid_from", "id"),
        Index("ix_skill_record_updated_at", "updated_at", "id"),
    )
    source_id: UUID | None = None
    revoked_on: Day | None = None
    revoked_at: datetime | None = instant(default=None)
    revoked_reason: Line | None = None
