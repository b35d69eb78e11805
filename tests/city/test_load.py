"""A small city, loaded into the database, is consistent by the rules of the register."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from scripts.city.load import is_loaded, load

pytestmark = pytest.mark.slow  # each makes or loads a whole city


@pytest.fixture
async def loaded(db: AsyncSession) -> AsyncSession:
    await load(db, 60, seed=1, today=clock.today(), report=lambda _stage, _done, _total: None)
    return db


async def number(db: AsyncSession, sql: str) -> Any:
    return await db.scalar(text(sql), {"today": clock.today()})


async def test_sixty_people_serve_today_each_with_one_primary_unit(loaded: AsyncSession) -> None:
    assert await number(loaded, "SELECT count(*) FROM workforce_on(:today, :today)") == 60
    assert await number(loaded, "SELECT count(*) FROM workforce_on(:today, :today) WHERE org_unit_id IS NULL") == 0
    assert 0 < await number(loaded, "SELECT count(*) FROM workforce_on(:today, :today) WHERE in_scope") < 60


async def test_every_role_of_the_policy_has_holders(loaded: AsyncSession) -> None:
    held = set(await loaded.scalars(text("SELECT role_code FROM roles_on(:today, :today)"), {"today": clock.today()}))
    assert {"manager", "leader", "advisor", "general", "childcare"} == held


async def test_seats_counted_by_the_database_are_those_of_the_enrollments(loaded: AsyncSession) -> None:
    drift = """
        SELECT count(*) FROM course_session s WHERE seats_taken <> (
            SELECT count(*) FROM enrollment e WHERE e.course_session_id = s.id
              AND e.status IN ('confirmed', 'completed', 'not_completed', 'absent'))
    """
    assert await number(loaded, drift) == 0
    assert await number(loaded, "SELECT sum(seats_taken) FROM course_session") > 0


async def test_posts_are_within_the_periods_of_their_unit_and_employment(loaded: AsyncSession) -> None:
    outside = """
        SELECT count(*) FROM post p JOIN org_unit u ON u.id = p.org_unit_id
        WHERE NOT daterange(u.valid_from, u.valid_to) @> daterange(p.valid_from, p.valid_to)
           OR NOT daterange(p.valid_from, p.valid_to) <@ (
               SELECT range_agg(daterange(e.valid_from, e.valid_to)) FROM employment e
               WHERE e.employee_id = p.employee_id)
    """
    assert await number(loaded, outside) == 0


async def test_is_loaded_distinguishes_a_loaded_database_from_an_empty_one(db: AsyncSession) -> None:
    assert not await is_loaded(db)
    await load(db, 30, seed=1, today=clock.today(), report=lambda _stage, _done, _total: None)
    assert await is_loaded(db)
