"""SELECTs of roles: definitions, holders on a day, and vacancies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    Subquery,
    any_,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.fields import Period
from app.kit.once import built_once
from app.kit.problems import NotFound
from app.kit.reading import KEY, keyed
from app.people.functions import valid_on
from app.people.models import Employee, Employment, OrgUnit, Post
from app.people.sight import CALLER_ID, OWN_LINEAGE, Purpose, Sight, leads_a_unit, sees_everybody, sight
from app.roles import rules
from app.roles.enums import AssignmentStatus, Decision, RoleBasis, VacancyReason
from app.roles.functions import (
    ASSIGNED,
    ASSIGNED_CHANGED_AT,
    VACANT,
    AssignmentRow,
    appointments_known,
    roles_of_days,
)
from app.roles.models import APPOINTMENT_PERIODS, ROLE_PERIODS, Role, RoleAssignment
from app.roles.rules import HeldRole, Term


@dataclass(frozen=True)
class HistoryRow:
    """A day of change with one source of a role held from then on; None when no role is held."""

    day: date
    role_code: str | None
    sub_tier: str | None
    basis: str | None
    org_unit_id: UUID | None
    source_id: UUID | None


@built_once
def roles_on_day() -> Select[Role]:
    """Roles as defined on the statement's day."""
    return select(Role).where(valid_on(Role))


async def has_appointment_without_role(db: AsyncSession, code: str) -> bool:
    """An appointment or nomination to the role begins on a day on which nobody can be appointed to it."""
    defined = valid_on(Role, col(RoleAssignment.valid_from)) & (col(Role.basis) == RoleBasis.APPOINTMENT)
    begun = col(RoleAssignment.status).in_((Decision.NOMINATED, Decision.ACTIVE))
    theirs = select(col(RoleAssignment.id)).where(col(RoleAssignment.role_code) == code, begun)
    return await db.scalar(theirs.where(~exists().where(col(Role.code) == code, defined)).limit(1)) is not None


async def role_on(db: AsyncSession, code: str, day: date) -> Role | None:
    return await db.scalar(select(Role).where(valid_on(Role, day), col(Role.code) == code))


def assignments(who: Principal) -> Select[Any]:
    """Assignments of the day, an `AssignmentRow` each: the caller's own, those in units they head, and for people
    who lead a unit all active appointments."""
    return _assignments(sight(who, Purpose.ROLES), leads=leads_a_unit(who))


@built_once
def _assignments(seen: Sight, *, leads: bool) -> Select[Any]:
    rows = (
        select(
            *(column for column in ASSIGNED.c if column.name != "updated_at"),
            ASSIGNED_CHANGED_AT.label("updated_at"),
            col(Employee.employee_number),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("employee_name"),
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
        )
        .join(Employee, col(Employee.id) == ASSIGNED.c.employee_id)
        .outerjoin(OrgUnit, col(OrgUnit.id) == ASSIGNED.c.org_unit_id)
    )
    if seen.everybody:
        return rows
    visible = [seen.is_own(ASSIGNED.c.employee_id), seen.unit(OrgUnit.lineage)]
    if leads:
        visible.append((ASSIGNED.c.basis == RoleBasis.APPOINTMENT) & (ASSIGNED.c.status == AssignmentStatus.ACTIVE))
    return rows.where(ASSIGNED.c.employee_id.in_(_people(seen, leads=leads)), or_(*visible))


def _people(seen: Sight, *, leads: bool) -> CompoundSelect[UUID]:
    """Those of whom any assignment may be visible, each by an index: PostgreSQL reads the whole city where a row may be
    the caller's own, of a unit, or an appointment."""
    unit, held, appointed = aliased(OrgUnit), ROLE_PERIODS.c, APPOINTMENT_PERIODS.c
    units = select(col(unit.id)).where(seen.unit(unit.lineage))
    successors = appointed.unit_ids.op("&&")(func.array(units.scalar_subquery()))
    return union_all(
        select(CALLER_ID),
        select(held.employee_id).where(held.org_unit_id.in_(units)),
        select(appointed.employee_id).where(appointed.org_unit_id.in_(units)),
        select(appointed.employee_id).where(true() if leads else successors),
    )


async def visible_assignment(db: AsyncSession, who: Principal, id: UUID, as_of: AsOf) -> AssignmentRow | None:
    rows = keyed(assignments(who), ASSIGNED.c.id)
    row: AssignmentRow | None = (await db.execute(rows, {**as_of.params, KEY: id})).first()
    return row


async def assignment(db: AsyncSession, who: Principal, id: UUID, as_of: AsOf) -> AssignmentRow:
    row = await visible_assignment(db, who, id, as_of)
    if row is None:
        raise NotFound
    return row


