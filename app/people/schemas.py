"""What the API shows of people, and the questions that lists of them take."""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func
from sqlmodel import Field, col

from app.kit.fields import Code, Day, Line, Read, Values, example
from app.kit.filters import Contains, DatedQuery, Eq, In, ListQuery, Sorts, Where
from app.kit.patching import Partial
from app.people import days
from app.people.models import (
    Absence,
    AbsenceFields,
    Employee,
    EmployeeFields,
    EmploymentFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    Post,
    PostFields,
    ScopeRule,
    ScopeRuleFields,
)
from app.people.rules import AbsenceKind, AppointmentType, EmployeeStatus, JobService, PostKind, UnitLevel


class PositionRankRead(PositionRankFields, Read):
    """A rank as the register has it."""


class PositionRankUpdate(PositionRankFields, Partial):
    model_config = example(name="課長", name_en="Section head")


class PositionRankQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(PositionRank.ordinal), "code": col(PositionRank.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Any] = col(PositionRank.id)

    code: Annotated[Values[Code] | None, In(col(PositionRank.code))] = None


class OrgUnitRead(OrgUnitFields, Read):
    lineage: list[UUID]


class OrgUnitUpdate(OrgUnitFields, Partial):
    model_config = example(valid_to="2027-04-01")


class OrgUnitQuery(DatedQuery):
    """Units that exist on the day."""

    sorts: ClassVar[Sorts] = {"code": col(OrgUnit.code), "name_kana": func.coalesce(col(OrgUnit.name_kana), "")}
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Any] = col(OrgUnit.id)

    code: Annotated[Values[Code] | None, In(col(OrgUnit.code))] = None
    level: Annotated[Values[UnitLevel] | None, In(col(OrgUnit.level))] = None
    parent_id: Annotated[UUID | None, Eq(col(OrgUnit.parent_id))] = None
    under: Annotated[UUID | None, Where(lambda unit, _: col(OrgUnit.lineage).contains([unit]))] = None
    needs_leader: Annotated[bool | None, Eq(col(OrgUnit.needs_leader))] = None
    q: Annotated[Line | None, Where(lambda text, _: days.unit_named(text))] = None


class EmployeeCreate(EmployeeFields, EmploymentFields):
    """A person and the first terms of service, from `hired_on`."""

    model_config = example(
        employee_number="200001", name="髙橋　花子", name_kana="タカハシ　ハナコ", hired_on="2027-04-01"
    )


class EmployeeDetails(EmployeeFields, Partial):
    """What stands on the person alone, whatever the day."""


class EmployeeUpdate(EmployeeCreate, Partial):
    """`effective_on` is the first day of changed terms (default: today); `left_on` the first day after service."""

    model_config = example(appointment_type="regular", effective_on="2026-04-01")

    effective_on: Day | None = None
    left_on: Day | None = None


class PrimaryPost(BaseModel):
    """Where the person works on the day."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_unit_id: UUID
    org_unit_code: Code
    org_unit_name: Line
    position_rank: Code
    job_title: Line | None


class EmployeeRead(EmployeeFields, Read):
    """A person as of a day; terms, post, scope and roles are those of the day, null where there are none."""

    display_name: Line
    appointment_type: AppointmentType | None
    job_service: JobService | None
    job_category: Code | None
    left_on: date | None
    status: EmployeeStatus
    primary_post: PrimaryPost | None
    in_scope: bool
    roles: list[Code] = Field(description="A `code` of `GET /api/v1/roles` each")
    as_of: date


class EmployeeQuery(DatedQuery):
    """People employed on the day."""

    sorts: ClassVar[Sorts] = {
        "employee_number": col(Employee.employee_number),
        "name_kana": col(Employee.name_kana),
        "hired_on": col(Employee.hired_on),
        "updated_at": col(Employee.updated_at),
    }
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Any] = col(Employee.id)

    employee_number: Annotated[Values[Line] | None, Where(lambda numbers, _: days.numbered(Employee.id, numbers))] = (
        None
    )
    org_unit_id: Annotated[UUID | None, Eq(days.FACTS.c.org_unit_id)] = None
    under: Annotated[UUID | None, Where(lambda unit, _: days.in_subtree(days.FACTS.c.org_unit_id, unit))] = None
    role_code: Annotated[Code | None, Where(lambda role, _: days.holds_role(col(Employee.id), role))] = None
    position_rank: Annotated[
        Values[Code] | None, Where(lambda ranks, _: days.holds_post(Employee.id, position_rank=ranks))
    ] = None
    job_category: Annotated[Values[Code] | None, In(days.FACTS.c.job_category)] = None
    in_scope: Annotated[bool | None, Eq(days.FACTS.c.in_scope)] = None
    q: Annotated[Line | None, Contains(col(Employee.search_key))] = None


class PostRead(PostFields, Read):
    """A post as far as the asker may know it."""


class PostUpdate(PostFields, Partial):
    model_config = example(valid_to="2027-04-01", end_published_on="2027-03-25")


class PostQuery(ListQuery):
    """All posts, past and future, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(Post.valid_from), "updated_at": col(Post.updated_at)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(Post.id)

    as_of: Annotated[Day | None, Where(lambda day, _: days.held(day))] = None
    employee_id: Annotated[UUID | None, Eq(col(Post.employee_id))] = None
    org_unit_id: Annotated[UUID | None, Eq(col(Post.org_unit_id))] = None
    kind: Annotated[Values[PostKind] | None, In(col(Post.kind))] = None
    position_rank: Annotated[Values[Code] | None, In(col(Post.position_rank))] = None


class AbsenceRead(AbsenceFields, Read):
    """An absence as the register has it."""


class AbsenceUpdate(AbsenceFields, Partial):
    model_config = example(valid_to="2027-04-01")


class AbsenceQuery(ListQuery):
    """All absences, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(Absence.valid_from), "updated_at": col(Absence.updated_at)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(Absence.id)

    as_of: Annotated[Day | None, Where(lambda day, _: days.running(Absence, day))] = None
    employee_id: Annotated[UUID | None, Eq(col(Absence.employee_id))] = None
    kind: Annotated[Values[AbsenceKind] | None, In(col(Absence.kind))] = None


class ScopeRuleRead(ScopeRuleFields, Read):
    """A rule of the scope, with its source."""


class ScopeRuleUpdate(ScopeRuleFields, Partial):
    model_config = example(valid_to="2027-04-01")


class ScopeRuleQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"valid_from": col(ScopeRule.valid_from)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(ScopeRule.id)

    as_of: Annotated[Day | None, Where(lambda day, _: days.running(ScopeRule, day))] = None
