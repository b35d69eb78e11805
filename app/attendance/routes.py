from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.applications.queries import described, shown
from app.applications.schemas import EnrollmentRead
from app.attendance import commands, queries
from app.attendance.schemas import (
    AttendanceFields,
    AttendanceQuery,
    AttendanceRead,
    Completion,
    Sheet,
    SheetRead,
)
from app.course_sessions.models import CourseSession
from app.course_sessions.queries import locked_session
from app.course_sessions.queries import visible_to as sessions_visible_to
from app.enrollment.models import Enrollment
from app.enrollment.queries import locked, visible_to
from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Listing, Page, Pages
from app.kit.reading import found
from app.kit.routing import Router

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]
Recorder = Annotated[Principal, may(Permission.RECORD_ATTENDANCE)]

router = Router(tags=[])
enrollments = Router(prefix="/enrollments", tags=["enrollments"])
sessions = Router(prefix="/course_sessions", tags=["course_sessions"])


async def visible(id: UUID, db: Db, who: Reader) -> Enrollment:
    return await found(db, visible_to(who), col(Enrollment.id), id)


async def visible_session(id: UUID, db: Db, who: Reader) -> CourseSession:
    return await found(db, sessions_visible_to(who), col(CourseSession.id), id)


async def to_judge(id: UUID, db: Db, who: Recorder, etag: Etag) -> Enrollment:
    return etag.fresh(await locked(db, who, id))


async def to_record(id: UUID, db: Db, _who: Recorder) -> CourseSession:
    return await locked_session(db, id)


ToJudge = Annotated[Enrollment, Depends(to_judge)]


@enrollments.get("/{id}/attendance", response_model=Page[AttendanceRead])
async def list_attendance(
    enrollment: Annotated[Enrollment, Depends(visible)],
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Reader,
) -> Listing:
    """The meetings of an enrollment that has a seat, each with what was recorded."""
    return await pages.fetch(queries.attendance_of(who, enrollment), query)


@enrollments.post("/{id}/attendance", response_model=EnrollmentRead)
async def record_attendance(
    enrollment: ToJudge, wanted: AttendanceFields, db: Db, etag: Etag, who: Recorder
) -> EnrollmentRead:
    """Record or correct attendance of one meeting, from twelve hours before it. If the enrollment was judged by the
    course's rule already, it is judged anew: evidence is given or taken back, and the history says so."""
    return etag.stamp(await shown(db, who, await commands.record(db, who, enrollment, wanted)))


@enrollments.post("/{id}/completion", response_model=EnrollmentRead)
async def complete(enrollment: ToJudge, wanted: Completion, db: Db, etag: Etag, who: Recorder) -> EnrollmentRead:
    """Judge by the course's rule once no meeting without attendance lies ahead, or decide otherwise with a reason.
    Completion becomes evidence for the course's skills from `completed_on` (default: today in Tokyo)."""
    return etag.stamp(await shown(db, who, await commands.complete(db, who, enrollment, wanted)))


@sessions.get("/{id}/attendance", response_model=Page[AttendanceRead])
async def list_sheet(
    session: Annotated[CourseSession, Depends(visible_session)],
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Reader,
) -> Listing:
    """The sign-in sheets of a session, as far as the caller may see them. Each line is one meeting of somebody who has
    a seat, with what was recorded."""
    return await pages.fetch(queries.attendance_at(who, session), query)


@sessions.post("/{id}/attendance", response_model=SheetRead)
async def record_sheet(
    session: Annotated[CourseSession, Depends(to_record)], wanted: Sheet, db: Db, who: Recorder
) -> SheetRead:
    """Record the sign-in sheet of one meeting: all lines or none, with each wrong line named."""
    recorded = await commands.record_sheet(db, who, session, wanted)
    return SheetRead(results=list(await described(who)(db, recorded)))


for part in (enrollments, sessions):
    router.include_router(part)
