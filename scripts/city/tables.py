"""Set-based writing: COPY into a table, with every constraint and trigger on."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from scripts.city import rows
from scripts.city.city import City

_STAMPS: Final = ("created_at", "updated_at", "version")
_AT_ONCE: Final = 20_000


class Table(NamedTuple):
    """Rows for a table; `columns` are named as the rows' members."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Any]
    stamped: bool = True


def tables(city: City, password_hash: str) -> list[Table]:
    """What `inhabit` made, in an order in which every reference finds its row; all accounts have one password."""
    people, trained, asked = city.personnel, city.trainings, city.questionnaires
    accounts = [(*row, password_hash) for row in people.accounts]
    bookings = [row._replace(during=asyncpg.Range(*row.during)) for row in trained.bookings]
    return [
        Table("employee", rows.Employee._fields, people.employees),
        Table("account", (*rows.Account._fields, "password_hash"), accounts),
        Table("employee_number", rows.NumberHeld._fields, people.numbers),
        Table("employment", rows.Employment._fields, people.employments),
        Table("post", rows.Post._fields, people.posts),
        Table("absence", rows.Absence._fields, people.absences),
        Table("role_assignment", rows.RoleAssignment._fields, city.leaders),
        Table("course_session", rows.CourseSession._fields, trained.sessions),
        Table("session_meeting", rows.SessionMeeting._fields, trained.meetings),
        Table("enrollment", rows.Enrollment._fields, trained.enrollments),
        Table("enrollment_event", rows.EnrollmentEvent._fields, trained.events),
        Table("booking", rows.Booking._fields, bookings),
        Table("skill_record", rows.SkillRecord._fields, trained.records),
        Table("qualification_award", rows.QualificationAward._fields, city.awards),
        Table("survey", rows.Survey._fields, asked.surveys),
        Table("survey_question", rows.SurveyQuestion._fields, asked.questions),
        Table("survey_participation", rows.SurveyParticipation._fields, asked.participations, stamped=False),
        Table("survey_sheet", rows.SurveySheet._fields, asked.sheets, stamped=False),
    ]


class Copier:
    """Copies into tables through the driver's own connection, inside the session's transaction."""

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver
        now = clock.now()
        self._stamps = (now, now, 1)

    @classmethod
    async def of(cls, db: AsyncSession) -> "Copier":
        connection = await db.connection()
        await connection.execute(text("SELECT 1"))  # the transaction begins with a statement of SQLAlchemy's own
        driver = (await connection.get_raw_connection()).driver_connection
        return cls(driver)

    async def copy(self, table: Table, written: Callable[[int], None]) -> None:
        """All rows of a table, reporting how many are in after each part."""
        columns = (*table.columns, *_STAMPS) if table.stamped else table.columns
        stamps = self._stamps if table.stamped else ()
        for part in _parts(table.rows):
            records = [(*row, *stamps) for row in part]
            await self._driver.copy_records_to_table(table.name, records=records, columns=columns)
            written(len(part))


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while part := list(islice(remaining, _AT_ONCE)):
        yield part
