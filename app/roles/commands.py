"""What is done to roles and appointments. An appointment is ended, never deleted: past days keep their answer."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.patching import revise
from app.kit.reading import pointers, require_existing
from app.kit.records import add, remove
from app.people import rules as people_rules
from app.people.errors import UnitNotInForce, UnknownEmployee, UnknownRank, UnknownUnit
from app.people.models import Employee, OrgUnit, PositionRank
from app.roles import enums, errors, queries, rules
from app.roles.enums import Decision, RoleBasis
from app.roles.models import Role, RoleAssignment, RoleAssignmentFields, RoleAssignmentTerms, RoleFields
from app.roles.schemas import AssignmentEnd, RoleAssignmentUpdate, RoleUpdate


async def define(db: AsyncSession, wanted: RoleFields) -> Role:
    await _check(db, wanted)
    return await add(db, Role.model_validate(wanted))


async def redefine(db: AsyncSession, role: Role, changes: RoleUpdate) -> Role:
    """Corrects the role for its whole period; a change from a day on is a new role with the same code."""
    code = role.code
    if revise(RoleFields, role, changes).code != code:
        raise errors.RoleCodeImmutable(pointer="/code")
    await _check(db, role)
    await db.flush()
    return role


async def withdraw_role(db: AsyncSession, role: Role, today: date) -> None:
    rules.check_deletable(role.valid_from, today=today)
    await remove(db, role)


async def _check(db: AsyncSession, role: RoleFields) -> None:
    lists = {name: getattr(role, name) for name in ("position_ranks", "org_unit_codes", "job_categories")}
    tiers = role.sub_tiers
    rules.check_definition(role.basis, lists, [rank for tier in tiers for rank in tier["position_ranks"]])
    rules.check_leading(role.basis, leads_unit=role.leads_unit)
    ranks = pointers("/position_ranks", role.position_ranks)
    await require_existing(db, col(PositionRank.code), ranks, UnknownRank)
    units = pointers("/org_unit_codes", role.org_unit_codes)
    await require_existing(db, col(OrgUnit.code), units, UnknownUnit)


async def place(db: AsyncSession, who: Principal, wanted: RoleAssignmentFields) -> RoleAssignment:
    """A head nominates, whoever may appoint appoints at once."""
    await _check_role(db, wanted)
    unit, home = await _unit(db, wanted), await _home(db, who, wanted)
    decision = rules.nomination(
        may_appoint=who.may(Permission.APPOINT), heads_unit=who.heads(unit.lineage), member=unit.id in home.lineage
    )
    appointment = RoleAssignment.model_validate(
        {**wanted.model_dump(), "home_unit_id": home.id, "status": decision, "nominated_by": who.account_id}
    )
    appointment.decided_by = who.account_id if decision == Decision.ACTIVE else None
    return await add(db, appointment)


async def _check_role(db: AsyncSession, wanted: RoleAssignmentFields) -> None:
    role = await queries.role_on(db, wanted.role_code, wanted.valid_from)
    if role is None:
        raise errors.UnknownRole(pointer="/role_code")
    if role.basis != enums.RoleBasis.APPOINTMENT:
        raise errors.RoleNotAppointable(pointer="/role_code")


async def _unit(db: AsyncSession, wanted: RoleAssignmentFields) -> OrgUnit:
    unit = await db.get(OrgUnit, wanted.org_unit_id)
    if unit is None:
        raise UnknownUnit(pointer="/org_unit_id")
    if not people_rules.covers(unit.valid_from, unit.valid_to, wanted.valid_from, wanted.valid_to):
        raise UnitNotInForce(pointer="/org_unit_id")
    return unit


async def _home(db: AsyncSession, who: Principal, wanted: RoleAssignmentFields) -> OrgUnit:
    """By published orders alone, whoever asks: an appointment must not tell of a confidential transfer."""
    await require_existing(db, col(Employee.id), {"/employee_id": wanted.employee_id}, UnknownEmployee)
    home = await queries.primary_unit(db, wanted.employee_id, AsOf(wanted.valid_from, published_by=who.today))
    if home is None:
        raise errors.NoPrimaryPost(pointer="/employee_id")
    return home


async def appointment(db: AsyncSession, who: Principal, id: UUID) -> RoleAssignment:
    """The appointment, locked. What the caller cannot see does not exist; what is derived cannot be changed."""
    row = await queries.assignment(db, who, id, who.as_of_today)
    if row.basis != RoleBasis.APPOINTMENT:
        raise errors.AssignmentIsDerived
    return await queries.locked_appointment(db, id)


async def change(
    db: AsyncSession, who: Principal, record: RoleAssignment, changes: RoleAssignmentUpdate
) -> RoleAssignment:
    revise(RoleAssignmentTerms, record, changes)
    await _unit(db, record)
    record.home_unit_id = (await _home(db, who, record)).id
    await db.flush()
    return record


async def approve(db: AsyncSession, who: Principal, record: RoleAssignment) -> RoleAssignment:
    return await _decide(db, who, record, Decision.ACTIVE)


async def reject(db: AsyncSession, who: Principal, record: RoleAssignment, reason: str) -> RoleAssignment:
    record.end_reason = reason
    return await _decide(db, who, record, Decision.REJECTED)


async def _decide(db: AsyncSession, who: Principal, record: RoleAssignment, decision: Decision) -> RoleAssignment:
    rules.check_undecided(record.status)
    record.status, record.decided_by = decision, who.account_id
    await db.flush()
    return record


async def end(db: AsyncSession, who: Principal, record: RoleAssignment, wanted: AssignmentEnd) -> RoleAssignment:
    period = record.valid_from, record.valid_to
    record.status, record.valid_to = rules.ending(record.status, *period, wanted.valid_to, today=who.today)
    record.end_reason = wanted.end_reason
    await db.flush()
    return record