def term(row: AssignmentRow) -> Term:
    """What was decided, whatever the day of the row."""
    undecided = {Decision.NOMINATED.value, Decision.REJECTED.value, Decision.CANCELLED.value}
    decision = Decision(row.status) if row.status in undecided else Decision.ACTIVE
    return Term(decision, row.valid_from, row.ends_on, row.lapses_on)


def vacancies(who: Principal) -> Select[Any]:
    """Vacancies, a `VacancyRow` each; callers who do not see all see those of the units they work in, head or lead.

    Where the holder is away, only those who may see that: colleagues do not learn of absences here.
    """
    return _vacancies(sight(who, Purpose.VACANCIES), sight(who, Purpose.PEOPLE))


@built_once
def _vacancies(seen: Sight, sees_absent: Sight) -> Select[Any]:
    rows = select(
        *VACANT.c,
        col(Employee.employee_number).label("stand_in_number"),
        func.coalesce(col(Employee.display_name), col(Employee.name)).label("stand_in_name"),
    ).outerjoin(Employee, col(Employee.id) == VACANT.c.stand_in_id)
    if seen.everybody:
        return rows
    not_away = VACANT.c.reason != VacancyReason.AWAY
    return rows.where(seen.unit(VACANT.c.lineage), or_(not_away, sees_absent.unit(VACANT.c.lineage)))


def unit_leaders(who: Principal) -> Select[Any]:
    """People who lead a unit on the day, a `LeaderRow` each: of the units that the caller works in, or of all units."""
    return _unit_leaders(everywhere=sees_everybody(who, Purpose.ROLES))


@built_once
def _unit_leaders(*, everywhere: bool) -> Select[Any]:
    rows = (
        select(
            ASSIGNED.c.role_code,
            col(Employee.employee_number),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("employee_name"),
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
            col(OrgUnit.name_en).label("org_unit_name_en"),
        )
        .join(Employee, col(Employee.id) == ASSIGNED.c.employee_id)
        .join(OrgUnit, col(OrgUnit.id) == ASSIGNED.c.org_unit_id)
        .join(Role, (col(Role.code) == ASSIGNED.c.role_code) & valid_on(Role) & col(Role.leads_unit))
        .where(ASSIGNED.c.basis == RoleBasis.APPOINTMENT, ASSIGNED.c.status == AssignmentStatus.ACTIVE)
    )
    return rows if everywhere else rows.where(ASSIGNED.c.org_unit_id == any_(OWN_LINEAGE))


async def locked_appointment(db: AsyncSession, id: UUID) -> RoleAssignment:
    statement = select(RoleAssignment).where(col(RoleAssignment.id) == id).with_for_update()
    return (await db.execute(statement)).scalars().one()


def role_history(employee_id: UUID, as_of: AsOf) -> Select[*tuple[Any, ...]]:
    """The columns of a `HistoryRow`, from the first day of change to the day asked for."""
    changes = _days_of_change(employee_id, as_of)
    held = roles_of_days(changes.c.day, as_of.published_by)
    rows = select(
        changes.c.day, held.c.role_code, held.c.sub_tier, held.c.basis, held.c.org_unit_id, held.c.source_id
    ).select_from(changes.outerjoin(held, held.c.employee_id == employee_id))
    return rows.order_by(changes.c.day, held.c.role_code)


def latest(rows: Sequence[HistoryRow]) -> list[HeldRole]:
    """The roles held on the last day, one per source, each with the day since which the role is held."""
    history: dict[date, set[str]] = {}
    for row in rows:
        codes = history.setdefault(row.day, set())
        if row.role_code:
            codes.add(row.role_code)
    entries = list(history.items())
    return [
        HeldRole(
            row.role_code,
            row.sub_tier,
            RoleBasis(row.basis),
            row.org_unit_id,
            row.source_id,
            since=rules.held_since(entries, row.role_code),
        )
        for row in rows
        if row.day == entries[-1][0] and row.role_code and row.basis and row.source_id
    ]


def _days_of_change(employee_id: UUID, as_of: AsOf) -> Subquery:
    """Each day up to that asked for on which the person's roles may have changed."""
    sources = (Post, Employment)
    theirs = [select(_ends(model).label("day")).where(col(model.employee_id) == employee_id) for model in sources]
    known = appointments_known(as_of.published_by)
    days = func.unnest(array([known.c.valid_from, known.c.ends_on, known.c.lapses_on]))
    appointed = select(days).where(known.c.employee_id == employee_id)
    every = union(*theirs, appointed, select(_ends(Role)), select(cast(as_of.day, Date))).subquery("ends")
    return select(every.c.day).where(every.c.day <= as_of.day).subquery("changes")


def _ends(model: type[Period]) -> ColumnElement[date]:
    """Both ends of each row's period, as rows."""
    return func.unnest(array([col(model.valid_from), col(model.valid_to)]))
