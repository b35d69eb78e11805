"""Operations on terms of service."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.employments import commands, queries, views
from app.employments.schemas import EmploymentCreate, EmploymentQuery, EmploymentRead, EmploymentUpdate
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.people.functions import KnownEmployment
from app.people.models import Employment

MayEditPeople = may(Permission.EDIT_PEOPLE)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(prefix="/employments", tags=["employments"])


async def visible(id: UUID, db: Db, who: Caller) -> Employment:
    return await one_or_404(db, queries.employments(who), col(KnownEmployment.id), id, as_of=who.as_of_today)


Visible = Annotated[Employment, Depends(visible)]


@router.get("", summary="List terms of service", dependencies=[IsSignedIn])
async def employments_list(
    query: Annotated[EmploymentQuery, Query()], pages: Pages, who: Caller
) -> Page[EmploymentRead]:
    """Terms of service of the people the caller may see, as far as they are published to the caller."""
    rows = await pages.fetch(queries.employments(who), query, who.as_of_today)
    return rows.page([views.employment(row) for row in rows.rows])


@router.post("", summary="Add terms of service", status_code=201, dependencies=[MayEditPeople])
async def employments_add(fields: EmploymentCreate, db: Db, etag: Etag) -> EmploymentRead:
    """Renew, or employ again, the next day or after years, with the same number or a new one. Terms do not overlap."""
    return views.employment(etag.created(await commands.appoint(db, fields)))


@router.get("/{id}", summary="Get terms of service", dependencies=[IsSignedIn])
async def employments_read(employment: Visible, etag: Etag) -> EmploymentRead:
    """Terms of service, as far as they are published to the caller."""
    return views.employment(etag.stamp(employment))


@router.patch("/{id}", summary="Correct, extend or end terms of service", dependencies=[MayEditPeople])
async def employments_change(employment: Visible, changes: EmploymentUpdate, db: Db, etag: Etag) -> EmploymentRead:
    """Correct, extend or end terms of service, or take their end back. Posts and absences that last longer are cut,
    and come back when the terms are extended. An end that lies ahead is published on `end_published_on`; without it, on
    the day from which it makes a difference."""
    return views.employment(etag.stamp(await commands.change(db, etag.fresh(employment), changes)))


@router.delete("/{id}", summary="Take back terms of service", status_code=204, dependencies=[MayEditPeople])
async def employments_take_back(employment: Visible, db: Db, etag: Etag) -> None:
    """Take back terms recorded by mistake, with the employee number that came with them. Posts and absences that begin
    under them must be revoked first. The audit log keeps them."""
    await commands.take_back(db, etag.fresh(employment))
