"""Each invariant finds what breaks it."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.seats.enums import EnrollmentStatus
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.people import given as people
from tests.seats import given
from tests.seats.invariants import AFTER_JOBS, INVARIANTS, broken

BREAKS = {
    "a session counts its seats and its waiting list": "UPDATE course_session SET waitlist_length = 7",
    "no session has more seats than its capacity": """
        ALTER TABLE course_session DROP CONSTRAINT ck_course_session_seats; UPDATE course_session SET capacity = 1""",
    "a seat books each meeting of its session at its time, and nothing else is booked": """
        UPDATE session_meeting SET ends_at = ends_at + interval '1 hour'""",
    "nobody has two seats at one time": """
        ALTER TABLE booking DROP CONSTRAINT ex_booking_clash; UPDATE booking SET employee_id = (
            SELECT employee_id FROM booking LIMIT 1)""",
    "nobody is in a session twice": """
        DROP INDEX uq_enrollment_active;
        UPDATE enrollment SET employee_id = (SELECT employee_id FROM enrollment LIMIT 1)""",
    "nobody in a cancelled session has a seat or a rank": "UPDATE course_session SET status = 'cancelled'",
    "the seat of somebody who cannot come says so, unless it was confirmed again": """
        INSERT INTO absence (id, created_at, updated_at, row_version, public_updated_at, employee_id, kind, valid_from)
        SELECT gen_random_uuid(), now(), now(), 1, now(), employee_id, 'sick_leave', current_date
        FROM enrollment WHERE status = 'confirmed'""",
    "the history ends with the present status": """
        INSERT INTO enrollment_event (id, created_at, updated_at, row_version, enrollment_id, at, to_status)
        SELECT gen_random_uuid(), now(), now(), 1, id, now(), 'withdrawn' FROM enrollment""",
    "each step of the history begins where the one before ended": """
        INSERT INTO enrollment_event
            (id, created_at, updated_at, row_version, enrollment_id, at, from_status, to_status)
        SELECT gen_random_uuid(), now(), now(), 1, id, now() + step * interval '1 day', 'applied', 'withdrawn'
        FROM enrollment, generate_series(1, 2) step""",
    "a session changes when its seats do": """
        INSERT INTO enrollment_event (id, created_at, updated_at, row_version, enrollment_id, at, to_status)
        SELECT gen_random_uuid(), now(), now(), 1, id, now() + interval '1 day', status FROM enrollment""",
    "nobody who leaves has a seat or a rank in a session ahead": "UPDATE employment SET valid_to = current_date + 1",
    "nobody who can come waits beside a free seat": "UPDATE course_session SET capacity = 9",
}


@pytest.mark.parametrize("name", INVARIANTS | AFTER_JOBS)
async def test_an_invariant_finds_what_breaks_it(db: AsyncSession, name: str) -> None:
    city = await people.city(db)
    session = await sessions.session(db, await catalog.course(db), clock.now() + 20 * sessions.DAY, capacity=2)
    for person in (city.staff, city.colleague):
        await given.enrollment(db, session, person)
    await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    assert await broken(db, after_jobs=True) == {}
    for statement in BREAKS[name].split(";"):
        await db.execute(text(statement))
    assert name in await broken(db, after_jobs=True)
