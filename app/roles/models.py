"""Roles as dated policy data, and appointments to them; all other holders are derived from personnel data."""

from typing import Annotated, NotRequired
from uuid import UUID

from pydantic import ConfigDict, StrictBool, with_config
from pydantic import Field as Bounds
from sqlalchemy import Column, Date, DateTime, Index, Integer, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from app.kit.fields import CODE, KEY, Code, Key, Line, Period, Small
from app.kit.records import Record, enum_column, jsonb, no_overlap, text_array, well_formed
from app.roles.enums import Decision, RoleBasis


@with_config(ConfigDict(extra="forbid"))
class SubTier(TypedDict):
    """A part of a role by position rank, such as department heads among managers."""

    code: Code
    name: Line
    name_en: NotRequired[Line | None]
    position_ranks: Annotated[list[Code], Bounds(min_length=1, max_length=50)]


class RoleFields(Period):
    """A role and what gives it to people. To change it from a day on, end it and define its successor."""

    code: Code
    name: Line
    name_en: Line | None = None
    basis: RoleBasis = enum_column()
    position_ranks: list[Code] = text_array(max_length=50)
    org_unit_codes: list[Code] = text_array(max_length=50)
    job_categories: list[Code] = text_array(max_length=50)
    sub_tiers: list[SubTier] = jsonb(default_factory=list, max_length=20)
    leads_unit: StrictBool = Field(
        default=False, description="Those appointed to it lead their unit: they see its figures and the other leaders"
    )
    ordinal: Small = 0


class Role(RoleFields, Record, table=True):
    __table_args__ = (no_overlap("ex_role_code", "code"), well_formed("ck_role_code", "code", CODE))


class RoleAssignmentTerms(Period):
    """What can be corrected after the appointment."""

    letter_number: Key | None = None


class RoleAssignmentFields(RoleAssignmentTerms):
    """A role assigned to a person in a unit; `stands_in_for_id` is the appointment of a person who is away."""

    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    role_code: Code
    org_unit_id: UUID = Field(foreign_key="org_unit.id", index=True)
    stands_in_for_id: UUID | None = Field(default=None, foreign_key="role_assignment.id", index=True)


class RoleAssignment(RoleAssignmentFields, Record, table=True):
    """An appointment or nomination.

    It has effect from `valid_from` for as long as the person works in or below `org_unit_id`, or `home_unit_id`: where
    they worked at the time. It ends with its unit, unless the unit passes appointments on to its successor.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        well_formed("ck_role_assignment_letter_number", "letter_number", KEY),
        no_overlap(
            "ex_role_assignment", "employee_id", "role_code", "org_unit_id", where="status IN ('nominated', 'active')"
        ),
        Index("ix_role_assignment_updated_at", "updated_at", "id"),
    )
    home_unit_id: UUID = Field(foreign_key="org_unit.id")
    status: Decision = enum_column()
    end_reason: Line | None = None
    nominated_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")


APPOINTMENT_PERIODS = Table(
    "appointment_period",
    SQLModel.metadata,
    Column("id", Uuid, nullable=False, index=True),
    Column("employee_id", Uuid, nullable=False, index=True),
    Column("role_code", String, nullable=False),
    Column("org_unit_id", Uuid, nullable=False, index=True),
    Column("unit_ids", ARRAY(Uuid), nullable=False),
    Column("unit_days", ARRAY(Date)),
    Column("decision", String, nullable=False),
    Column("stands_in_for_id", Uuid),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("ends_on", Date),
    Column("lapses_on", Date),
    Column("returns_on", Date),
    Column("cause", String),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("letter_number", String),
    Column("end_reason", String),
    Column("row_version", Integer, nullable=False),
    Column("known", DATERANGE, nullable=False),
    Index("ix_appointment_period_unit_ids", "unit_ids", postgresql_using="gin"),
)
"""Appointments with the days on which they end, by the orders that are published up to one of the days `known`. The
database writes it (`employees/facts.sql`)."""

ROLE_PERIODS = Table(
    "role_period",
    SQLModel.metadata,
    Column("id", Uuid, nullable=False, index=True),
    Column("employee_id", Uuid, nullable=False, index=True),
    Column("role_code", String, nullable=False, index=True),
    Column("sub_tier", String),
    Column("basis", String, nullable=False),
    Column("org_unit_id", Uuid, index=True),
    Column("source_id", Uuid, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("during", DATERANGE, nullable=False),
    Column("known", DATERANGE, nullable=False),
    Index("ix_role_period_appointed", "source_id", postgresql_where=text("basis::text = 'appointment'")),
)
"""Roles held on the days `during`, with the period of what gives them. The database writes it, too."""
