"""Concurrent requests for seats, with real transactions on many connections."""

from asyncio import create_task, gather, sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment
from app.seats.queries import locked_session
from app.seats.rules import SEATED
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import account_of, client_of
from tests.kit.test_rivals import deadlocks
from tests.people import given as people
from tests.seats import given
from tests.seats.invariants import broken
from tests.thoroughness import sample

pytestmark = pytest.mark.slow

START = clock.now() + timedelta(days=30)

FINAL, RETRY = {200, 201, 409}, 503


@asynccontextmanager
async def committed_data(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """Data that is committed when the block ends."""
    async with app.state.database.writing() as db:
        await people.ranks(db)
        yield db
        await db.commit()


async def office(app: FastAPI) -> AsyncClient:
    async with app.state.database.writing() as db:
        account = await account_of(db, "training", None)
        await db.commit()
    return client_of(app, account)


async def employees(db: AsyncSession, count: int) -> list[Employee]:
    unit = await people.unit(db, "S1")
    return [await people.employee(db, unit) for _ in range(count)]


async def apply(client: AsyncClient, session: CourseSession, person: Employee) -> Response:
    """Apply, and repeat the request as long as the response is 503."""
    body = {"course_session_id": str(session.id), "employee_id": str(person.id)}
    while (response := await client.post("/enrollments", json=body)).status_code == RETRY:
        pass
    return response


async def withdraw(client: AsyncClient, applied: Response) -> Response:
    path = f"/enrollments/{applied.json()['id']}/withdrawal"
    while (response := await client.post(path)).status_code == RETRY:
        pass
    return response


async def checked_counts(app: FastAPI, session_id: object) -> tuple[int, int]:
    """Seats and waitlist length, after comparing the counters with rows, capacity and bookings."""
    async with app.state.database.reading() as db:
        session = await db.get_one(CourseSession, session_id)
        rows = (
            (await db.execute(select(Enrollment).where(col(Enrollment.course_session_id) == session_id)))
            .scalars()
            .all()
        )
        held = select(col(Booking.enrollment_id)).where(col(Booking.holds))
        booked = set((await db.execute(held)).scalars())
    seated = {row.id for row in rows if row.status in SEATED}
    waiting = sorted(row.waitlist_order or 0 for row in rows if row.status == EnrollmentStatus.WAITLISTED)
    assert (session.seats_taken, session.waitlist_length) == (len(seated), len(waiting))
    assert len(seated) <= session.capacity
    assert not waiting or len(seated) == session.capacity, "somebody waits beside a free seat"
    assert len(set(waiting)) == len(waiting)
    assert seated == booked & {row.id for row in rows}
    active = [row.employee_id for row in rows if row.status in SEATED or row.status == EnrollmentStatus.WAITLISTED]
    assert len(set(active)) == len(active)
    return len(seated), len(waiting)


async def test_writers_of_a_session_have_their_turn_in_the_order_in_which_they_came(committed: FastAPI) -> None:
    """Each changes the row, as a seat does: those who waited for the row itself would have to start over."""
    async with committed_data(committed) as db:
        session = await sessions.session(db, await catalog.course(db))
    served = []

    async def write(number: int) -> None:
        async with committed.state.database.writing() as db:
            (await locked_session(db, session.id)).capacity += 1
            served.append(number)
            await db.flush()
            await sleep(0.02)
            await db.commit()

    async with committed.state.database.writing() as first:
        await locked_session(first, session.id)
        writers = []
        for number in range(12):
            writers.append(create_task(write(number)))
            await until_waiting(committed, number + 1)
        await first.rollback()
    await gather(*writers)
    assert served == sorted(served)


async def until_waiting(app: FastAPI, count: int) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with app.state.database.reading() as db:
        while await db.scalar(waiting) < count:
            pass


async def test_the_last_seat_is_given_once(committed: FastAPI) -> None:
    async with committed_data(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START, capacity=1)
        competitors = await employees(db, 2)
    client = await office(committed)
    responses = await gather(*(apply(client, session, person) for person in competitors))
    assert sorted((a.json()["status"], a.json()["waitlist_rank"]) for a in responses) == [
        ("confirmed", None),
        ("waitlisted", 1),
    ]
    assert await checked_counts(committed, session.id) == (1, 1)


async def test_concurrent_applications_of_one_person_make_one_enrollment(committed: FastAPI) -> None:
    async with committed_data(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START)
        (person,) = await employees(db, 1)
    client = await office(committed)
    responses = await gather(*(apply(client, session, person) for _ in range(5)))
    assert sorted(a.status_code for a in responses) == [201, 409, 409, 409, 409]
    assert await checked_counts(committed, session.id) == (1, 0)


async def test_concurrent_applications_for_overlapping_sessions_give_one_seat(committed: FastAPI) -> None:
    async with committed_data(committed) as db:
        course = await catalog.course(db)
        competitors = [await sessions.session(db, course, START) for _ in range(4)]
        (person,) = await employees(db, 1)
    client = await office(committed)
    responses = await gather(*(apply(client, session, person) for session in competitors))
    assert sorted(a.status_code for a in responses) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in responses if a.status_code == 409} == {"time_clash"}


