"""Request and response bodies of skills, maps and evidence, and the query parameters of their lists."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AliasPath, BaseModel
from pydantic import Field as Bounds
from sqlmodel import Field, col

from app.audit.enums import AuditAction
from app.audit.models import AuditEntry
from app.kit.fields import Code, Day, Fields, Line, Read, SmallParam, Values
from app.kit.filters import Column, Eq, Few, In
from app.kit.list_query import ChangedQuery, DatedQuery, ListQuery, Sorts
from app.kit.patching import partial
from app.skills.enums import EvidenceAction, EvidenceBasis, EvidenceStatus, Provenance, SkillMapAction, SkillMapStatus
from app.skills.functions import EVIDENCE_STATUS, MAP_STATUS
from app.skills.models import (
    Skill,
    SkillFields,
    SkillMap,
    SkillMapFields,
    SkillRecord,
    SkillRecordFields,
    SkillRequirement,
    SkillRequirementFields,
    SkillRequirementTerms,
)


class SkillCreate(SkillFields):
    """A new skill."""


class SkillRead(SkillFields, Read):
    """A skill."""


@partial
class SkillUpdate(SkillFields):
    """Changes to a skill."""


class SkillQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(Skill.ordinal), "code": col(Skill.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(Skill.id)
    updated: ClassVar[Column] = col(Skill.updated_at)

    code: Annotated[Values[Code] | None, In(col(Skill.code))] = None


class RowCount(BaseModel):
    """Number of roles that need a skill: as stated by the policy (null = not stated) and as in the map."""

    skill_code: Code
    stated: int | None
    actual: int


class SkillMapCreate(SkillMapFields):
    """A new draft of the skill map."""


class SkillMapRead(SkillMapFields, Read):
    """A version of the skill map as of a day; `valid_from` is null while it is a draft."""

    version: int
    status: SkillMapStatus
    valid_from: date | None
    valid_to: date | None
    row_counts: list[RowCount]
    as_of: date
    allowed_actions: list[SkillMapAction]


@partial
class SkillMapUpdate(SkillMapFields):
    """Changes to a skill map."""


class SkillMapQuery(DatedQuery, ChangedQuery):
    """Versions of the skill map with their status on the day."""

    sorts: ClassVar[Sorts] = {"version": col(SkillMap.version)}
    default_sort: ClassVar[str] = "-version"
    key: ClassVar[Column] = col(SkillMap.id)
    updated: ClassVar[Column] = col(SkillMap.updated_at)

    version: Annotated[Values[SmallParam] | None, In(col(SkillMap.version))] = None
    status: Annotated[Values[SkillMapStatus] | None, In(MAP_STATUS)] = None


class Activation(Fields):
    """The first day of the map; the map in force until then ends on it."""

    valid_from: Day


class SkillRequirementCreate(SkillRequirementFields):
    """A new requirement in a draft."""


class SkillRequirementRead(SkillRequirementFields, Read):
    required: Literal[True] = Field(
        default=True, description="Always true; without a requirement it is not specified, never unneeded"
    )
    map_version: Annotated[int, Bounds(validation_alias=AliasPath("skill_map", "version"))]


class FieldChange(BaseModel):
    """A field of a requirement before and after a change; `before` is null in what it was created with."""

    field: Code
    before: str | int | None
    after: str | int | None


class SkillRequirementChange(BaseModel):
    """One change of a requirement: when, by whom, and the fields that changed; `by` is null for the program itself."""

    id: UUID
    at: datetime
    by: str | None
    action: AuditAction
    changes: list[FieldChange]


class SkillRequirementChangeQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"at": col(AuditEntry.at)}
    default_sort: ClassVar[str] = "-at"
    key: ClassVar[Column] = col(AuditEntry.id)


@partial
class SkillRequirementUpdate(SkillRequirementTerms):
    """Changes to a requirement."""


class SkillRequirementQuery(DatedQuery, ChangedQuery):
    """Requirements of the map in force on the day, or of the map given by `skill_map_id`."""

    sorts: ClassVar[Sorts] = {
        "skill_code": col(SkillRequirement.skill_code),
        "role_code": col(SkillRequirement.role_code),
    }
    default_sort: ClassVar[str] = "skill_code"
    key: ClassVar[Column] = col(SkillRequirement.id)
    updated: ClassVar[Column] = col(SkillRequirement.updated_at)

    skill_map_id: Annotated[UUID | None, Eq(col(SkillRequirement.skill_map_id))] = None
    role_code: Annotated[Values[Code] | None, In(col(SkillRequirement.role_code))] = None
    skill_code: Annotated[Values[Code] | None, In(col(SkillRequirement.skill_code))] = None
    provenance: Annotated[Values[Provenance] | None, In(col(SkillRequirement.provenance))] = None


class SkillRecordCreate(SkillRecordFields):
    """An assessment or self-assessment."""


class SkillRecordRead(SkillRecordFields, Read):
    """Evidence as of a day; `source_id` is the enrollment or award it is derived from."""

    source_id: UUID | None
    revoked_on: date | None
    revoked_at: datetime | None
    revoked_reason: Line | None
    status: EvidenceStatus
    as_of: date
    allowed_actions: list[EvidenceAction]


class SkillRecordQuery(DatedQuery, ChangedQuery):
    """Evidence with its status on the day, whatever that is."""

    sorts: ClassVar[Sorts] = {"valid_from": col(SkillRecord.valid_from), "updated_at": col(SkillRecord.updated_at)}
    default_sort: ClassVar[str] = "-valid_from"
    key: ClassVar[Column] = col(SkillRecord.id)
    updated: ClassVar[Column] = col(SkillRecord.updated_at)

    employee_id: Annotated[UUID | None, Few(col(SkillRecord.employee_id))] = None
    skill_code: Annotated[Values[Code] | None, In(col(SkillRecord.skill_code))] = None
    basis: Annotated[Values[EvidenceBasis] | None, In(col(SkillRecord.basis))] = None
    source_id: Annotated[UUID | None, Eq(col(SkillRecord.source_id))] = None
    status: Annotated[Values[EvidenceStatus] | None, In(EVIDENCE_STATUS)] = None


class Revocation(Fields):
    """The first day on which it no longer counts (default: today), and why."""

    revoked_on: Day | None = None
    revoked_reason: Line
