"""What the API shows of gaps, explained and counted, and the questions that the counts take."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import SQLModel

from app.catalog.enums import EnrollmentMode
from app.insights.enums import FigureLevel, GapStatus, GroupBy
from app.insights.functions import FIGURES, sort_key
from app.kit.fields import Code, Line, Values
from app.kit.filters import Column, DatedQuery, ListQuery, Sorts
from app.kit.listing import DatedMetadata
from app.people.enums import UnitLevel
from app.people.models import Number
from app.roles.enums import RoleBasis
from app.skills.enums import EvidenceBasis, Provenance


class Label(SQLModel):
    """Policy data by name."""

    code: Code
    name: Line
    name_en: Line | None


class UnitLabel(Label):
    id: UUID
    level: UnitLevel


class PersonLabel(SQLModel):
    id: UUID
    employee_number: Number
    display_name: Line
    org_unit: UnitLabel | None = Field(description="Primary unit of the day")


class MapLabel(SQLModel):
    id: UUID
    version: int
    name: Line
    valid_from: date


class RoleHeld(SQLModel):
    role_code: Code
    sub_tier: Code | None
    basis: RoleBasis
    source_id: UUID = Field(description="The post, appointment or terms of service that give the role")
    since: date = Field(description="Held without a break since")


class DemandRead(SQLModel):
    """A requirement of the map that asks for the skill."""

    role_code: Code
    skill_map_version: int
    skill_requirement_id: UUID
    provenance: Provenance
    confidence: int = Field(description="Judged probability of the requirement, in percent")
    target_level: int | None
    due_on: date = Field(description="First day of the role, or of the return from leave, plus the days of grace")
    met: bool


class EvidenceShown(SQLModel):
    id: UUID
    basis: EvidenceBasis
    source_id: UUID | None = Field(description="The enrollment or award that it comes from")
    level: int | None
    valid_from: date
    valid_to: date | None
    revoked_on: date | None


class NextSession(SQLModel):
    """A published session with free seats, open for application now or later."""

    id: UUID
    course_id: UUID
    code: Code
    title: Line
    title_en: Line | None
    mode: EnrollmentMode
    starts_at: datetime = Field(description="Start of the first meeting")
    free_seats: int
    application_opens_at: datetime
    application_closes_at: datetime


class GapLine(SQLModel):
    """One skill that a held role demands."""

    skill: Label
    status: GapStatus
    demanded_by: list[DemandRead]
    evidence: list[EvidenceShown] = Field(description="Valid on the day, the latest first; compare its level")
    expired_evidence: list[EvidenceShown] = Field(description="Ended or revoked by the day")
    next_sessions: list[NextSession] = Field(description="At most three that would close the gap, from now on")


class SkillGapRead(SQLModel):
    """What a person's roles demand on a day and what the person has shown by then."""

    as_of: date
    employee: PersonLabel
    in_scope: bool = Field(description="Counted in figures; demands are shown in any case")
    absent: bool
    skill_map: MapLabel | None = Field(description="The map in force on the day")
    roles: list[RoleHeld]
    skills: list[GapLine]


class GapCount(SQLModel):
    """People in scope of whom the group's skills are demanded; a holder has shown all of them.

    Without those absent on the day, except where the name says so. Null where few people would be known by it.
    """

    headcount: int = Field(description="Denominator of coverage")
    headcount_with_absent: int
    holders: int | None = Field(description="Numerator of coverage")
    holders_with_absent: int | None
    missing: int | None = Field(description="headcount - holders; days of grace make no difference")
    coverage: float | None = Field(description="holders / headcount, 4 digits; null when headcount is 0")
    suppressed: bool = Field(description="Fewer than three people: too few for a leader to be shown")


NOBODY = GapCount(
    headcount=0,
    headcount_with_absent=0,
    holders=0,
    holders_with_absent=0,
    missing=0,
    coverage=None,
    suppressed=False,
)


class SkillGapFigure(GapCount):
    """One group; what it is not grouped by is null."""

    org_unit: UnitLabel | None
    role: Label | None
    skill: Label | None


class GapMetadata(DatedMetadata):
    totals: GapCount = Field(description="Every person once, with all demanded skills together, over all groups")


class SkillGapPage(BaseModel):
    metadata: GapMetadata
    results: list[SkillGapFigure]


class SkillGapQuery(DatedQuery, ListQuery):
    """How to group and whom to count."""

    sorts: ClassVar[Sorts] = {
        **{name: sort_key(name) for name in ("org_unit_code", "role_code", "skill_code")},
        "headcount": FIGURES.c.headcount,
        **{name: sort_key(name) for name in ("holders", "missing", "coverage")},
    }
    default_sort: ClassVar[str] = "org_unit_code,skill_code,role_code"
    key: ClassVar[Column] = FIGURES.c.key

    group_by: Values[GroupBy] = Field(
        default=[GroupBy.SKILL], min_length=1, description="Any combination; what is left out is not told apart"
    )
    level: FigureLevel = Field(
        default=FigureLevel.SECTION, description="Units are rolled up to this level when grouped by unit"
    )
    under: UUID | None = Field(default=None, description="Only people of this unit and those below it")
    role_code: Values[Code] | None = Field(default=None, description="Only what these roles demand")
    skill_code: Values[Code] | None = Field(default=None, description="Only these skills")
