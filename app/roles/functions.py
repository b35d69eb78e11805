"""Database functions of roles as tables; without an `AsOf` the days are parameters of the statement (`kit.as_of`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    String,
    TableValuedAlias,
    Uuid,
    bindparam,
    case,
    cast,
    collate,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.selectable import LateralFromClause
from sqlmodel import col

from app.kit.as_of import PUBLISHED_BY, TODAY, AsOf, arguments
from app.people.functions import PERSON_CHANGED_AT, DayColumn, IdColumn
from app.people.models import OrgUnit
from app.roles.enums import RoleBasis
from app.roles.models import APPOINTMENT_PERIODS

_HELD = (
    column("id", Uuid),
    column("employee_id", Uuid),
    column("role_code", String),
    column("sub_tier", String),
    column("basis", String),
    column("org_unit_id", Uuid),
    column("source_id", Uuid),
    column("valid_from", Date),
    column("valid_to", Date),
)
_ASSIGNED = (
    column("id", Uuid),
    column("employee_id", Uuid),
    column("role_code", String),
    column("sub_tier", String),
    column("basis", String),
    column("org_unit_id", Uuid),
    column("status", String),
    column("valid_from", Date),
    column("valid_to", Date),
    column("ends_on", Date),
    column("lapses_on", Date),
    column("cause", String),
    column("stands_in_for_id", Uuid),
    column("letter_number", String),
    column("end_reason", String),
    column("updated_at", DateTime(timezone=True)),
    column("row_version", Integer),
)
_VACANT = (
    column("id", Uuid),
    column("role_code", String),
    column("org_unit_id", Uuid),
    column("code", String),
    column("name", String),
    column("name_en", String),
    column("lineage", ARRAY(Uuid)),
    column("reason", String),
    column("stand_in_id", Uuid),
    column("days_open", Integer),
    column("updated_at", DateTime(timezone=True)),
)
_STANDING = tuple(column(name, ARRAY(Uuid)) for name in ("own_lineage", "headed", "acting", "led"))


def roles_on(as_of: AsOf | None = None, name: str = "held") -> TableValuedAlias:
    """Everyone's roles on the day, one row per source."""
    return func.roles_on(*arguments(as_of)).table_valued(*_HELD).alias(name)


def appointments_known(published_by: date) -> TableValuedAlias:
    """All appointments and nominations, with the days on which they end or lapse."""
    columns = [column(each.name, each.type) for each in APPOINTMENT_PERIODS.c]
    return func.appointments_known(published_by).table_valued(*columns).alias("appointments")


def roles_of_days(day: ColumnElement[date], published_by: date) -> LateralFromClause:
    """`roles_on` for each day of another table in the statement."""
    return func.roles_on(day, published_by).table_valued(*_HELD).lateral("held")


ASSIGNED = func.role_assignments_on(*arguments(None), TODAY).table_valued(*_ASSIGNED).alias("assigned")


def people_known() -> TableValuedAlias:
    """Of each person the first day of the first terms of service as known, null without terms, the end of the last
    ones, and when roles and all other facts about the person last changed."""
    days = (column(name, Date) for name in ("hired_on", "left_on"))
    instants = (column(name, DateTime(timezone=True)) for name in ("roles_at", "others_at"))
    made = func.people_known(PUBLISHED_BY, TODAY)
    return made.table_valued(column("employee_id", Uuid), *days, *instants).alias("known")


_KNOWN = people_known()
_ROLES_CHANGED_AT = (
    select(_KNOWN.c.roles_at)
    .where(_KNOWN.c.employee_id == ASSIGNED.c.employee_id)
    .correlate(ASSIGNED)
    .scalar_subquery()
)
ASSIGNED_CHANGED_AT: ColumnElement[datetime] = func.greatest(
    ASSIGNED.c.updated_at,
    case((ASSIGNED.c.basis != RoleBasis.APPOINTMENT, _ROLES_CHANGED_AT)),
    PERSON_CHANGED_AT,
    col(OrgUnit.updated_at),
    type_=DateTime(timezone=True),
)
"""When what the caller sees of an assignment last changed, with the names of its person and unit, which are joined. One
that is derived appears and goes with whatever else gives the person roles."""
ABSENCE_DAYS = bindparam("absence_days", type_=Integer)
VACANT = func.role_vacancies_on(*arguments(None), ABSENCE_DAYS).table_valued(*_VACANT).alias("vacant")


def vacant_below(top: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """The vacancy is in the unit or below it."""
    return VACANT.c.lineage.contains(array([top]))


def standing_on(employee_id: IdColumn, day: DayColumn) -> TableValuedAlias:
    """The units that a person may act for on a day by published orders: the lineage of the primary unit, the units
    headed, those among them headed as acting head, and the units led by appointment to a role that leads its unit."""
    return func.standing_on(employee_id, day).table_valued(*_STANDING).alias("standing")


def role_codes(employee_id: IdColumn) -> ColumnElement[list[str]]:
    """Codes of the roles that the person holds on the statement's day, in the order of their code points."""
    held = roles_on(name="their_roles")
    codes = select(collate(held.c.role_code, "C").label("code")).where(held.c.employee_id == employee_id).distinct()
    return func.array(codes.order_by("code").correlate_except(held).scalar_subquery(), type_=ARRAY(String))


def holds_role(employee_id: IdColumn, role_code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    """The person holds the role on the statement's day."""
    held = roles_on(name="their_roles")
    return cast(employee_id, Uuid).in_(select(held.c.employee_id).where(held.c.role_code == role_code))


@dataclass(frozen=True)
class LongAbsence:
    """An absence of more than so many days makes a vacancy."""

    days: int

    @property
    def params(self) -> Mapping[str, int]:
        return {"absence_days": self.days}


class AssignmentRow(Protocol):
    """A row of `queries.assignments`."""

    id: UUID
    employee_id: UUID
    employee_number: str
    employee_name: str
    role_code: str
    sub_tier: str | None
    basis: str
    org_unit_id: UUID | None
    org_unit_code: str | None
    org_unit_name: str | None
    status: str
    valid_from: date
    valid_to: date | None
    ends_on: date | None
    lapses_on: date | None
    cause: str | None
    stands_in_for_id: UUID | None
    letter_number: str | None
    end_reason: str | None
    updated_at: datetime
    row_version: int


class VacancyRow(Protocol):
    """A row of `queries.vacancies`: the unit's columns, and those of the vacancy."""

    id: UUID
    role_code: str
    org_unit_id: UUID
    code: str
    name: str
    name_en: str | None
    reason: str
    days_open: int
    stand_in_number: str | None
    stand_in_name: str | None


class LeaderRow(Protocol):
    """A row of `queries.unit_leaders`."""

    role_code: str
    employee_number: str
    employee_name: str
    org_unit_code: str
    org_unit_name: str
    org_unit_name_en: str | None