async def test_many_for_thirty_seats_with_withdrawals_and_changes_of_capacity(committed: FastAPI) -> None:
    dice = Random(20260401)
    async with committed_data(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START, capacity=30)
        people_ = await employees(db, sample(90, 200))
    client = await office(committed)

    async def apply_and_withdraw(person: Employee, *, withdraws: bool) -> list[int]:
        response = await apply(client, session, person)
        left = [await withdraw(client, response)] if withdraws else []
        return [one.status_code for one in [response, *left]]

    async def resize(capacity: int) -> list[int]:
        path = f"/course_sessions/{session.id}"
        response = await client.patch(path, json={"capacity": capacity}, headers={"If-Match": "*"})
        return [response.status_code]

    steps = [apply_and_withdraw(person, withdraws=dice.random() < 0.3) for person in people_]
    steps += [resize(capacity) for capacity in (25, 32, 28, 40, 35, 30)]
    dice.shuffle(steps)
    codes = {code for seen in await gather(*steps) for code in seen}
    assert codes <= FINAL
    seats, waiting = await checked_counts(committed, session.id)
    assert seats + waiting > 30
    page = (await client.get("/enrollments", params={"status": "waitlisted", "limit": 200})).json()["results"]
    assert sorted(row["waitlist_rank"] for row in page) == list(range(1, waiting + 1))


async def test_leaving_one_session_promotes_in_the_other(committed: FastAPI) -> None:
    """Five people wait for a session at the time of one they have; when both are left at once, they are promoted."""
    async with committed_data(committed) as db:
        course = await catalog.course(db)
        own, wanted = [await sessions.session(db, course, START, capacity=5) for _ in range(2)]
        crowd = await employees(db, 10)
    client = await office(committed)
    seats = [await apply(client, wanted, person) for person in crowd[:5]]
    for person in crowd[5:]:
        await apply(client, wanted, person)
    seats += [await apply(client, own, person) for person in crowd[5:]]
    responses = await gather(*(withdraw(client, seat) for seat in seats))
    assert {response.status_code for response in responses} == {200}
    assert await checked_counts(committed, own.id) == (0, 0)
    assert await checked_counts(committed, wanted.id) == (5, 0)


async def test_capacities_raised_at_once_where_people_wait_for_each_others_session(committed: FastAPI) -> None:
    """Those who hold a seat in one session wait for the other: twenty rounds, and nobody meets a deadlock."""
    days = [START + timedelta(days=day) for day in range(40)]
    async with committed_data(committed) as db:
        course = await catalog.course(db)
        crowd = await employees(db, 8)
        planned = [await sessions.session(db, course, day, capacity=4) for day in days]
        for at, session in enumerate(planned):
            for person in crowd[:4] if at % 2 else crowd[4:]:
                await given.enrollment(db, session, person)
            for person in crowd[4:] if at % 2 else crowd[:4]:
                await given.enrollment(db, session, person, EnrollmentStatus.WAITLISTED)
    client = await office(committed)

    async def raised(session: CourseSession) -> Response:
        path = f"/course_sessions/{session.id}"
        return await client.patch(path, json={"capacity": 8}, headers={"If-Match": "*"})

    for pair in zip(planned[::2], planned[1::2], strict=True):
        responses = await gather(*(raised(session) for session in pair))
        assert [response.status_code for response in responses] == [200, 200]
        assert [await checked_counts(committed, session.id) for session in pair] == [(8, 0), (8, 0)]
    assert await deadlocks(committed) == 0


async def test_everything_at_once_in_sessions_that_share_their_people(committed: FastAPI) -> None:
    """Withdrawals, moved meetings, capacities and cancellations, all crossing: no answer but the wanted ones."""
    dice = Random(20260402)
    async with committed_data(committed) as db:
        course = await catalog.course(db)
        crowd = await employees(db, 12)
        planned = [await sessions.session(db, course, START + timedelta(days=day), capacity=6) for day in range(6)]
        seats = []
        for session in planned:
            order = dice.sample(crowd, 12)
            seats += [await given.enrollment(db, session, person) for person in order[:6]]
            waiting = EnrollmentStatus.WAITLISTED
            seats += [await given.enrollment(db, session, person, waiting) for person in order[6:]]
    client = await office(committed)

    async def patched(session: CourseSession, **changes: object) -> Response:
        return await client.patch(f"/course_sessions/{session.id}", json=changes, headers={"If-Match": "*"})

    def moved(session: CourseSession, hours: int) -> list[dict[str, str]]:
        meeting, by = session.meetings[0], timedelta(hours=hours)
        starts, ends = (meeting.starts_at + by).isoformat(), (meeting.ends_at + by).isoformat()
        return [{"id": str(meeting.id), "starts_at": starts, "ends_at": ends}]

    steps = [client.post(f"/enrollments/{seat.id}/withdrawal") for seat in dice.sample(seats, 24)]
    steps += [patched(session, capacity=capacity) for session in planned for capacity in (7, 8)]
    steps += [patched(session, meetings=moved(session, hours)) for session in planned for hours in (1, 30)]
    steps += [client.post(f"/course_sessions/{session.id}/cancellation") for session in planned[:2]]
    dice.shuffle(steps)
    answers = await gather(*steps)
    assert {answer.status_code for answer in answers} <= FINAL, [a.text for a in answers if a.status_code not in FINAL]


async def test_who_waits_for_a_session_that_is_being_moved_books_its_new_time(committed: FastAPI) -> None:
    async with committed_data(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START)
        (person,) = await employees(db, 1)
    client = await office(committed)
    async with committed.state.database.writing() as mover:
        moved = await locked_session(mover, session.id)
        applying = create_task(apply(client, session, person))
        await sleep(0.5)
        moved.meetings[0].starts_at += timedelta(minutes=30)
        moved.starts_at, moved.updated_at = moved.meetings[0].starts_at, clock.now()
        await mover.commit()
    assert (await applying).status_code == 201
    async with committed.state.database.reading() as db:
        assert await broken(db) == {}
