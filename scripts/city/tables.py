"""Bulk loading with COPY, with all constraints and triggers enabled."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from scripts.city import rows
from scripts.city.generate import City

_STAMPS: Final = ("created_at", "updated_at", "row_version")
_BATCH: Final = 20_000


class Table(NamedTuple):
    """Rows for a table, with their columns in order."""

    name: str
    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]
    stamped: bool = True


def tables(city: City, password_hash: str, now: datetime) -> list[Table]:
    """The city's rows as of `now`, each after the rows that it refers to; all accounts have the same password."""
    people, trainings, surveys = city.personnel, city.trainings, city.questionnaires
    accounts = [(*row, password_hash) for row in people.accounts]
    bookings = [row._replace(during=asyncpg.Range(*row.during)) for row in trainings.bookings]
    return [
        _published("employee", people.employees, now),
        Table("account", (*rows.Account._fields, "password_hash"), accounts),
        Table("employee_number", rows.EmployeeNumber._fields, people.numbers),
        _published("employment", people.employments, now),
        _published("post", people.posts, now),
        _published("absence", people.absences, now),
        Table("role_assignment", rows.RoleAssignment._fields, city.leaders),
        Table("course_session", rows.CourseSession._fields, trainings.sessions),
        Table("session_meeting", rows.SessionMeeting._fields, trainings.meetings),
        Table("enrollment", rows.Enrollment._fields, trainings.enrollments),
        Table("enrollment_event", rows.EnrollmentEvent._fields, trainings.events),
        Table("booking", rows.Booking._fields, bookings),
        Table("skill_record", rows.SkillRecord._fields, trainings.records),
        Table("qualification_award", rows.QualificationAward._fields, city.awards),
        Table("survey", rows.Survey._fields, surveys.surveys),
        Table("survey_question", rows.SurveyQuestion._fields, surveys.questions),
        Table("survey_participation", rows.SurveyParticipation._fields, surveys.participations, stamped=False),
        Table("survey_response", rows.SurveyResponse._fields, surveys.responses, stamped=False),
    ]


def _published(
    name: str, written: Sequence[rows.Employee | rows.Employment | rows.Post | rows.Absence], now: datetime
) -> Table:
    """Rows of which others than personnel officers know since `now`."""
    return Table(name, (*written[0]._fields, "public_updated_at") if written else (), [(*row, now) for row in written])


class Copier:
    """Copies into tables through the driver's connection, inside the session's transaction."""

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver
        now = clock.now()
        self._stamps = (now, now, 1)

    @classmethod
    async def of(cls, db: AsyncSession) -> "Copier":
        connection = await db.connection()
        await connection.execute(text("SELECT 1"))  # SQLAlchemy begins the transaction with its first statement
        driver = (await connection.get_raw_connection()).driver_connection
        return cls(driver)

    async def copy(self, table: Table) -> AsyncIterator[int]:
        """Copy the rows in batches; yields the size of each."""
        columns = (*table.columns, *_STAMPS) if table.stamped else table.columns
        stamps = self._stamps if table.stamped else ()
        for batch in _batches(table.rows):
            records = [(*row, *stamps) for row in batch]
            await self._driver.copy_records_to_table(table.name, records=records, columns=columns)
            yield len(batch)


def _batches(rows: Sequence[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
