"""Commands on roles and appointments. An appointment is ended, never deleted, so that past days stay as they were."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.fields import Period
from app.kit.patching import revise
from app.kit.problems import InUse
from app.kit.reading import pointers, require_existing
from app.kit.records import add, remove
from app.lists.errors import UnknownJobCategory
from app.lists.models import JobCategory
from app.people.commands import check_known, unit_in_force
from app.people.errors import UnknownRank, UnknownUnit
from app.people.models import OrgUnit, PositionRank
from app.people.queries import primary_unit
from app.roles import errors, queries, rules
from app.roles.enums import Decision, RoleBasis
from app.roles.models import Role, RoleAssignment, RoleAssignmentFields, RoleAssignmentTerms, RoleFields
from app.roles.rules import Term
from app.roles.schemas import AssignmentEnd, RoleAssignmentUpdate, RoleUpdate


async def define(db: AsyncSession, fields: RoleFields) -> Role:
    await _check_definition(db, fields)
    return await add(db, Role.model_validate(fields))


async def redefine(db: AsyncSession, role: Role, changes: RoleUpdate) -> Role:
    """Correct the definition for its whole period; a change from a day on is a new definition with the same code."""
    code = role.code
    if revise(RoleFields, role, changes).code != code:
        raise errors.RoleCodeImmutable(pointer="/code")
    await _check_definition(db, role)
    await db.flush()
    await _check_appointments(db, code)
    return role


async def withdraw_role(db: AsyncSession, role: Role, today: date) -> None:
    rules.check_deletable(role.valid_from, today=today)
    await remove(db, role)
    await _check_appointments(db, role.code)


async def _check_appointments(db: AsyncSession, code: str) -> None:
    """Each appointment and nomination begins while its role is in force; it may end later than the role."""
    if await queries.has_appointment_without_role(db, code):
        raise InUse


async def _check_definition(db: AsyncSession, role: RoleFields) -> None:
    lists = {
        "position_ranks": role.position_ranks,
        "org_unit_codes": role.org_unit_codes,
        "job_categories": role.job_categories,
    }
    rules.check_definition(role.basis, lists, [rank for tier in role.sub_tiers for rank in tier["position_ranks"]])
    rules.check_leading(role.basis, leads_unit=role.leads_unit)
    ranks = pointers("/position_ranks", role.position_ranks)
    await require_existing(db, col(PositionRank.code), ranks, UnknownRank)
    categories = pointers("/job_categories", role.job_categories)
    await require_existing(db, col(JobCategory.code), categories, UnknownJobCategory)
    units = pointers("/org_unit_codes", role.org_unit_codes)
    await require_existing(db, col(OrgUnit.code), units, UnknownUnit)


async def assign_role(db: AsyncSession, who: Principal, fields: RoleAssignmentFields) -> RoleAssignment:
    """A head nominates; a caller who may appoint appoints at once."""
    await _check_role(db, fields)
    await _check_stand_in(db, who, fields)
    unit, home = await _unit(db, fields.org_unit_id, fields.valid_from), await _home_unit(db, who, fields)
    decision = rules.nomination(
        may_appoint=who.may(Permission.APPOINT), heads_unit=who.heads(unit.lineage), member=unit.id in home.lineage
    )
    appointment = RoleAssignment(
        employee_id=fields.employee_id,
        role_code=fields.role_code,
        org_unit_id=fields.org_unit_id,
        stands_in_for_id=fields.stands_in_for_id,
        home_unit_id=home.id,
        valid_from=fields.valid_from,
        valid_to=fields.valid_to,
        letter_number=fields.letter_number,
        status=decision,
        nominated_by=who.account_id,
        decided_by=who.account_id if decision == Decision.ACTIVE else None,
    )
    added = await add(db, appointment)
    await _check_holder_away(db, who, added)
    return added


async def _check_role(db: AsyncSession, fields: RoleAssignmentFields) -> None:
    role = await queries.role_on(db, fields.role_code, fields.valid_from)
    if role is None:
        raise errors.UnknownRole(pointer="/role_code")
    if role.basis != RoleBasis.APPOINTMENT:
        raise errors.RoleNotAppointable(pointer="/role_code")


async def _unit(db: AsyncSession, unit_id: UUID, day: date) -> OrgUnit:
    """The unit, which exists on the day: what follows when it closes is for its policy to say."""
    first_day = Period(valid_from=day, valid_to=day + timedelta(1))
    return await unit_in_force(db, unit_id, first_day, "/org_unit_id")


async def _check_stand_in(db: AsyncSession, who: Principal, fields: RoleAssignmentFields) -> None:
    if fields.stands_in_for_id is None:
        return
    first_day = who.as_of(fields.valid_from)
    held = await queries.visible_assignment(db, who, fields.stands_in_for_id, first_day)
    if held is None or held.basis != RoleBasis.APPOINTMENT:
        raise errors.UnknownAppointment(pointer="/stands_in_for_id")
    same_place = (held.role_code, held.org_unit_id) == (fields.role_code, fields.org_unit_id)
    if not same_place or held.employee_id == fields.employee_id or held.stands_in_for_id:
        raise errors.StandInMismatch(pointer="/stands_in_for_id")


async def _check_holder_away(db: AsyncSession, who: Principal, record: RoleAssignment) -> None:
    """Nobody is stood in for while present; SQL compares the two, so this looks at what has been written."""
    if record.stands_in_for_id is None:
        return
    row = await queries.assignment(db, who, record.id, who.as_of(record.valid_from))
    if row.ends_on and row.ends_on <= record.valid_from:
        raise errors.HolderPresent(pointer="/valid_from")


async def _home_unit(db: AsyncSession, who: Principal, fields: RoleAssignmentFields) -> OrgUnit:
    """By published orders alone, for every caller: an appointment must not reveal a confidential transfer."""
    await check_known(db, fields.employee_id, who.as_of_today)
    home = await primary_unit(db, fields.employee_id, AsOf(fields.valid_from, published_by=who.today))
    if home is None:
        raise errors.NoPrimaryPost(pointer="/employee_id")
    return home


async def appointment(db: AsyncSession, who: Principal, id: UUID) -> RoleAssignment:
    """The appointment, locked, if the caller may see it; a derived assignment cannot be changed."""
    row = await queries.assignment(db, who, id, who.as_of_today)
    if row.basis != RoleBasis.APPOINTMENT:
        raise errors.AssignmentIsDerived
    return await queries.locked_appointment(db, id)


async def change_appointment(
    db: AsyncSession, who: Principal, record: RoleAssignment, changes: RoleAssignmentUpdate
) -> RoleAssignment:
    began = record.valid_from
    if revise(RoleAssignmentTerms, record, changes).valid_from != began:
        await _check_role(db, record)
        await _unit(db, record.org_unit_id, record.valid_from)
        record.home_unit_id = (await _home_unit(db, who, record)).id
    await db.flush()
    await _check_holder_away(db, who, record)
    return record


async def approve_nomination(db: AsyncSession, who: Principal, record: RoleAssignment) -> RoleAssignment:
    rules.check_approvable(await _term(db, who, record), today=who.today)
    return await _decide(db, who, record, Decision.ACTIVE)


async def reject_nomination(db: AsyncSession, who: Principal, record: RoleAssignment, reason: str) -> RoleAssignment:
    record.end_reason = reason
    return await _decide(db, who, record, Decision.REJECTED)


async def _decide(db: AsyncSession, who: Principal, record: RoleAssignment, decision: Decision) -> RoleAssignment:
    rules.check_undecided(record.status)
    record.status, record.decided_by = decision, who.account_id
    await db.flush()
    return record


async def _term(db: AsyncSession, who: Principal, record: RoleAssignment) -> Term:
    """As the caller may know it today."""
    return queries.term(await queries.assignment(db, who, record.id, who.as_of_today))


async def end_appointment(
    db: AsyncSession, who: Principal, record: RoleAssignment, end: AssignmentEnd
) -> RoleAssignment:
    await _end(db, who, record, end.valid_to)
    record.end_reason = end.end_reason
    await db.flush()
    return record


async def _end(db: AsyncSession, who: Principal, record: RoleAssignment, on: date) -> None:
    record.status = rules.ending(await _term(db, who, record), on, today=who.today)
    if record.status == Decision.ACTIVE:
        record.valid_to = on
    await db.flush()


async def renew_appointment(
    db: AsyncSession, who: Principal, record: RoleAssignment, renewal: RoleAssignmentTerms
) -> RoleAssignment:
    """End a lapsed appointment and appoint the person again, to the unit that it is for today."""
    row = await queries.assignment(db, who, record.id, who.as_of_today)
    rules.check_renewable(queries.term(row), renewal.valid_from, today=who.today)
    await _end(db, who, record, renewal.valid_from)
    held = {name: getattr(record, name) for name in ("employee_id", "role_code", "stands_in_for_id")}
    again = RoleAssignmentFields.model_validate(renewal, update=held | {"org_unit_id": row.org_unit_id})
    return await assign_role(db, who, again)
