"""Sessions changed under the lock of their row."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.errors import DuplicateEntry
from app.catalog.models import Course
from app.course_sessions import commands
from app.course_sessions.errors import CapacityBelowSeatsTaken, FiscalYearMismatch, SessionSettled
from app.course_sessions.schemas import CourseSessionUpdate
from app.identity.principal import Principal
from app.identity.queries import principal
from app.kit import clock
from app.kit.settings import Settings
from app.seats import queries
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from tests.catalog import given as catalog
from tests.course_sessions import given
from tests.course_sessions.given import at
from tests.fixtures import PERSONNEL, account_of

JUNE = date(2026, 6, 10)

PLAN: dict[str, Any] = {
    "capacity": 20,
    "application_opens_at": "2026-04-20T09:00:00+09:00",
    "application_closes_at": "2026-05-29T17:00:00+09:00",
    "withdrawal_closes_at": "2026-06-09T17:00:00+09:00",
    "meetings": [
        {"starts_at": "2026-06-17T13:00:00+09:00", "ends_at": "2026-06-17T16:00:00+09:00", "place": "第3会議室"},
        {
            "starts_at": "2026-06-10T13:00:00+09:00",
            "ends_at": "2026-06-10T16:00:00+09:00",
            "url": "https://x.example/1",
        },
    ],
}


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    await catalog.skills(db, "dx_basics")
    return await catalog.course(db, "AP1-DX", "dx_basics", title="DX基礎研修")


async def changed(db: AsyncSession, session: CourseSession, **changes: Any) -> CourseSession:
    """Change as the route does, under the row's lock."""
    locked = await queries.locked_session(db, session.id)
    return await commands.change(db, await office(db), locked, CourseSessionUpdate.model_validate(changes))


async def office(db: AsyncSession) -> Principal:
    """The training office as the caller."""
    account = await account_of(db, "training", None)
    who = await principal(db, account.id, clock.today(), PERSONNEL, Settings(embedded_url="postgresql://embedded"))
    assert who is not None
    return who


async def test_a_change_keeps_meetings_sent_with_their_id(course: Course, db: AsyncSession) -> None:
    session = await given.session(db, course, at(JUNE, 9), at(JUNE, 13))
    kept, dropped = session.meetings
    version = session.row_version
    moved = {"id": str(kept.id), "starts_at": at(JUNE, 14), "ends_at": at(JUNE, 15)}
    added = {"starts_at": at(date(2027, 4, 1), 9), "ends_at": at(date(2027, 4, 1), 10)}
    result = await changed(db, session, meetings=[moved, added], capacity=24)
    assert [meeting.starts_at for meeting in result.meetings] == [at(JUNE, 14), at(date(2027, 4, 1), 9)]
    assert result.meetings[0].id == kept.id
    assert dropped.id not in {meeting.id for meeting in result.meetings}
    assert (result.starts_at, result.capacity, result.row_version) == (at(JUNE, 14), 24, version + 1)


async def test_a_meeting_is_sent_once(course: Course, db: AsyncSession) -> None:
    session = await given.session(db, course, at(JUNE, 9), at(JUNE, 13))
    kept = str(session.meetings[0].id)
    twice = [{"id": kept, "starts_at": at(JUNE, hour), "ends_at": at(JUNE, hour + 1)} for hour in (9, 14)]
    with pytest.raises(DuplicateEntry) as refused:
        await changed(db, session, meetings=twice)
    assert [field.pointer for field in refused.value.fields] == ["/meetings/1/id"]


async def test_an_omitted_fiscal_year_follows_the_meetings(course: Course, db: AsyncSession) -> None:
    session = await given.session(db, course, at(JUNE, 9))
    later = {"starts_at": at(date(2027, 4, 1), 9), "ends_at": at(date(2027, 4, 1), 10)}
    assert (await changed(db, session, meetings=[later])).fiscal_year == 2027
    with pytest.raises(FiscalYearMismatch):
        await changed(db, session, fiscal_year=2026)


async def test_meetings_may_swap_times(course: Course, db: AsyncSession) -> None:
    session = await given.session(db, course, at(JUNE, 9), at(JUNE, 13))
    first, second = session.meetings
    swapped = [
        {"id": str(first.id), "starts_at": second.starts_at, "ends_at": second.ends_at},
        {"id": str(second.id), "starts_at": first.starts_at, "ends_at": first.ends_at},
    ]
    assert [meeting.id for meeting in (await changed(db, session, meetings=swapped)).meetings] == [second.id, first.id]


async def test_capacity_stays_above_the_seats_taken(course: Course, db: AsyncSession) -> None:
    session = await given.session(db, course, seats_taken=12)
    assert (await changed(db, session, capacity=12)).free_seats == 0
    with pytest.raises(CapacityBelowSeatsTaken):
        await changed(db, session, capacity=11)
    session.capacity = 11
    with pytest.raises(IntegrityError, match="ck_course_session_seats"):
        await db.flush()


async def test_the_database_refuses_overlapping_meetings(course: Course, db: AsyncSession) -> None:
    await given.session(db, course, at(JUNE, 9), at(JUNE, 10))
    with pytest.raises(IntegrityError, match="ex_session_meeting_overlap"):
        await db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize("status", [SessionStatus.HELD, SessionStatus.CANCELLED])
async def test_a_finished_session_cannot_be_changed(course: Course, db: AsyncSession, status: SessionStatus) -> None:
    session = await given.session(db, course, status=status)
    with pytest.raises(SessionSettled):
        await changed(db, session, capacity=30)
    with pytest.raises(SessionSettled):
        await commands.cancel(db, await office(db), session)
