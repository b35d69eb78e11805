"""Dated personnel data: rows are not overwritten; a period is closed and a new one opened."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StrictBool
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE
from sqlmodel import Field, SQLModel

from app.kit import clock
from app.kit.fields import CODE, KEY, READING, Code, Day, Email, Fields, Key, Line, Period, Reading, Small
from app.kit.readings import reading_order
from app.kit.records import Record, enum_column, instant, no_overlap, text_array, uuid_array, well_formed
from app.kit.search import letters_of
from app.people.enums import AppointmentType, PostKind, UnitLevel

NUMBER = replace(KEY, longest=20)
Number = Annotated[str, NUMBER]


class PositionRankFields(Fields):
    """A position rank; holders of a rank with `is_head` head their unit."""

    code: Code
    name: Line
    name_en: Line | None = None
    ordinal: Small
    is_head: StrictBool = False


class PositionRank(PositionRankFields, Record, table=True):
    __tablename__ = "position_rank"
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_position_rank_code", "code", CODE))


class OrgUnitFields(Period):
    """An organizational unit, for the period in which it exists. When it closes, appointments to it end, or, with
    `appointments_pass_on`, pass to its successor: of several, to the one in which the person works from then on."""

    code: Code
    name: Line
    name_kana: Reading | None = None
    name_en: Line | None = None
    parent_id: UUID | None = Field(default=None, foreign_key="org_unit.id", index=True)
    level: UnitLevel = enum_column()
    needs_leader: StrictBool = False
    max_absent: Small | None = None
    successor_ids: list[UUID] = uuid_array(max_length=20)
    appointments_pass_on: StrictBool = False


class OrgUnit(OrgUnitFields, Record, table=True):
    """`lineage` lists the unit's ancestors and itself, top first. Units never move: a reorganization opens new ones."""

    __tablename__ = "org_unit"
    __table_args__ = (
        no_overlap("ex_org_unit_code", "code"),
        well_formed("ck_org_unit_code", "code", CODE),
        well_formed("ck_org_unit_kana", "name_kana", READING),
        Index("ix_org_unit_lineage", "lineage", postgresql_using="gin"),
    )
    lineage: list[UUID] = uuid_array()
    search_key: str
    kana_order: str = Field(default=None, sa_column_args=[reading_order("name_kana")])


class NameFields(Fields):
    """How a person is called. Names are kept byte for byte."""

    name: Line
    name_kana: Reading
    display_name: Line | None = None


class EmployeeFields(NameFields):
    """A person: one row for the whole career."""

    employee_number: Number
    email: Email | None = None


class Employee(EmployeeFields, Record, table=True):
    """`employee_number` is the one in use today; `public_updated_at` is when these fields last changed."""

    __table_args__ = (
        well_formed("ck_employee_number", "employee_number", NUMBER),
        Index("ix_employee_number", text('employee_number COLLATE "C"'), "id"),
        well_formed("ck_employee_kana", "name_kana", READING),
        Index("ix_employee_kana", text('kana_order COLLATE "C"'), "id"),
        Index("ix_employee_updated_at", "updated_at", "id"),
        Index("ix_employee_search", letters_of("search_key"), postgresql_using="gin"),
    )
    search_key: str
    public_updated_at: datetime = instant(default_factory=clock.now)
    kana_order: str = Field(default=None, sa_column_args=[reading_order("name_kana")])

    @property
    def shown_name(self) -> str:
        return self.display_name or self.name


class FormerName(NameFields, Record, table=True):
    """What a person was called until a day, which is the first of the next name."""

    __tablename__ = "former_name"
    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    valid_to: Day


class EmployeeNumber(Period, Record, table=True):
    """An employee number, former, in use, or to be used from a day; `employment_id` are the terms it came with."""

    __tablename__ = "employee_number"
    __table_args__ = (
        UniqueConstraint("number"),
        well_formed("ck_employee_number_number", "number", NUMBER),
        no_overlap("ex_employee_number_period", "employee_id"),
        Index("ix_employee_number_former", "employee_id", "valid_to", postgresql_where=text("valid_to IS NOT NULL")),
    )
    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    employment_id: UUID | None = Field(default=None, foreign_key="employment.id", index=True)
    number: Number


