from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.course_sessions import commands, queries
from app.course_sessions.models import CourseSession
from app.course_sessions.schemas import CourseSessionCreate, CourseSessionQuery, CourseSessionRead
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Listing, Page, Pages
from app.kit.reading import found
from app.kit.routing import Router

Reader = Annotated[Principal, may(Permission.READ_POLICY)]
Runner = Annotated[Principal, may(Permission.RUN_SESSIONS)]
MayRun = may(Permission.RUN_SESSIONS)

router = Router(prefix="/course_sessions", tags=["course_sessions"])


async def visible_session(id: UUID, db: Db, who: Caller) -> CourseSession:
    return await found(db, queries.visible_to(who), col(CourseSession.id), id)


Visible = Annotated[CourseSession, Depends(visible_session)]


@router.get("", response_model=Page[CourseSessionRead])
async def list_sessions(query: Annotated[CourseSessionQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Sessions by course, skill, time and free seats. Drafts are shown to those who run sessions."""
    return await pages.fetch(queries.visible_to(who), query, queries.all_shown(who))


@router.post("", response_model=CourseSessionRead, status_code=201)
async def plan_session(wanted: CourseSessionCreate, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Draft a session. The fiscal year follows from the first meeting's day in Tokyo; one that is sent must agree."""
    return queries.shown(etag.created(await commands.plan_session(db, wanted)), who)


@router.get("/{id}", response_model=CourseSessionRead)
async def read_session(session: Visible, etag: Etag, who: Reader) -> CourseSessionRead:
    """One session, with its meetings, seats and the length of its queue."""
    return queries.shown(etag.stamp(session), who)


@router.delete("/{id}", status_code=204, dependencies=[MayRun])
async def discard_session(session: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft; a session that was published is cancelled instead."""
    await commands.discard_session(db, etag.fresh(session))


@router.post("/{id}/publication", response_model=CourseSessionRead)
async def publish_session(session: Visible, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Publish a draft: everyone sees it, and applications open with its window."""
    return queries.shown(etag.stamp(await commands.publish_session(db, etag.fresh(session))), who)
