from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Pages
from app.kit.reading import every, one_or_404
from app.kit.routing import Router
from app.roles import commands, functions, queries, views
from app.roles.models import Role, RoleAssignment
from app.roles.schemas import (
    AssignmentEnd,
    AssignmentRejection,
    RoleAssignmentCreate,
    RoleAssignmentQuery,
    RoleAssignmentRead,
    RoleAssignmentRenewal,
    RoleAssignmentUpdate,
    RoleCreate,
    RoleQuery,
    RoleRead,
    RoleUpdate,
    RoleVacancyQuery,
    RoleVacancyRead,
    UnitLeaderQuery,
    UnitLeaderRead,
)

MayAppoint = may(Permission.APPOINT)
MayEditPolicy = may(Permission.EDIT_POLICY)
MayReadPolicy = may(Permission.READ_POLICY)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(tags=[])
roles = Router(prefix="/roles", tags=["roles"])
assignments = Router(prefix="/role_assignments", tags=["role_assignments"])
vacancies = Router(prefix="/role_vacancies", tags=["role_vacancies"])
leaders = Router(prefix="/unit_leaders", tags=["unit_leaders"])


async def known_role(id: UUID, db: Db) -> Role:
    return await one_or_404(db, every(Role), col(Role.id), id)


async def visible_appointment(id: UUID, db: Db, who: Caller) -> RoleAssignment:
    return await commands.appointment(db, who, id)


async def long_absence(request: Request) -> functions.LongAbsence:
    return functions.LongAbsence(request.app.state.settings.leader_absence_days)


async def _assignment(db: Db, who: Principal, id: UUID) -> RoleAssignmentRead:
    """The assignment as of today, after a command."""
    as_of = who.as_of_today
    return views.assignment(await queries.assignment(db, who, id, as_of), who, as_of)


KnownRole = Annotated[Role, Depends(known_role)]
Appointment = Annotated[RoleAssignment, Depends(visible_appointment)]
LongAbsence = Annotated[functions.LongAbsence, Depends(long_absence)]


@roles.get("", summary="List roles", dependencies=[MayReadPolicy])
async def roles_list(query: Annotated[RoleQuery, Query()], pages: Pages, who: Caller) -> DatedPage[RoleRead]:
    """Roles as defined on the day, each with what gives it: position ranks, units, job categories or an appointment."""
    rows = await pages.fetch(queries.roles_on_day(), query, who.as_of(query.as_of))
    return rows.dated_page([views.role(row) for row in rows.rows])


@roles.post("", summary="Define a role", status_code=201, dependencies=[MayEditPolicy])
async def roles_define(fields: RoleCreate, db: Db, etag: Etag) -> RoleRead:
    """Define a role for a period. Another definition with the same code may follow it."""
    return views.role(etag.created(await commands.define(db, fields)))


@roles.get("/{id}", summary="Get a role", dependencies=[MayReadPolicy])
async def roles_read(role: KnownRole, etag: Etag) -> RoleRead:
    """A definition of a role."""
    return views.role(etag.stamp(role))


@roles.patch("/{id}", summary="Correct or end a role", dependencies=[MayEditPolicy])
async def roles_change(role: KnownRole, changes: RoleUpdate, db: Db, etag: Etag) -> RoleRead:
    """Correct a definition for its whole period, or end it with `valid_to` before defining its successor."""
    return views.role(etag.stamp(await commands.redefine(db, etag.fresh(role), changes)))


@roles.delete("/{id}", summary="Delete a future role", status_code=204, dependencies=[MayEditPolicy])
async def roles_delete(role: KnownRole, db: Db, etag: Etag) -> None:
    """Delete a definition that has not begun. End one in force with `valid_to` instead."""
    await commands.withdraw_role(db, etag.fresh(role), clock.today())


