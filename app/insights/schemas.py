"""Responses for skill gaps, explained and counted, and the query for counts."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import SQLModel

from app.insights.enums import FigureLevel, GapStatus, GroupBy
from app.insights.functions import FIGURES, sort_key
from app.kit.fields import Code, Day, Line, Values, YearParam
from app.kit.filters import Column
from app.kit.list_query import ListQuery, Sorts
from app.kit.listing import DatedMetadata
from app.people.enums import UnitLevel
from app.people.models import Number
from app.roles.enums import RoleBasis
from app.skills.enums import EvidenceBasis, Provenance
from app.suggestions.schemas import NextSession, RunningEnrollment


class Label(SQLModel):
    """A code with its name."""

    code: Code
    name: Line
    name_en: Line | None


class UnitLabel(Label):
    """A unit with its name and level."""

    id: UUID
    level: UnitLevel


class PersonLabel(SQLModel):
    """An employee with their unit."""

    id: UUID
    employee_number: Number
    display_name: Line
    org_unit: UnitLabel | None = Field(description="The primary unit on the day")


class MapLabel(SQLModel):
    """A version of the skill map."""

    id: UUID
    version: int
    name: Line
    valid_from: date


class RoleHeld(SQLModel):
    """A role that the person holds on the day."""

    role_code: Code
    sub_tier: Code | None
    basis: RoleBasis
    source_id: UUID = Field(description="The post, appointment or terms of service that give the role")
    since: date = Field(description="The first day of holding the role without a break")


class DemandRead(SQLModel):
    """A requirement of the skill map for a role of the person."""

    role_code: Code
    skill_map_version: int
    skill_requirement_id: UUID
    provenance: Provenance
    confidence: int = Field(description="Estimated probability of the requirement, in percent")
    target_level: int | None
    due_on: date = Field(
        description="Last of: first day of role and requirement, return from an absence, end of evidence; plus grace"
    )
    met: bool


class EvidenceShown(SQLModel):
    """Evidence of a skill."""

    id: UUID
    basis: EvidenceBasis
    source_id: UUID | None = Field(description="The enrollment or award that the evidence comes from")
    level: int | None
    valid_from: date
    valid_to: date | None
    revoked_on: date | None


class GapLine(SQLModel):
    """One required skill."""

    skill: Label
    status: GapStatus
    demanded_by: list[DemandRead]
    evidence: list[EvidenceShown] = Field(description="Valid on the day, the latest first; its level may be too low")
    expired_evidence: list[EvidenceShown] = Field(description="Expired or revoked by the day")
    next_sessions: list[NextSession] = Field(
        description="The next sessions that would close the gap and to which the person can come, at most three"
    )
    enrollments: list[RunningEnrollment] = Field(
        description="The person's enrollments that may still close the gap, the earliest session first"
    )


class SkillGapRead(SQLModel):
    """The skills that a person's roles require on a day, and the evidence that the person has."""

    as_of: date
    employee: PersonLabel
    in_scope: bool = Field(description="Whether the person is counted in figures; skills are listed in any case")
    absent: bool
    skill_map: MapLabel | None = Field(description="The skill map in force on the day")
    roles: list[RoleHeld]
    skills: list[GapLine]


class GapCount(SQLModel):
    """People in scope who need skills of the group; a holder has all the skills that they need.

    headcount = holders + in_grace + missing. People absent on the day are only counted in the fields named
    `_with_absent`. Null is withheld: leaders see headcounts, and holders where no one's skill can be computed.
    """

    headcount: int = Field(description="People who need skills of the group; the denominator of coverage")
    headcount_with_absent: int
    holders: int | None = Field(description="People who have all of them")
    holders_with_absent: int | None
    in_grace: int | None = Field(description="People who lack some, all of which are within the days of grace")
    expiring: int | None = Field(description="Holders some of whose evidence ends within `expires_within` days")
    missing: int | None = Field(description="People who lack some for longer than the days of grace")
    coverage: float | None = Field(
        description="(holders + in_grace) / headcount, the share of people without anything missing, 4 decimals; "
        "null if headcount is 0"
    )
    suppressed: bool = Field(description="Holders are withheld: a leader could compute who has the skills")


NOBODY = GapCount(
    headcount=0,
    headcount_with_absent=0,
    holders=0,
    holders_with_absent=0,
    in_grace=0,
    expiring=0,
    missing=0,
    coverage=None,
    suppressed=False,
)


class SkillGapFigure(GapCount):
    """One group; null for what is not grouped by."""

    org_unit: UnitLabel | None
    role: Label | None
    skill: Label | None


class GapMetadata(DatedMetadata):
    """`as_of` is the day counted for; a leader's is the first day of the quarter."""

    fiscal_year: int = Field(description="The fiscal year of the day")
    totals: GapCount = Field(description="All groups together: each person once, with all the skills that they need")


class SkillGapPage(BaseModel):
    """A page of groups."""

    metadata: GapMetadata
    results: list[SkillGapFigure]


class SkillGapQuery(ListQuery):
    """How to group, and whom to count."""

    sorts: ClassVar[Sorts] = {
        **{name: sort_key(name) for name in ("org_unit_code", "role_code", "skill_code")},
        "headcount": FIGURES.c.headcount,
        **{name: sort_key(name) for name in ("holders", "in_grace", "expiring", "missing", "coverage")},
    }
    default_sort: ClassVar[str] = "org_unit_code,skill_code,role_code"
    key: ClassVar[Column] = FIGURES.c.key

    as_of: Day | None = Field(default=None, description="The day of the data; default: today in Tokyo")
    fiscal_year: YearParam | None = Field(
        default=None,
        description="Instead of a day: the last day of the year, today while the year runs, or its first day before",
    )
    expires_within: int = Field(
        default=60, ge=0, le=3650, description="Evidence that ends within so many days is `expiring`"
    )
    group_by: Values[GroupBy] = Field(
        default=[GroupBy.SKILL],
        min_length=1,
        description="Any combination; people are counted together over everything else",
    )
    level: FigureLevel = Field(
        default=FigureLevel.SECTION, description="The level that units are rolled up to, if grouped by unit"
    )
    under: UUID | None = Field(default=None, description="Only people of this unit and of units below it")
    role_code: Values[Code] | None = Field(default=None, description="Only skills required of these roles")
    skill_code: Values[Code] | None = Field(default=None, description="Only these skills")