def to_be_published(table: str) -> Iterator[Index]:
    """Indexes of the days of publication, by which what is not published yet is found."""
    for name in ("published_on", "end_published_on"):
        yield Index(f"ix_{table}_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))


class OrderFields(Period):
    """A personnel fact about a person, recorded from an order. Until the days of publication only personnel officers
    know of it, or of its end."""

    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    order_number: Key | None = None
    published_on: Day | None = None
    end_published_on: Day | None = None


class Published(SQLModel):
    """What callers other than personnel officers know: the former end until the recorded one is published, and when
    anything public last changed."""

    public_valid_to: Day | None = None
    public_end_published_on: Day | None = None
    public_updated_at: datetime = instant(default_factory=clock.now)


class Cuttable(SQLModel):
    """A row that ends with the person's service. `cut_by` names the terms that end earlier than was ordered; what was
    ordered comes back when these are extended. A row that would begin later has an empty period until then."""

    cut_by: UUID | None = Field(default=None, foreign_key="employment.id")
    ordered_to: Day | None = None
    ordered_end_published_on: Day | None = None


class TermsFields(Fields):
    """Terms of service."""

    appointment_type: AppointmentType = enum_column()
    job_service: Code = Field(foreign_key="job_service.code")
    job_category: Code = Field(foreign_key="job_category.code")


class EmploymentFields(TermsFields, OrderFields):
    """Terms of service for a period; several for a person, with gaps."""


class Employment(EmploymentFields, Published, Record, table=True):
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="ck_employment_period"),
        well_formed("ck_employment_order_number", "order_number", KEY),
        no_overlap("ex_employment", "employee_id"),
        Index("ix_employment_order_number", "order_number"),
        *to_be_published("employment"),
        Index("ix_employment_valid_from", "valid_from", "id"),
        Index("ix_employment_updated_at", "updated_at", "id"),
    )


class PostFields(OrderFields):
    """A post in a unit."""

    org_unit_id: UUID = Field(foreign_key="org_unit.id", index=True)
    kind: PostKind = enum_column(default=PostKind.PRIMARY)
    position_rank: Code
    job_title: Line | None = None


class Post(PostFields, Published, Cuttable, Record, table=True):
    __table_args__ = (
        well_formed("ck_post_order_number", "order_number", KEY),
        no_overlap("ex_post_primary", "employee_id", where="kind = 'primary'"),
        no_overlap("ex_post_same", "employee_id", "org_unit_id", "kind"),
        Index("ix_post_position_rank", "position_rank"),
        Index("ix_post_order_number", "order_number"),
        *to_be_published("post"),
        Index("ix_post_valid_from", "valid_from", "id"),
        Index("ix_post_updated_at", "updated_at", "id"),
    )


class AbsenceFields(OrderFields):
    """Leave, secondment or suspension; during it the person is left out of headcounts."""

    kind: Code = Field(foreign_key="absence_kind.code", description="Code of `GET /api/v1/absence_kinds`")


class Absence(AbsenceFields, Published, Cuttable, Record, table=True):
    __table_args__ = (
        well_formed("ck_absence_order_number", "order_number", KEY),
        no_overlap("ex_absence", "employee_id"),
        Index("ix_absence_order_number", "order_number"),
        *to_be_published("absence"),
        Index("ix_absence_valid_from", "valid_from", "id"),
        Index("ix_absence_updated_at", "updated_at", "id"),
    )


class ScopeRuleFields(Period):
    """People with this appointment type and job service are in scope, except in these units and below."""

    appointment_type: AppointmentType = enum_column()
    job_service: Code = Field(foreign_key="job_service.code")
    except_org_unit_codes: list[Code] = text_array(max_length=100)
    source: Line | None = None


class ScopeRule(ScopeRuleFields, Record, table=True):
    __tablename__ = "scope_rule"
    __table_args__ = (no_overlap("ex_scope_rule", "appointment_type", "job_service"),)


WORKFORCE_PERIODS = Table(
    "workforce_period",
    SQLModel.metadata,
    Column("employee_id", Uuid, nullable=False, index=True),
    Column("employment_id", Uuid, nullable=False),
    Column("post_id", Uuid),
    Column("org_unit_id", Uuid, index=True),
    Column("appointment_type", String, nullable=False),
    Column("job_service", String, nullable=False),
    Column("job_category", String, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("absent", Boolean, nullable=False),
    Column("during", DATERANGE, nullable=False),
    Column("known", DATERANGE, nullable=False),
)
"""Terms of service with the primary post, whether in scope and whether absent, on the days `during` and by the orders
that are published up to one of the days `known`. The database writes it (`employees/facts.sql`)."""

PERSON_CHANGES = Table(
    "person_change",
    SQLModel.metadata,
    Column("employee_id", Uuid, nullable=False, index=True),
    Column("service_changed_at", DateTime(timezone=True)),
    Column("service_days", ARRAY(Date), nullable=False),
    Column("unit_ids", ARRAY(Uuid), nullable=False),
    Column("changed_at", DateTime(timezone=True)),
    Column("days", ARRAY(Date), nullable=False),
    Column("known", DATERANGE, nullable=False),
    Column("hired_on", Date),
    Column("left_on", Date),
    Index("ix_person_change_hired_on", "hired_on", "employee_id"),
)
"""The first day and the end of a person's service; when terms and posts last changed, the days on which they begin and
end, and the units of the posts with those above; the same of absences, with the ends of numbers. The database writes
it, too."""
