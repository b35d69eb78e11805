"""Seats counted by triggers, and statuses as the database sees them."""

from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.enums import EnrollmentMode
from app.catalog.models import Course
from app.kit import clock
from app.kit.records import add
from app.seats.enums import EnrollmentStatus
from app.seats.models import Enrollment
from app.seats.rules import ACTIVE, SEATED
from tests.course_sessions import given as sessions
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)

HOUR = timedelta(hours=1)


async def test_triggers_count_seats_however_enrollments_are_written(
    db: AsyncSession, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=2)
    office = (await given.enrollment(db, session, city.staff)).submitted_by
    await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)

    async def counted() -> tuple[int, int]:
        await db.refresh(session, ["seats_taken", "waitlist_length"])
        return session.seats_taken, session.waitlist_length

    assert await counted() == (1, 1)
    everyone, ids = "WHERE course_session_id = :id", {"id": session.id}
    await db.execute(text(f"UPDATE enrollment SET status = 'confirmed', waitlist_order = NULL {everyone}"), ids)
    assert await counted() == (2, 0)
    await db.execute(text(f"UPDATE enrollment SET status = 'absent', reason = 'x' {everyone}"), ids)
    assert await counted() == (2, 0)
    third = Enrollment(course_session_id=session.id, employee_id=city.stranger.id, submitted_by=office)
    third.mode, third.status = EnrollmentMode.APPLIED, EnrollmentStatus.CONFIRMED
    with pytest.raises(IntegrityError, match="ck_course_session_seats"):
        async with db.begin_nested():
            await add(db, third)
    await db.execute(text("DELETE FROM booking"))
    await db.execute(text(f"DELETE FROM enrollment {everyone}"), ids)
    assert await counted() == (0, 0)


async def test_a_session_counts_as_changed_when_its_seats_change(
    office: AsyncClient, db: AsyncSession, city: City, course: Course
) -> None:
    """Applying, withdrawing and being waitlisted are all seen by a client that polls with `since`."""
    session = await sessions.session(db, course, capacity=1)
    other = await sessions.session(db, course)

    async def changed_since(instant: datetime) -> set[str]:
        response = await office.get("/course_sessions", params={"since": instant.isoformat()})
        return {row["id"] for row in response.json()["results"]}

    later = clock.now() + HOUR
    assert await changed_since(later) == set()
    with clock.travel(later):
        held = await given.enrollment(db, session, city.staff)
    assert await changed_since(later) == {str(session.id)}
    with clock.travel(later + HOUR):
        await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    assert await changed_since(later + HOUR) == {str(session.id)}
    with clock.travel(later + 2 * HOUR):
        assert (await office.post(f"/enrollments/{held.id}/withdrawal", json={"reason": "出張"})).status_code == 200
    assert await changed_since(later + 2 * HOUR) == {str(session.id)}
    assert await changed_since(other.updated_at) == {str(session.id), str(other.id)}


async def test_a_change_without_effect_on_seats_leaves_the_session_unchanged(
    office: AsyncClient, db: AsyncSession, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    held = await given.enrollment(db, session, city.staff)
    before = (await office.get(f"/course_sessions/{session.id}")).json()["updated_at"]
    with clock.travel(clock.now() + HOUR):
        held.score = 80
        await db.flush()
    assert (await office.get(f"/course_sessions/{session.id}")).json()["updated_at"] == before


async def test_database_and_rules_agree_on_seated_and_active_statuses(db: AsyncSession) -> None:
    active = "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = 'uq_enrollment_active'::regclass"
    of_index = await db.scalar(text(active))
    holding = f"SELECT status, holds_seat(status), {of_index} FROM unnest(CAST(:all AS varchar[])) status"
    for status, seated, active in await db.execute(text(holding), {"all": list(EnrollmentStatus)}):
        assert seated == (status in SEATED), status
        assert active == (status in ACTIVE), status
