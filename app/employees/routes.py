from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.employees import commands, queries, views
from app.employees.schemas import EmployeeCreate, EmployeeQuery, EmployeeRead, EmployeeUpdate
from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Pages
from app.kit.routing import Router

MayEditPeople = may(Permission.EDIT_PEOPLE)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(prefix="/employees", tags=["employees"])


@router.get("", summary="List employees", dependencies=[IsSignedIn])
async def employees_list(
    query: Annotated[EmployeeQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[EmployeeRead]:
    """The people employed on the day whom the caller may see, with the primary post, scope and roles of that day. With
    `status`, `employee_number`, `since` or `until`, also people who are upcoming or have left."""
    as_of = who.as_of(query.as_of)
    rows = await pages.fetch_rows(queries.employees(who, beyond=query.reaches_beyond()), query, as_of)
    return rows.dated_page([views.employee(row, as_of) for row in rows.rows])


@router.post("", summary="Hire an employee", status_code=201, dependencies=[MayEditPeople])
async def employees_hire(fields: EmployeeCreate, db: Db, etag: Etag, who: Caller) -> EmployeeRead:
    """Add a person with the terms of service from `hired_on`. Posts are added separately."""
    hired, as_of = await commands.hire(db, fields), who.as_of_today
    row = etag.created(await queries.employee_on(db, who, hired.id, as_of))
    return views.employee(row, as_of)


@router.get("/{id}", summary="Get an employee", dependencies=[IsSignedIn])
async def employees_read(id: UUID, db: Db, etag: Etag, who: Caller, as_of: RequestedDay) -> EmployeeRead:
    """A person as of a day, who may also be upcoming or have left."""
    row = etag.stamp(await queries.employee_on(db, who, id, as_of))
    return views.employee(row, as_of)


@router.patch("/{id}", summary="Change an employee", dependencies=[MayEditPeople])
async def employees_change(id: UUID, changes: EmployeeUpdate, db: Db, etag: Etag, who: Caller) -> EmployeeRead:
    """Change an employee: names at once, number and terms of service from `effective_on`. `left_on` ends the last terms
    of service, with posts and absences, or takes their end back."""
    as_of = who.as_of_today
    person = etag.fresh(await queries.employee(db, who, id, as_of))
    await commands.change_person(db, person, changes)
    row = etag.stamp(await queries.employee_on(db, who, id, as_of))
    return views.employee(row, as_of)
