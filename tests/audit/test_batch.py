"""Rows of several tables written in one statement are those of a flush, and so is their log."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit import batch
from app.audit.models import AuditEntry
from app.catalog.enums import EnrollmentMode
from app.kit import clock
from app.kit.records import Record
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import account_of
from tests.people import given as people

pytestmark = pytest.mark.usefixtures("built")  # which installs the log
NOON = datetime(2026, 4, 1, 12, 0, 0, 123456, UTC)
TIMES: dict[str, Any] = {"created_at": NOON, "updated_at": NOON}


async def rows_for(db: AsyncSession, session: CourseSession) -> list[Record]:
    """Of three tables, with values of each kind, some of them awkward."""
    person, account = await people.employee(db), await account_of(db, "training", None)
    enrollment = Enrollment(
        course_session_id=session.id,
        employee_id=person.id,
        mode=EnrollmentMode.APPLIED,
        submitted_by=account.id,
        status=EnrollmentStatus.CONFIRMED,
        reason='"引用符", \\ {1,2} 😀\u2028',
        confirmed_at=NOON,
        confirmed_section_ids=[account.id, session.id],
        confirmed_leave_days=[date(2026, 4, 1), date(2027, 4, 1)],
        confirmed_out_of_target=True,
        score=-3,
        terms={"levels": {"a": 1}, "rule": [None, 0.5, "}"]},
        **TIMES,
    )
    refers: dict[str, Any] = {"enrollment_id": enrollment.id, **TIMES}
    event = EnrollmentEvent(by=account.id, to_status=EnrollmentStatus.CONFIRMED, to_score=7, at=NOON, **refers)
    bookings = [
        Booking(session_meeting_id=one.id, employee_id=person.id, during=Range(one.starts_at, one.ends_at), **refers)
        for one in session.meetings
    ]
    return [enrollment, event, *bookings]


async def stored(db: AsyncSession, row: Record) -> dict[str, object]:
    """The row as it is in its table, and its log."""
    table = type(row).__table__  # type: ignore[attr-defined]
    columns = (await db.execute(select(table).where(table.c.id == row.id))).mappings().one()
    entries = await db.scalars(select(AuditEntry).where(col(AuditEntry.record_id) == row.id))
    return {**columns, "log": [entry.model_dump(exclude={"id", "at"}) for entry in entries]}


async def comparable(db: AsyncSession, row: Record, rows: list[Record]) -> str:
    """What is stored, with places instead of the ids that differ."""
    text = repr(await stored(db, row))
    enrollment = next(each for each in rows if isinstance(each, Enrollment))
    for number, each in enumerate((row.id, enrollment.id, enrollment.employee_id)):
        text = text.replace(str(each), f"<{number}>")
    return text


async def test_rows_and_their_log_are_those_of_a_flush(db: AsyncSession) -> None:
    await people.ranks(db)
    meetings = [clock.now() + n * sessions.DAY for n in (30, 31)]
    session = await sessions.session(db, await catalog.course(db), *meetings)
    flushed, in_one = await rows_for(db, session), await rows_for(db, session)
    db.add_all(flushed)
    await db.flush()
    await batch.add(db, in_one)
    for one, other in zip(flushed, in_one, strict=True):
        assert await comparable(db, one, flushed) == await comparable(db, other, in_one)
    logged = [row for row in in_one if (await stored(db, row))["log"]]
    assert logged == [row for row in in_one if not isinstance(row, EnrollmentEvent)]
