"""When trainings run: sessions of the last and this fiscal year, and some open for application today."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from math import ceil
from typing import Final, NamedTuple
from uuid import UUID

from app.kit import clock
from app.seats.enums import SessionStatus
from scripts.city import rows
from scripts.city.ids import Ids

_LONGEST_MEETING: Final = 240

_SATURDAY: Final = 5

_MORNING, _AFTERNOON = time(9), time(13)

_SPREAD_OVER: Final = 15

_DAYS: Final = [timedelta(days=n) for n in range(2 * _SPREAD_OVER)]


class Course(NamedTuple):
    """A course of the policy, with what the generator needs."""

    id: UUID
    code: str
    minutes: int
    designated: bool
    online: bool
    skills: tuple[str, ...]
    until_fiscal_year_end: bool


class Plan(NamedTuple):
    """How a course runs each year: audience, seats, months; `runs` sessions a month for 3,600 people."""

    course: str
    audience: str
    seats: int
    months: tuple[int, ...]
    runs: float = 1
    open_demand: float = 0
    """Applications per seat for one more session that is open today; 0: there is no such session."""


# BPR has not been offered yet, and design thinking rarely: gaps for the demonstration to close.
PLANS: Final = (
    Plan("DX-101", "everyone", 300, (5,)),
    Plan("SEC-101", "everyone", 300, (6,)),
    Plan("MGR-201", "department_heads", 40, (7,)),
    Plan("MGR-202", "section_heads", 50, (7, 8)),
    Plan("LDR-301", "leaders", 40, (8,), open_demand=1),
    Plan("LDR-302", "leaders", 40, (9,)),
    Plan("LDR-303", "leaders", 60, (11,)),
    Plan("ADV-401", "advisors", 30, (9,)),
    Plan("DAT-201", "map", 40, (6, 9, 11, 1), runs=2, open_demand=0.8),
    Plan("DES-201", "map", 24, (10, 2), open_demand=1.6),
    Plan("AI-201", "technical", 30, (9, 12), open_demand=0.5),
    Plan("TOOL-101", "everyone", 40, (5, 10), runs=2),
    Plan("TOOL-102", "everyone", 60, (6, 12)),
    Plan("OFF-101", "everyone", 30, (6, 11), runs=2),
    Plan("OFF-102", "everyone", 30, (7, 1)),
    Plan("ITP-101", "map", 50, (7,)),
    Plan("BPR-201", "change", 20, (), open_demand=0.6),
)


@dataclass
class Session:
    """A session with its meetings."""

    course: Course
    row: rows.CourseSession
    meetings: list[rows.SessionMeeting] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return self.row.status == SessionStatus.HELD

    @cached_property
    def day(self) -> date:
        return clock.day_of(self.row.starts_at)

    @cached_property
    def last_day(self) -> date:
        return clock.day_of(self.row.ends_at)


class Timetable:
    """Places sessions in mornings and afternoons of the working days after a plan's day."""

    def __init__(self, today: date, ids: Ids) -> None:
        self._today, self._ids = today, ids
        self._now = datetime.combine(today, time(12), clock.TOKYO)
        self._begun: Counter[date] = Counter()

    def months(self, plan: Plan, year: int) -> Iterator[date]:
        for month in plan.months:
            yield date(year + (month < 4), month, 8)

    def open_day(self) -> date:
        return self._today + timedelta(days=40)

    def session(self, course: Course, seats: int, from_day: date) -> Session:
        """A session soon after `from_day`; a long course has more meetings, a week apart."""
        count = ceil(course.minutes / _LONGEST_MEETING)
        begins = self._next(from_day)
        length = timedelta(minutes=course.minutes // count)
        times = [(begins + week, begins + week + length) for week in (timedelta(weeks=n) for n in range(count))]
        key = self._ids()
        row = rows.CourseSession(
            key, course.id, clock.fiscal_year(begins.date()), seats,
            self._at(begins, days=75, hour=9), self._at(begins, days=7, hour=17), self._at(begins, days=1, hour=17),
            not course.designated, self._status(times), begins, times[-1][1],
        )  # fmt: skip
        place, url = (None, "https://learning.city.example/") if course.online else ("本庁舎 研修室", None)
        meetings = [rows.SessionMeeting(self._ids(), key, start, end, place, url) for start, end in times]
        return Session(course, row, meetings)

    def _next(self, day: date) -> datetime:
        """The next half-day within three weeks; a large city then runs sessions in parallel."""
        days, afternoon = divmod(self._begun[day], 2)
        self._begun[day] += 1
        working = (later for later in map(day.__add__, _DAYS) if later.weekday() < _SATURDAY)
        chosen = next(islice(working, days % _SPREAD_OVER, None))
        return datetime.combine(chosen, _AFTERNOON if afternoon else _MORNING, clock.TOKYO)

    def _status(self, times: list[tuple[datetime, datetime]]) -> SessionStatus:
        if times[-1][1] < self._now:
            return SessionStatus.HELD
        return SessionStatus.CLOSED if self._at(times[0][0], days=7, hour=17) <= self._now else SessionStatus.PUBLISHED

    @staticmethod
    def _at(begins: datetime, *, days: int, hour: int) -> datetime:
        return datetime.combine(begins.date() - timedelta(days=days), time(hour), clock.TOKYO)