@assignments.get("", summary="List role assignments", dependencies=[IsSignedIn])
async def role_assignments_list(
    query: Annotated[RoleAssignmentQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[RoleAssignmentRead]:
    """Who holds a role on the day: appointments, and assignments derived from posts, units and job categories. Everyone
    sees their own, heads those of their units, people who lead a unit all active appointments."""
    as_of = who.as_of(query.as_of)
    rows = await pages.fetch_rows(queries.assignments(who), query, as_of)
    return rows.dated_page([views.assignment(row, who, as_of) for row in rows.rows])


@assignments.post("", summary="Nominate or appoint a person", status_code=201, dependencies=[IsSignedIn])
async def role_assignments_place(fields: RoleAssignmentCreate, db: Db, etag: Etag, who: Caller) -> RoleAssignmentRead:
    """Assign a role in a unit to a person: a nomination when sent by a head for their own unit, an appointment when
    sent by a caller who may appoint. It has effect while the person works in or below that unit or the one they work
    in now."""
    assigned = etag.created(await commands.assign_role(db, who, fields))
    return await _assignment(db, who, assigned.id)


@assignments.get("/{id}", summary="Get a role assignment", dependencies=[IsSignedIn])
async def role_assignments_read(id: UUID, db: Db, etag: Etag, who: Caller, as_of: RequestedDay) -> RoleAssignmentRead:
    """A role assignment as of the day."""
    return views.assignment(etag.stamp(await queries.assignment(db, who, id, as_of)), who, as_of)


@assignments.patch("/{id}", summary="Correct an appointment", dependencies=[MayAppoint])
async def role_assignments_change(
    record: Appointment, changes: RoleAssignmentUpdate, db: Db, etag: Etag, who: Caller
) -> RoleAssignmentRead:
    """Correct the period or the letter number of an appointment. A derived assignment cannot be changed here."""
    changed = etag.stamp(await commands.change_appointment(db, who, etag.fresh(record), changes))
    return await _assignment(db, who, changed.id)


@assignments.post("/{id}/approval", summary="Approve a nomination", dependencies=[MayAppoint])
async def role_assignments_approve(record: Appointment, db: Db, etag: Etag, who: Caller) -> RoleAssignmentRead:
    """Approve a nomination: it becomes an appointment from its first day."""
    decided = etag.stamp(await commands.approve_nomination(db, who, etag.fresh(record)))
    return await _assignment(db, who, decided.id)


@assignments.post("/{id}/rejection", summary="Reject a nomination", dependencies=[MayAppoint])
async def role_assignments_reject(
    record: Appointment, rejection: AssignmentRejection, db: Db, etag: Etag, who: Caller
) -> RoleAssignmentRead:
    """Reject a nomination, with the reason."""
    decided = etag.stamp(await commands.reject_nomination(db, who, etag.fresh(record), rejection.end_reason))
    return await _assignment(db, who, decided.id)


@assignments.post("/{id}/end", summary="End an appointment", dependencies=[MayAppoint])
async def role_assignments_end(
    record: Appointment, end: AssignmentEnd, db: Db, etag: Etag, who: Caller
) -> RoleAssignmentRead:
    """End an appointment; `valid_to` is the first day without it. One that has not begun by then is cancelled."""
    ended = etag.stamp(await commands.end_appointment(db, who, etag.fresh(record), end))
    return await _assignment(db, who, ended.id)


@assignments.post("/{id}/renewal", summary="Renew a lapsed appointment", status_code=201, dependencies=[MayAppoint])
async def role_assignments_renew(
    record: Appointment, renewal: RoleAssignmentRenewal, db: Db, etag: Etag, who: Caller
) -> RoleAssignmentRead:
    """Appoint a person again whose appointment has lapsed; the lapsed one ends on the first day of the new one."""
    renewed = etag.stamp(await commands.renew_appointment(db, who, etag.fresh(record), renewal))
    return await _assignment(db, who, renewed.id)


@vacancies.get("", summary="List role vacancies", dependencies=[IsSignedIn])
async def role_vacancies_list(
    query: Annotated[RoleVacancyQuery, Query()], pages: Pages, who: Caller, long_absence: LongAbsence
) -> DatedPage[RoleVacancyRead]:
    """Units that need a holder of an appointed role and on the day have none, or none who is not away for long. A
    person appointed to a unit also covers the units below; a person who has been transferred away covers none."""
    rows = await pages.fetch_rows(queries.vacancies(who), query, who.as_of(query.as_of), long_absence)
    return rows.dated_page([views.vacancy(row) for row in rows.rows])


@leaders.get("", summary="List who leads the caller's unit", dependencies=[IsSignedIn])
async def unit_leaders_list(
    query: Annotated[UnitLeaderQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[UnitLeaderRead]:
    """Who leads the unit that the caller works in, or one above it, on the day; for offices, who leads any unit."""
    rows = await pages.fetch_rows(queries.unit_leaders(who), query, who.as_of(query.as_of))
    return rows.dated_page([views.unit_leader(row) for row in rows.rows])


router.add(roles, assignments, vacancies, leaders)
