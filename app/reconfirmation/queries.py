"""Seats that are over before their session has started, with the locks that releasing them needs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.reconfirmation.functions import IS_FLAGGED, is_ahead
from app.seats.functions import HAS_FREE_SEAT, admissions, published_today
from app.seats.models import CourseSession, Enrollment
from app.seats.queries import lock_sessions, sessions, waited_for
from app.seats.rules import LEFT, NOT_RECONFIRMED, PENDING


async def locked_sessions(db: AsyncSession, release_days: int | None) -> Mapping[UUID, CourseSession]:
    """Sessions in which something is over or somebody waits beside a free seat, and those for which the people wait who
    are released; by id, locked."""
    over = col(Enrollment.id).in_(await _due(db, release_days))
    waited = waited_for(select(col(Enrollment.employee_id)).where(over))
    with_room = select(col(CourseSession.id)).where(is_ahead(), HAS_FREE_SEAT, col(CourseSession.waitlist_length) > 0)
    wanted = select(col(Enrollment.course_session_id)).where(over).union(waited, with_room)
    if not (await db.scalars(wanted.limit(1))).first():
        return {}
    await lock_sessions(db, wanted)
    rows = sessions().where(col(CourseSession.id).in_(wanted)).order_by(col(CourseSession.id))
    found = await db.scalars(rows.execution_options(populate_existing=True))
    return {session.id: session for session in found}


async def due_in(
    db: AsyncSession, those: Collection[UUID], release_days: int | None
) -> Sequence[tuple[Enrollment, str]]:
    """Enrollments in these sessions that are over before the session has started, with the reason."""
    due = await _due(db, release_days)
    rows = select(Enrollment).where(col(Enrollment.id).in_(due), col(Enrollment.course_session_id).in_(those))
    found = await db.scalars(rows.order_by(col(Enrollment.id)).execution_options(populate_existing=True))
    return [(enrollment, due[enrollment.id]) for enrollment in found]


async def _due(db: AsyncSession, release_days: int | None) -> Mapping[UUID, str]:
    """Who leaves, and seats that need a new confirmation if the session starts within so many days."""
    ahead = (
        select(col(Enrollment.id))
        .join(CourseSession, col(CourseSession.id) == col(Enrollment.course_session_id))
        .where(is_ahead(), col(Enrollment.status).in_(PENDING))
    )
    admission = admissions(col(Enrollment.course_session_id))
    theirs = admission.c.employee_id == col(Enrollment.employee_id)
    left = await db.scalars(ahead.join(admission, theirs).where(~admission.c.employed), published_today().params)
    due = dict.fromkeys(left, LEFT)
    if release_days is None:
        return due
    close = col(CourseSession.starts_at) < clock.start_of(clock.today() + timedelta(days=release_days + 1))
    unconfirmed = await db.scalars(ahead.where(close, IS_FLAGGED), {"today": clock.today(), "now": clock.now()})
    return dict.fromkeys(unconfirmed, NOT_RECONFIRMED) | due
