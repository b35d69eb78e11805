"""Dated facts of the personnel: nothing here is overwritten, periods are closed and new ones opened."""

from typing import Annotated
from uuid import UUID

from pydantic import StrictBool
from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.fields import Code, Day, Email, Fields, Line, Period, Small, line
from app.kit.records import Record, enum_column, no_overlap, text_array, uuid_array
from app.people.enums import AbsenceKind, AppointmentType, JobService, PostKind, UnitLevel

Number = Annotated[str, line(20)]


class PositionRankFields(Fields):
    """A rank of the city's ladder; `is_head` marks the rank that heads a unit."""

    code: Code
    name: Line
    name_en: Line | None = None
    ordinal: Small
    is_head: StrictBool = False


class PositionRank(PositionRankFields, Record, table=True):
    __tablename__ = "position_rank"
    __table_args__ = (UniqueConstraint("code"),)


class OrgUnitFields(Period):
    """A unit of the tree, for as long as it exists."""

    code: Code
    name: Line
    name_kana: Line | None = None
    name_en: Line | None = None
    parent_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    level: UnitLevel = enum_column()
    needs_leader: StrictBool = False
    max_absent: Small | None = None
    successor_ids: list[UUID] = uuid_array(max_length=20)


class OrgUnit(OrgUnitFields, Record, table=True):
    """`lineage` holds its ancestors and itself; a unit never moves, a reorganization opens a new one."""

    __tablename__ = "org_unit"
    __table_args__ = (
        no_overlap("ex_org_unit_code", "code"),
        Index("ix_org_unit_lineage", "lineage", postgresql_using="gin"),
    )
    lineage: list[UUID] = uuid_array()


class EmployeeFields(Fields):
    """A person, one row for life; names are kept byte for byte."""

    employee_number: Number
    name: Line
    name_kana: Line
    display_name: Line | None = None
    email: Email | None = None
    hired_on: Day


class Employee(EmployeeFields, Record, table=True):
    __table_args__ = (
        Index("ix_employee_number", text('employee_number COLLATE "C"'), "id"),
        Index("ix_employee_kana", text('name_kana COLLATE "C"'), "id"),
        Index("ix_employee_hired_on", "hired_on", "id"),
        Index("ix_employee_updated_at", "updated_at", "id"),
        Index(
            "ix_employee_search", "search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
        ),
    )
    left_on: Day | None = None
    search_key: str

    @property
    def shown_name(self) -> str:
        return self.display_name or self.name


class EmployeeNumber(Period, Record, table=True):
    """A number by which a person is or was known; re-employment gives a new one."""

    __tablename__ = "employee_number"
    __table_args__ = (UniqueConstraint("number"),)
    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    number: Number


class EmploymentFields(Fields):
    """The terms on which a person serves."""

    appointment_type: AppointmentType = enum_column()
    job_service: JobService = enum_column()
    job_category: Code


class Employment(EmploymentFields, Period, Record, table=True):
    __table_args__ = (no_overlap("ex_employment", "employee_id"),)
    employee_id: UUID = Field(foreign_key="employee.id", index=True)


class PostFields(Period):
    """Where a person works; an order not yet published is known to personnel officers alone."""

    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    org_unit_id: UUID = Field(foreign_key="org_unit.id", index=True)
    kind: PostKind = enum_column(default=PostKind.PRIMARY)
    position_rank: Code
    job_title: Line | None = None
    order_number: Line | None = None
    published_on: Day | None = None
    end_published_on: Day | None = None


class Post(PostFields, Record, table=True):
    __table_args__ = (
        no_overlap("ex_post_primary", "employee_id", where="kind = 'primary'"),
        no_overlap("ex_post_same", "employee_id", "org_unit_id", "kind"),
        Index("ix_post_position_rank", "position_rank"),
        Index("ix_post_valid_from", "valid_from", "id"),
        Index("ix_post_updated_at", "updated_at", "id"),
    )


class AbsenceFields(Period):
    """Leave, secondment or suspension: the person leaves the denominators for these days."""

    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    kind: AbsenceKind = enum_column()


class Absence(AbsenceFields, Record, table=True):
    __table_args__ = (
        no_overlap("ex_absence", "employee_id"),
        Index("ix_absence_valid_from", "valid_from", "id"),
        Index("ix_absence_updated_at", "updated_at", "id"),
    )


class ScopeRuleFields(Period):
    """People of this appointment and service are in the policy's scope, except in these units and below."""

    appointment_type: AppointmentType = enum_column()
    job_service: JobService = enum_column()
    except_org_unit_codes: list[Code] = text_array(max_length=100)
    source: Line | None = None


class ScopeRule(ScopeRuleFields, Record, table=True):
    __tablename__ = "scope_rule"
    __table_args__ = (no_overlap("ex_scope_rule", "appointment_type", "job_service"),)
