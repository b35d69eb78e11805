"""Every SELECT of sessions, and how one is shown to a caller."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.catalog.models import Course
from app.course_sessions import rules
from app.course_sessions.models import CourseSession
from app.course_sessions.rules import SessionStatus
from app.course_sessions.schemas import CourseSessionRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.listing import Also
from app.kit.problems import DomainError
from app.kit.reading import found
from app.kit.records import related

SEES_DRAFTS = {Permission.RUN_SESSIONS, Permission.READ_AUDIT}


def sessions() -> Select[CourseSession]:
    """Sessions with their course and meetings."""
    return select(CourseSession).options(
        joinedload(related(CourseSession.course)), selectinload(related(CourseSession.meetings))
    )


def visible_to(who: Principal) -> Select[CourseSession]:
    """A draft exists for those who run sessions, and for the auditor."""
    if who.permissions.intersection(SEES_DRAFTS):
        return sessions()
    return sessions().where(col(CourseSession.status) != SessionStatus.DRAFT)


async def locked_session(db: AsyncSession, session_id: UUID, otherwise: DomainError | None = None) -> CourseSession:
    """The session as it is now; whoever settles its seats, meetings or state next waits for us."""
    rows = sessions().with_for_update(of=CourseSession).execution_options(populate_existing=True)
    return await found(db, rows, col(CourseSession.id), session_id, otherwise)


async def course(db: AsyncSession, course_id: UUID, otherwise: DomainError) -> Course:
    return await found(db, select(Course), col(Course.id), course_id, otherwise)


def shown(session: CourseSession, who: Principal) -> CourseSessionRead:
    """The session with what can be done with it at this moment."""
    now, status = clock.now(), SessionStatus(session.status)
    opens, closes = session.application_opens_at, session.application_closes_at
    run = rules.session_actions(status, ends_at=session.ends_at, now=now)
    record = rules.sheet_actions(session.starts_at, seats_taken=session.seats_taken, now=now)
    actions = (run if who.may(Permission.RUN_SESSIONS) else []) + (
        record if who.may(Permission.RECORD_ATTENDANCE) else []
    )
    moment = {
        "accepts_applications": rules.is_open_for_application(status, opens, closes, now),
        "allowed_actions": actions,
    }
    return CourseSessionRead.model_validate(session, update=moment)


def all_shown(who: Principal) -> Also:
    async def show(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[CourseSessionRead]:
        return [shown(session, who) for session in rows]

    return show
