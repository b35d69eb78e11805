"""What the API shows of people, and the questions that lists of them take."""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func
from sqlmodel import col

from app.kit.fields import Code, Day, Line, Read, Values, example
from app.kit.listing import Contains, DatedQuery, Eq, In, ListQuery, Sorts, Where
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
from app.people.rules import AbsenceKind, EmployeeStatus, PostKind, UnitLevel

UNIT_ID = "0192f0c1-0000-7d4e-8f90-a1b2c3d4e501"
EMPLOYEE_ID = "0192f0c1-0000-7d4e-8f90-a1b2c3d4e502"
POST_ID = "0192f0c1-0000-7d4e-8f90-a1b2c3d4e503"


STORED = {"created_at": "2026-04-01T08:30:00+09:00", "updated_at": "2026-04-01T08:30:00+09:00"}
RANK = {"code": "section_head", "name": "課長", "name_en": "Section head", "ordinal": 30, "is_head": True}
UNIT: dict[str, Any] = {
    "code": "0301",
    "name": "市民課",
    "name_kana": "シミンカ",
    "name_en": "Citizen Section",
    "parent_id": None,
    "level": "section",
    "needs_leader": True,
    "max_absent": 3,
    "valid_from": "2024-04-01",
    "valid_to": None,
    "successor_ids": [],
}
PERSON = {
    "employee_number": "012345",
    "name": "髙橋 花子",
    "name_kana": "タカハシ ハナコ",
    "display_name": "高橋 花子",
    "email": "hanako.takahashi@city.example",
    "hired_on": "2018-04-01",
}
TERMS = {"appointment_type": "regular", "job_service": "administrative", "job_category": "clerk"}
POST = {
    "employee_id": EMPLOYEE_ID,
    "org_unit_id": UNIT_ID,
    "kind": "primary",
    "position_rank": "staff",
    "job_title": "主事",
    "order_number": "令和8年人第12号",
    "published_on": "2026-03-25",
    "end_published_on": None,
    "valid_from": "2026-04-01",
    "valid_to": None,
}
ABSENCE = {
    "employee_id": EMPLOYEE_ID,
    "kind": "childcare_leave",
    "valid_from": "2026-06-01",
    "valid_to": "2027-04-01",
}
SCOPE = {
    "appointment_type": "regular",
    "job_service": "medical",
    "except_org_unit_codes": ["MC"],
    "source": "2⑶ 本方針の対象者",
    "valid_from": "2024-04-01",
    "valid_to": None,
}


class PositionRankRead(PositionRankFields, Read):
    model_config = example(id=POST_ID, **STORED, **RANK)


class PositionRankUpdate(PositionRankFields, Partial):
    model_config = example(name="課長", name_en="Section head")


class PositionRankQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(PositionRank.ordinal), "code": col(PositionRank.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Any] = col(PositionRank.id)

    code: Annotated[Values[Code] | None, In(col(PositionRank.code))] = None


class OrgUnitRead(OrgUnitFields, Read):
    model_config = example(id=UNIT_ID, lineage=[UNIT_ID], **STORED, **UNIT)
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

    model_config = example(**PERSON, **TERMS)


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
    org_unit_code: str
    org_unit_name: str
    position_rank: str
    job_title: str | None


class EmployeeRead(EmployeeFields, Read):
    """A person as of a day; terms, post, scope and roles are those of the day, null where there are none."""

    model_config = example(
        id=EMPLOYEE_ID,
        **STORED,
        **PERSON,
        **TERMS,
        left_on=None,
        status="active",
        primary_post={
            "id": POST_ID,
            "org_unit_id": UNIT_ID,
            "org_unit_code": "0301",
            "org_unit_name": "市民課",
            "position_rank": "staff",
            "job_title": "主事",
        },
        in_scope=True,
        roles=["general"],
        as_of="2026-11-23",
    )

    display_name: str
    appointment_type: str | None
    job_service: str | None
    job_category: str | None
    left_on: date | None
    status: EmployeeStatus
    primary_post: PrimaryPost | None
    in_scope: bool
    roles: list[str]
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
    model_config = example(id=POST_ID, **STORED, **POST)


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
    model_config = example(id=POST_ID, **STORED, **ABSENCE)


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
    model_config = example(id=POST_ID, **STORED, **SCOPE)


class ScopeRuleUpdate(ScopeRuleFields, Partial):
    model_config = example(valid_to="2027-04-01")


class ScopeRuleQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"valid_from": col(ScopeRule.valid_from)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(ScopeRule.id)

    as_of: Annotated[Day | None, Where(lambda day, _: days.running(ScopeRule, day))] = None
