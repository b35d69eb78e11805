"""The service's only clock. Days are days in Tokyo. Rules do not read it: they are given the time."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
_FISCAL_YEAR_STARTS = 4


_source: Callable[[], datetime] = partial(datetime.now, UTC)


def now() -> datetime:
    return _source()


def today() -> date:
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Tokyo at an instant: 1 April for 2025-03-31T23:30Z."""
    return instant.astimezone(TOKYO).date()


def start_of(day: date) -> datetime:
    """The instant at which the day begins in Tokyo."""
    return datetime.combine(day, time(), TOKYO)


def fiscal_year(day: date) -> int:
    """April 2026 to March 2027 is 2026."""
    return day.year - (day.month < _FISCAL_YEAR_STARTS)


def fiscal_year_start(year: int) -> date:
    return date(year, _FISCAL_YEAR_STARTS, 1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day: 29 February plus 12 months is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def full_years(start: date, day: date) -> int:
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


@contextmanager
def travel(instant: datetime) -> Iterator[None]:
    """Stop the clock at an instant; for tests."""
    global _source  # noqa: PLW0603 - the one clock is a global by intent
    before, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = before
