from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.employees import commands, queries, views
from app.employees.schemas import EmployeeCreate, EmployeeQuery, EmployeeRead, EmployeeUpdate
from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.filters import AsOf
from app.kit.listing import DatedPage, Listing, Pages
from app.kit.routing import Router

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]
Officer = Annotated[Principal, may(Permission.EDIT_PEOPLE)]

router = Router(prefix="/employees", tags=["employees"])


@router.get("", response_model=DatedPage[EmployeeRead])
async def list_employees(query: Annotated[EmployeeQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """People employed on the day whom the caller may see, with that day's post, scope and roles."""
    rows = queries.employees(who, query.as_of)
    return await pages.fetch(rows, query, views.described(who, query.as_of), known_on=who.known_on)


@router.post("", response_model=EmployeeRead, status_code=201)
async def hire(wanted: EmployeeCreate, db: Db, etag: Etag, who: Officer) -> EmployeeRead:
    """Register a person with the terms of service from `hired_on`. Posts are registered on their own."""
    return await views.shown(db, who, etag.created(await commands.hire(db, wanted)), clock.today())


@router.get("/{id}", response_model=EmployeeRead)
async def read_employee(id: UUID, db: Db, etag: Etag, who: Reader, as_of: AsOf) -> EmployeeRead:
    """One person as of a day."""
    person = await queries.person(db, who, id, as_of)
    return await views.shown(db, who, etag.stamp(person), as_of)


@router.patch("/{id}", response_model=EmployeeRead)
async def change_employee(id: UUID, changes: EmployeeUpdate, db: Db, etag: Etag, who: Officer) -> EmployeeRead:
    """Change names and numbers; terms from `effective_on`; `left_on` ends terms, posts and absences on that day."""
    person = etag.fresh(await queries.person(db, who, id, clock.today()))
    return await views.shown(db, who, etag.stamp(await commands.change_person(db, person, changes)), clock.today())
