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
    Reopening,
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
from app.seats.queries import locked_session, session_to_change

MayReadPolicy = may(Permission.READ_POLICY)
MayRecordAttendance = may(Permission.RECORD_ATTENDANCE)
MayRunSessions = may(Permission.RUN_SESSIONS)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(prefix="/course_sessions", tags=["course_sessions"])


async def visible_session(id: UUID, db: Db, who: Caller) -> CourseSession:
    return await one_or_404(db, queries.visible_to(who), col(CourseSession.id), id)


Visible = Annotated[CourseSession, Depends(visible_session)]


@router.get("", summary="List sessions", dependencies=[MayReadPolicy])
async def course_sessions_list(
    query: Annotated[CourseSessionQuery, Query()], pages: Pages, who: Caller
) -> Page[CourseSessionRead]:
    """Sessions by course, skill, time and free seats. Only those who run sessions and the auditor see drafts."""
    rows = await pages.fetch(queries.visible_to(who), query)
    return rows.page([views.course_session(row, who) for row in rows.rows])


@router.post("", summary="Create a session as a draft", status_code=201, dependencies=[MayRunSessions])
async def course_sessions_plan(planned: CourseSessionCreate, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Create a draft. The fiscal year follows from the first meeting's day in Tokyo; if sent, it must match."""
    return views.course_session(etag.created(await commands.plan(db, planned)), who)


@router.get("/{id}", summary="Get a session", dependencies=[MayReadPolicy])
async def course_sessions_read(session: Visible, etag: Etag, who: Caller) -> CourseSessionRead:
    """The session with its meetings, seats and the length of its waiting list."""
    return views.course_session(etag.stamp(session), who)


@router.delete("/{id}", summary="Delete a draft", status_code=204, dependencies=[MayRunSessions])
async def course_sessions_discard(session: Visible, db: Db, etag: Etag) -> None:
    """Only drafts can be deleted; cancel a published session instead."""
    await commands.discard(db, etag.fresh(session))


@router.post("/{id}/publication", summary="Publish a session", dependencies=[MayRunSessions])
async def course_sessions_publish(session: Visible, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Publish a draft: everyone sees it, and it accepts applications within its window. The course must not be retired
    at the first meeting."""
    return views.course_session(etag.stamp(await commands.publish(db, etag.fresh(session))), who)


async def to_change(id: UUID, db: Db, etag: Etag) -> CourseSession:
    """Locked, if it is still the version of the caller's If-Match."""
    return etag.fresh(await session_to_change(db, id))


ToChange = Annotated[CourseSession, Depends(to_change)]


@router.patch("/{id}", summary="Change a session", dependencies=[MayRunSessions])
async def course_sessions_change(
    session: ToChange, changes: CourseSessionUpdate, db: Db, etag: Etag, who: Caller
) -> CourseSessionRead:
    """The capacity cannot fall below the seats taken; additional seats go to the waiting list. Moved meetings must not
    clash with other seats of the participants, whose seats then need a new confirmation. Results are assessed again by
    the meetings as they are then, apart from those that a person decided; while a meeting lies ahead, nobody has a
    result. To move the application window of a closed session, reopen it."""
    return views.course_session(etag.stamp(await commands.change(db, who, session, changes)), who)


@router.post("/{id}/closing", summary="Close a session", dependencies=[MayRunSessions])
async def course_sessions_close(session: ToChange, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """End applications; after the last meeting, mark the session as held. Applications that are still pending then
    become `not_selected`."""
    return views.course_session(etag.stamp(await commands.close(db, who, session)), who)


@router.post("/{id}/reopening", summary="Reopen a session", dependencies=[MayRunSessions])
async def course_sessions_reopen(
    session: ToChange,
    db: Db,
    etag: Etag,
    who: Caller,
    reopening: Reopening = Reopening(),  # noqa: B008 - FastAPI reads the default body here
) -> CourseSessionRead:
    """Accept applications again until `application_closes_at`, which can be moved at the same time; before the first
    meeting only."""
    return views.course_session(etag.stamp(await commands.reopen(db, who, session, reopening)), who)


@router.post("/{id}/cancellation", summary="Cancel a session", dependencies=[MayRunSessions])
async def course_sessions_cancel(session: ToChange, db: Db, etag: Etag, who: Caller) -> CourseSessionRead:
    """Enrollments that are applied, waitlisted, confirmed or have a result become `withdrawn` with the reason
    `session_cancelled`, which does not count as a no-show; evidence of completions is revoked from its first day."""
    return views.course_session(etag.stamp(await commands.cancel(db, who, session)), who)


async def to_record(id: UUID, db: Db) -> CourseSession:
    return await locked_session(db, id)


@router.get("/{id}/attendance", summary="List the attendance of a session", dependencies=[IsSignedIn])
async def course_sessions_list_attendance(
    session: Visible,
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Caller,
) -> Page[AttendanceRead]:
    """One row for each meeting and each visible person with a seat, with attendance if recorded; of people whose seat
    has ended, the meetings recorded before."""
    rows = await pages.fetch_rows(
        attendance.attendance_at_session(who), query, who.as_of_today, course_session_id=session.id
    )
    return rows.page([attendance_views.attendance(row) for row in rows.rows])


@router.post(
    "/{id}/attendance", summary="Record the attendance sheet of one meeting", dependencies=[MayRecordAttendance]
)
async def course_sessions_record_attendance(
    session: Annotated[CourseSession, Depends(to_record)], sheet: AttendanceSheet, db: Db, who: Caller
) -> AttendanceSheetRead:
    """All lines are recorded or none; the error names every wrong line."""
    recorded = await attendance_commands.record_sheet(db, who, session, sheet)
    return AttendanceSheetRead(results=await enrollments(db, who, recorded))
