from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.attendance import commands as attendance_commands
from app.attendance import queries as attendance
from app.attendance.schemas import AttendanceQuery, AttendanceRead, Sheet
from app.course_sessions import commands, queries, views
from app.course_sessions.schemas import (
    CourseSessionCreate,
    CourseSessionQuery,
    CourseSessionRead,
    CourseSessionUpdate,
    SheetRead,
)
from app.course_sessions.views import course_session
from app.enrollments.views import described
from app.identity.gate import Caller, SignedIn, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Listing, Page, Pages
from app.kit.reading import found
from app.kit.routing import Router
from app.seats.models import CourseSession
from app.seats.queries import locked_session

Reader = Annotated[Principal, may(Permission.READ_POLICY)]

Runner = Annotated[Principal, may(Permission.RUN_SESSIONS)]

MayRun = may(Permission.RUN_SESSIONS)
Recorder = Annotated[Principal, may(Permission.RECORD_ATTENDANCE)]

router = Router(prefix="/course_sessions", tags=["course_sessions"])


async def visible_session(id: UUID, db: Db, who: Caller) -> CourseSession:
    return await found(db, queries.visible_to(who), col(CourseSession.id), id)


Visible = Annotated[CourseSession, Depends(visible_session)]


@router.get("", response_model=Page[CourseSessionRead])
async def list_sessions(query: Annotated[CourseSessionQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Sessions by course, skill, time and free seats. Drafts are shown to those who run sessions."""
    return await pages.fetch(queries.visible_to(who), query, views.all_shown(who))


@router.post("", response_model=CourseSessionRead, status_code=201)
async def plan_session(wanted: CourseSessionCreate, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Draft a session. The fiscal year follows from the first meeting's day in Tokyo; one that is sent must agree."""
    return views.course_session(etag.created(await commands.plan(db, wanted)), who)


@router.get("/{id}", response_model=CourseSessionRead)
async def read_session(session: Visible, etag: Etag, who: Reader) -> CourseSessionRead:
    """One session, with its meetings, seats and the length of its queue."""
    return views.course_session(etag.stamp(session), who)


@router.delete("/{id}", status_code=204, dependencies=[MayRun])
async def discard_session(session: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft; a session that was published is cancelled instead."""
    await commands.discard(db, etag.fresh(session))


@router.post("/{id}/publication", response_model=CourseSessionRead)
async def publish_session(session: Visible, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Publish a draft: everyone sees it, and applications open with its window."""
    return views.course_session(etag.stamp(await commands.publish(db, etag.fresh(session))), who)


async def to_change(id: UUID, db: Db, _who: Runner, etag: Etag) -> CourseSession:
    """Locked, if that is still the version that the caller speaks of."""
    return etag.fresh(await locked_session(db, id))


ToChange = Annotated[CourseSession, Depends(to_change)]


@router.patch("/{id}", response_model=CourseSessionRead)
async def change_session(
    session: ToChange, changes: CourseSessionUpdate, db: Db, etag: Etag, who: Runner
) -> CourseSessionRead:
    """Change a session. Fewer seats than are taken are refused, more go to the queue; moved meetings must not clash
    with other seats of those who are confirmed."""
    return course_session(etag.stamp(await commands.revise(db, who, session, changes)), who)


@router.post("/{id}/closing", response_model=CourseSessionRead)
async def close_session(session: ToChange, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """End the call for applications; after the last meeting, record that the session was held. Whoever then still
    waits or was never approved was not selected."""
    return course_session(etag.stamp(await commands.close(db, who, session)), who)


@router.post("/{id}/cancellation", response_model=CourseSessionRead)
async def cancel_session(session: ToChange, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Call a session off. Whoever applied, waits or is confirmed is withdrawn with the reason `session_cancelled`,
    which is no no-show."""
    return course_session(etag.stamp(await commands.cancel(db, who, session)), who)


async def to_record(id: UUID, db: Db, _who: Recorder) -> CourseSession:
    return await locked_session(db, id)


@router.get("/{id}/attendance", response_model=Page[AttendanceRead])
async def list_sheet(
    session: Visible,
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: SignedIn,
) -> Listing:
    """The sign-in sheets of a session, as far as the caller may see them. Each line is one meeting of somebody who has
    a seat, with what was recorded."""
    return await pages.fetch(attendance.attendance_at(who, session), query)


@router.post("/{id}/attendance", response_model=SheetRead)
async def record_sheet(
    session: Annotated[CourseSession, Depends(to_record)], wanted: Sheet, db: Db, who: Recorder
) -> SheetRead:
    """Record the sign-in sheet of one meeting: all lines or none, with each wrong line named."""
    recorded = await attendance_commands.record_sheet(db, who, session, wanted)
    return SheetRead(results=list(await described(who)(db, recorded)))
