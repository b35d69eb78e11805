"""Conditions that Python writes out, against the database functions of the same name."""

from datetime import date, timedelta
from itertools import product

from sqlalchemy import Date, column, func, literal, select, values
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import in_force

DAYS = [date(2026, 3, 31) + timedelta(offset) for offset in range(5)]


async def test_in_force_is_the_same_in_python_and_in_the_database(db: AsyncSession) -> None:
    """For all periods of a few days, open ones and empty ones too, on all of those days."""
    names = ("valid_from", "valid_to", "day")
    periods = values(*(column(name, Date) for name in names), name="periods").data(
        list(product([*DAYS, None], [*DAYS, None], DAYS))
    )
    start, end, day = periods.c.valid_from, periods.c.valid_to, periods.c.day
    rows = await db.execute(select(start, end, day, in_force(start, end, day), func.in_force(start, end, day)))
    results = [tuple(row) for row in rows]
    assert len(results) == 6 * 6 * 5
    for valid_from, valid_to, on, by_condition, by_function in results:
        expected = None if valid_from is None else valid_from <= on and (valid_to is None or on < valid_to)
        assert bool(by_condition) is bool(by_function) is bool(expected), (valid_from, valid_to, on)


async def test_in_force_binds_a_day(db: AsyncSession) -> None:
    start, end = literal(DAYS[1], Date), literal(DAYS[3], Date)
    results = [await db.scalar(select(in_force(start, end, day))) for day in DAYS]
    assert results == [False, True, True, False, False]
