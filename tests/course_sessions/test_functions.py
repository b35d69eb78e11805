"""The SQL of course sessions compared with the rules."""

from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.course_sessions import functions
from app.kit.records import add
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from app.seats.rules import accepts_applications
from tests.catalog import given as catalog

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)

HOUR = timedelta(hours=1)


async def test_sql_and_rule_agree_on_which_sessions_accept_applications(db: AsyncSession) -> None:
    dice, course = Random(20260601), await catalog.course(db)
    sessions = []
    for _ in range(200):
        opens, length, wait = dice.randint(-4, 2), dice.randint(1, 4), dice.randint(0, 3)
        closes_at = NOW + (opens + length) * HOUR
        session = CourseSession(
            course_id=course.id,
            fiscal_year=2026,
            capacity=1,
            status=dice.choice(list(SessionStatus)),
            application_opens_at=NOW + opens * HOUR,
            application_closes_at=closes_at,
            starts_at=closes_at + wait * HOUR,
            ends_at=closes_at + (wait + 1) * HOUR,
        )
        sessions.append(await add(db, session))
    by_rule = {
        session.id: accepts_applications(
            session.status, session.application_opens_at, session.application_closes_at, NOW
        )
        for session in sessions
    }
    assert len(set(by_rule.values())) == 2
    accepting = await db.scalars(select(col(CourseSession.id)).where(functions.ACCEPTS_APPLICATIONS), {"now": NOW})
    assert set(accepting) == {session_id for session_id, accepts in by_rule.items() if accepts}
