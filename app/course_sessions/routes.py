from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.attendance import commands as attendance_commands
from app.attendance import queries as attendance
from app.attendance import views as attendance_views
from app.attendance.schemas import AttendanceQuery, AttendanceRead, AttendanceSheet
from app.course_sessions import commands, queries, views
from app.course_sessions.schemas import (
    AttendanceSheetRead,
    CourseSessionCreate,
    CourseSessionQuery,
    CourseSessionRead,
    CourseSessionUpdate,
)
from app.enrollments.views import enrollments
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.seats.models import CourseSession
from app.seats.queries import locked_session

router = Router(prefix="/course_sessions", tags=["course_sessions"])


async def visible_session(id: UUID, db: Db, who: Caller) -> CourseSession:
    return await one_or_404(db, queries.visible_to(who), col(CourseSession.id), id)


Visible = Annotated[CourseSession, Depends(visible_session)]


@router.get(
    "",
    response_model=Page[CourseSessionRead],
    summary="Sessions by course, skill, time and free seats",
    dependencies=[may(Permission.READ_POLICY)],
)
async def course_sessions_list(
    query: Annotated[CourseSessionQuery, Query()], pages: Pages, who: Caller
) -> Page[CourseSessionRead]:
    """Sessions by course, skill, time and free seats. Drafts are shown to those who run sessions."""
    rows = await pages.fetch(queries.visible_to(who), query)
    return rows.page([views.course_session(row, who) for row in rows.rows])


@router.post(
    "",
    response_model=CourseSessionRead,
    status_code=201,
    summary="Draft a session",
    dependencies=[may(Permission.RUN_SESSIONS)],
)
async def course_sessions_plan(wanted: CourseSessionCreate, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Draft a session. The fiscal year follows from the first meeting's day in Tokyo; one that is sent must agree."""
    return views.course_session(etag.created(await commands.plan(db, wanted)), who)


@router.get(
    "/{id}",
    response_model=CourseSessionRead,
    summary="One session, with its meetings, seats and the length of its queue",
    dependencies=[may(Permission.READ_POLICY)],
)
async def course_sessions_read(session: Visible, etag: Etag, who: Caller) -> CourseSessionRead:
    """One session, with its meetings, seats and the length of its queue."""
    return views.course_session(etag.stamp(session), who)


@router.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.RUN_SESSIONS)],
    summary="Discard a draft; a session that was published is cancelled instead",
)
async def course_sessions_discard(session: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft; a session that was published is cancelled instead."""
    await commands.discard(db, etag.fresh(session))


@router.post(
    "/{id}/publication",
    response_model=CourseSessionRead,
    summary="Publish a draft: everyone sees it, and applications open with its window",
    dependencies=[may(Permission.RUN_SESSIONS)],
)
async def course_sessions_publish(session: Visible, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Publish a draft: everyone sees it, and applications open with its window."""
    return views.course_session(etag.stamp(await commands.publish(db, etag.fresh(session))), who)


async def to_change(id: UUID, db: Db, etag: Etag) -> CourseSession:
    """Locked, if that is still the version that the caller speaks of."""
    return etag.fresh(await locked_session(db, id))


ToChange = Annotated[CourseSession, Depends(to_change)]


@router.patch(
    "/{id}", response_model=CourseSessionRead, summary="Change a session", dependencies=[may(Permission.RUN_SESSIONS)]
)
async def course_sessions_change(
    session: ToChange, changes: CourseSessionUpdate, db: Db, etag: Etag, who: Caller
) -> CourseSessionRead:
    """Change a session. Fewer seats than are taken are refused, more go to the queue; moved meetings must not clash
    with other seats of those who are confirmed."""
    return views.course_session(etag.stamp(await commands.revise(db, who, session, changes)), who)


@router.post(
    "/{id}/closing",
    response_model=CourseSessionRead,
    summary="End the call for applications; after the last meeting, record that the session was held",
    dependencies=[may(Permission.RUN_SESSIONS)],
)
async def course_sessions_close(session: ToChange, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """End the call for applications; after the last meeting, record that the session was held. Whoever then still
    waits or was never approved was not selected."""
    return views.course_session(etag.stamp(await commands.close(db, who, session)), who)


@router.post(
    "/{id}/cancellation",
    response_model=CourseSessionRead,
    summary="Call a session off",
    dependencies=[may(Permission.RUN_SESSIONS)],
)
async def course_sessions_cancel(session: ToChange, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Call a session off. Whoever applied, waits or is confirmed is withdrawn with the reason `session_cancelled`,
    which is no no-show."""
    return views.course_session(etag.stamp(await commands.cancel(db, who, session)), who)


async def to_record(id: UUID, db: Db) -> CourseSession:
    return await locked_session(db, id)


@router.get(
    "/{id}/attendance",
    response_model=Page[AttendanceRead],
    summary="The sign-in sheets of a session, as far as the caller may see them",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def course_sessions_list_sheet(
    session: Visible,
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Caller,
) -> Page[AttendanceRead]:
    """The sign-in sheets of a session, as far as the caller may see them. Each line is one meeting of somebody who has
    a seat, with what was recorded."""
    rows = await pages.fetch_rows(attendance.attendance_at(who, session), query)
    return rows.page([attendance_views.attendance(row) for row in rows.rows])


@router.post(
    "/{id}/attendance",
    response_model=AttendanceSheetRead,
    summary="Record the sign-in sheet of one meeting: all lines or none, with each wrong line named",
    dependencies=[may(Permission.RECORD_ATTENDANCE)],
)
async def course_sessions_record_sheet(
    session: Annotated[CourseSession, Depends(to_record)], wanted: AttendanceSheet, db: Db, who: Caller
) -> AttendanceSheetRead:
    """Record the sign-in sheet of one meeting: all lines or none, with each wrong line named."""
    recorded = await attendance_commands.record_sheet(db, who, session, wanted)
    return AttendanceSheetRead(results=await enrollments(db, who, recorded))
