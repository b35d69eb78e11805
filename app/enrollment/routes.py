from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.course_sessions.models import CourseSession
from app.course_sessions.queries import locked_session, shown
from app.course_sessions.schemas import CourseSessionRead, CourseSessionUpdate
from app.enrollment import commands
from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.routing import Router

Runner = Annotated[Principal, may(Permission.RUN_SESSIONS)]

router = Router(prefix="/course_sessions", tags=["course_sessions"])


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
    return shown(etag.stamp(await commands.revise_session(db, who, session, changes)), who)


@router.post("/{id}/closing", response_model=CourseSessionRead)
async def close_session(session: ToChange, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """End the call for applications; after the last meeting, record that the session was held. Whoever then still
    waits or was never approved was not selected."""
    return shown(etag.stamp(await commands.close_session(db, who, session)), who)


@router.post("/{id}/cancellation", response_model=CourseSessionRead)
async def cancel_session(session: ToChange, db: Db, etag: Etag, who: Runner) -> CourseSessionRead:
    """Call a session off. Whoever applied, waits or is confirmed is withdrawn with the reason `session_cancelled`,
    which is no no-show."""
    return shown(etag.stamp(await commands.cancel_session(db, who, session)), who)
