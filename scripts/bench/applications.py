"""The sessions for which the bench applies, and the people who can come to them."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app import tables
from app.kit import clock
from app.kit.settings import Settings
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, SessionMeeting
from scripts.bench.database import fetch

MOST_SESSIONS, MOST_APPLICANTS = 1000, 40_000
SEATS = MOST_APPLICANTS  # nobody waits

_COURSE = """
SELECT id FROM course c WHERE mode = 'applied' AND retired_on IS NULL
AND NOT EXISTS (SELECT FROM course_prerequisite p WHERE p.course_id = c.id) ORDER BY code LIMIT 1"""
_LAST = "SELECT max(ends_at) AS at FROM session_meeting"
_NOTE = "INSERT INTO bench.session (id, capacity, hot) SELECT id, $3, id = $2 FROM unnest($1::uuid[]) id"
_APPLICANTS = """
SELECT DISTINCT ON (a.employee_id) a.employee_id::text AS id, o.id AS account FROM admissions($1, $2) a
JOIN account o ON o.employee_id = a.employee_id WHERE a.can_come AND o.grants = '{employee}' LIMIT $3"""


def add_sessions(database: str, people: int) -> None:
    """Published sessions after all others, for which nobody needs approval, at the same time; one of them is hot."""
    tables.load()
    course = fetch(database, _COURSE)[0]["id"]
    last = fetch(database, _LAST)[0]["at"] or clock.now()
    number = max(16, min(MOST_SESSIONS, people // 100))
    made = [_session(course, max(last, clock.now()) + timedelta(days=14)) for _ in range(number + 1)]
    ids = [session.id for session in made]
    asyncio.run(_save(database, made))
    fetch(database, _NOTE, ids, ids[0], SEATS)


def _session(course: UUID, starts_at: Any) -> CourseSession:
    session = CourseSession(
        course_id=course,
        capacity=SEATS,
        application_opens_at=clock.now() - timedelta(days=1),
        application_closes_at=starts_at - timedelta(hours=1),
        needs_approval=False,
        fiscal_year=clock.fiscal_year(clock.day_of(starts_at)),
        status=SessionStatus.PUBLISHED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
    )
    session.meetings = [
        SessionMeeting(course_session_id=session.id, starts_at=session.starts_at, ends_at=session.ends_at)
    ]
    return session


async def _save(database: str, made: Sequence[CourseSession]) -> None:
    engine = create_async_engine(Settings(database_url=database).url)
    async with AsyncSession(engine) as db:
        db.add_all(made)
        await db.commit()
    await engine.dispose()


def applicants(database: str, session: str) -> list[Mapping[str, Any]]:
    """People who are employed, present and free, with their accounts; in any order, the same in each run."""
    found = fetch(database, _APPLICANTS, UUID(session), clock.today(), MOST_APPLICANTS)
    random.Random(1).shuffle(found)  # noqa: S311 - no secret
    return found
