from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.filters import AsOf
from app.kit.listing import DatedPage, Listing, Pages
from app.kit.reading import found
from app.kit.routing import Router
from app.roles import commands, queries
from app.roles.models import Role, RoleAssignment
from app.roles.rules import Assignment
from app.roles.schemas import (
    AssignmentEnd,
    AssignmentReturn,
    RoleAssignmentCreate,
    RoleAssignmentQuery,
    RoleAssignmentRead,
    RoleAssignmentUpdate,
    RoleCreate,
    RoleQuery,
    RoleRead,
    RoleUpdate,
    RoleVacancyQuery,
    RoleVacancyRead,
)

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]

Appointer = Annotated[Principal, may(Permission.APPOINT)]

MayRead = may(Permission.READ_POLICY)

MayEdit = may(Permission.EDIT_POLICY)

router = Router(tags=[])

roles = Router(prefix="/roles", tags=["roles"])

assignments = Router(prefix="/role_assignments", tags=["role_assignments"])

vacancies = Router(prefix="/role_vacancies", tags=["role_vacancies"])


async def known_role(id: UUID, db: Db) -> Role:
    return await found(db, select(Role), col(Role.id), id)


async def visible_appointment(id: UUID, db: Db, who: Appointer) -> RoleAssignment:
    return await commands.appointment(db, who, id)


KnownRole = Annotated[Role, Depends(known_role)]

Appointment = Annotated[RoleAssignment, Depends(visible_appointment)]


@roles.get("", response_model=DatedPage[RoleRead], dependencies=[MayRead])
async def list_roles(query: Annotated[RoleQuery, Query()], pages: Pages) -> Listing:
    """The roles as defined on the day, with the facts that give each: ranks, units, job categories, an appointment."""
    return await pages.fetch(queries.roles_in_force(query.as_of), query)


@roles.post("", response_model=RoleRead, status_code=201, dependencies=[MayEdit])
async def define_role(wanted: RoleCreate, db: Db, etag: Etag) -> Role:
    """Define a role for a stretch of days. The same code may follow with another definition from a later day."""
    return etag.created(await commands.define(db, wanted))


@roles.get("/{id}", response_model=RoleRead, dependencies=[MayRead])
async def read_role(role: KnownRole, etag: Etag) -> Role:
    """One definition of a role."""
    return etag.stamp(role)


@roles.patch("/{id}", response_model=RoleRead, dependencies=[MayEdit])
async def change_role(role: KnownRole, changes: RoleUpdate, db: Db, etag: Etag) -> Role:
    """Correct a definition for its whole period, or close it with `valid_to` before defining its successor."""
    return etag.stamp(await commands.redefine(db, etag.fresh(role), changes))


@roles.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def delete_role(role: KnownRole, db: Db, etag: Etag) -> None:
    """Delete a definition that has not begun. One in force is closed with `valid_to` instead."""
    await commands.withdraw_role(db, etag.fresh(role), clock.today())


@assignments.get("", response_model=DatedPage[RoleAssignmentRead])
async def list_assignments(query: Annotated[RoleAssignmentQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Who holds a role on the day: appointments, and what follows from posts, units and job categories. Leaders see
    the whole network of the appointed; heads their units; everyone the own roles."""
    rows = queries.assignments(who)
    return await pages.fetch(rows, query, queries.described(who, query.as_of), known_on=who.known_on)


@assignments.post("", response_model=RoleAssignmentRead, status_code=201)
async def place(wanted: RoleAssignmentCreate, db: Db, etag: Etag, who: Reader) -> Assignment:
    """Place a person in a unit with a role. A head's placing is a nomination for the own unit, that of whoever may
    appoint an appointment at once. It has effect while the person works in the unit or at home, or below."""
    placed = etag.created(await commands.place(db, who, wanted))
    return await queries.assignment(db, who, placed.id, who.today)


@assignments.get("/{id}", response_model=RoleAssignmentRead)
async def read_assignment(id: UUID, db: Db, etag: Etag, who: Reader, as_of: AsOf) -> Assignment:
    """One assignment as it stands on the day."""
    return etag.stamp(await queries.assignment(db, who, id, as_of))


@assignments.patch("/{id}", response_model=RoleAssignmentRead)
async def change_assignment(
    record: Appointment, changes: RoleAssignmentUpdate, db: Db, etag: Etag, who: Appointer
) -> Assignment:
    """Correct the period or the letter of an appointment. A derived assignment cannot be changed here."""
    changed = etag.stamp(await commands.change(db, who, etag.fresh(record), changes))
    return await queries.assignment(db, who, changed.id, who.today)


@assignments.post("/{id}/approval", response_model=RoleAssignmentRead)
async def approve(record: Appointment, db: Db, etag: Etag, who: Appointer) -> Assignment:
    """Accept a nomination: it becomes an appointment from its first day."""
    decided = etag.stamp(await commands.approve(db, who, etag.fresh(record)))
    return await queries.assignment(db, who, decided.id, who.today)


@assignments.post("/{id}/rejection", response_model=RoleAssignmentRead)
async def reject(record: Appointment, wanted: AssignmentReturn, db: Db, etag: Etag, who: Appointer) -> Assignment:
    """Return a nomination with the reason."""
    decided = etag.stamp(await commands.reject(db, who, etag.fresh(record), wanted.end_reason))
    return await queries.assignment(db, who, decided.id, who.today)


@assignments.post("/{id}/end", response_model=RoleAssignmentRead)
async def end(record: Appointment, wanted: AssignmentEnd, db: Db, etag: Etag, who: Appointer) -> Assignment:
    """End an appointment; `valid_to` is the first day without it. One that has not begun by then is cancelled."""
    ended = etag.stamp(await commands.end(db, who, etag.fresh(record), wanted))
    return await queries.assignment(db, who, ended.id, who.today)


@vacancies.get("", response_model=DatedPage[RoleVacancyRead])
async def list_vacancies(query: Annotated[RoleVacancyQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Units that need a holder of an appointed role and have none on the day. Somebody appointed to a unit above
    covers the units below; somebody who has been transferred away covers none."""
    return await pages.fetch(queries.vacancies(who), query, queries.with_units, known_on=who.known_on)


for part in (roles, assignments, vacancies):
    router.include_router(part)
