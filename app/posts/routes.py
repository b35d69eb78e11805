"""Operations on posts and absences."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.people.functions import KnownAbsence, KnownPost
from app.people.models import Absence, AbsenceFields, Post, PostFields
from app.posts import commands, queries, schemas, views
from app.posts.schemas import AbsenceRead, PostRead

MayEditPeople = may(Permission.EDIT_PEOPLE)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(tags=[])
posts = Router(prefix="/posts", tags=["posts"])
absences = Router(prefix="/absences", tags=["absences"])


async def visible_post(id: UUID, db: Db, who: Caller) -> Post:
    return await one_or_404(db, queries.posts(who), col(KnownPost.id), id, as_of=who.as_of_today)


async def visible_absence(id: UUID, db: Db, who: Caller) -> Absence:
    return await one_or_404(db, queries.absences(who), col(KnownAbsence.id), id, as_of=who.as_of_today)


VisiblePost = Annotated[Post, Depends(visible_post)]
VisibleAbsence = Annotated[Absence, Depends(visible_absence)]


@posts.get("", summary="List posts", dependencies=[IsSignedIn])
async def posts_list(query: Annotated[schemas.PostQuery, Query()], pages: Pages, who: Caller) -> Page[PostRead]:
    """Posts of the people the caller may see. Only personnel officers see orders that are not yet published."""
    rows = await pages.fetch(queries.posts(who), query, who.as_of_today)
    return rows.page([views.post(row) for row in rows.rows])


@posts.post("", summary="Assign a person to a unit", status_code=201, dependencies=[MayEditPeople])
async def posts_assign(fields: PostFields, db: Db, etag: Etag) -> PostRead:
    """Assign a person to a unit. A person has one primary post a day; unit and employment must span the period."""
    return views.post(etag.created(await commands.assign(db, fields)))


@posts.get("/{id}", summary="Get a post", dependencies=[IsSignedIn])
async def posts_read(post: VisiblePost, etag: Etag) -> PostRead:
    """A post, as far as its orders are published to the caller."""
    return views.post(etag.stamp(post))


@posts.patch("/{id}", summary="Correct or end a post", dependencies=[MayEditPeople])
async def posts_change(post: VisiblePost, changes: schemas.PostUpdate, db: Db, etag: Etag) -> PostRead:
    """Correct or end a post. To transfer a person, end the old post and assign a new one."""
    return views.post(etag.stamp(await commands.change_post(db, etag.fresh(post), changes)))


@posts.delete("/{id}", summary="Revoke a post", status_code=204, dependencies=[MayEditPeople])
async def posts_revoke(post: VisiblePost, db: Db, etag: Etag) -> None:
    """Revoke an order issued by mistake. The audit log keeps it."""
    await commands.take_back(db, etag.fresh(post))


@absences.get("", summary="List absences", dependencies=[IsSignedIn])
async def absences_list(
    query: Annotated[schemas.AbsenceQuery, Query()], pages: Pages, who: Caller
) -> Page[AbsenceRead]:
    """Leave, secondment and suspension of the people the caller may see."""
    rows = await pages.fetch(queries.absences(who), query, who.as_of_today)
    return rows.page([views.absence(row) for row in rows.rows])


@absences.post("", summary="Record an absence", status_code=201, dependencies=[MayEditPeople])
async def absences_record(fields: AbsenceFields, db: Db, etag: Etag) -> AbsenceRead:
    """Record an absence. During it the person is left out of headcounts and is not designated for training."""
    return views.absence(etag.created(await commands.record_absence(db, fields)))


@absences.get("/{id}", summary="Get an absence", dependencies=[IsSignedIn])
async def absences_read(absence: VisibleAbsence, etag: Etag) -> AbsenceRead:
    """An absence of a person the caller may see."""
    return views.absence(etag.stamp(absence))


@absences.patch("/{id}", summary="Correct or end an absence", dependencies=[MayEditPeople])
async def absences_change(absence: VisibleAbsence, changes: schemas.AbsenceUpdate, db: Db, etag: Etag) -> AbsenceRead:
    """Correct or end an absence."""
    return views.absence(etag.stamp(await commands.change_absence(db, etag.fresh(absence), changes)))


@absences.delete("/{id}", summary="Delete an absence", status_code=204, dependencies=[MayEditPeople])
async def absences_remove(absence: VisibleAbsence, db: Db, etag: Etag) -> None:
    """Delete an absence recorded by mistake. The audit log keeps it."""
    await commands.take_back(db, etag.fresh(absence))


router.add(posts, absences)
