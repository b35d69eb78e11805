"""Rivals for seats with real transactions on many connections."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment
from app.seats.rules import SEATED
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import account_of, client_of
from tests.people import given as people

pytestmark = pytest.mark.slow

START = clock.now() + timedelta(days=30)

SETTLED, AGAIN = {200, 201, 409}, 503


@asynccontextmanager
async def world(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """A committed beginning."""
    async with app.state.database.writing() as db:
        await people.ranks(db)
        yield db
        await db.commit()


async def office(app: FastAPI) -> AsyncClient:
    async with app.state.database.writing() as db:
        account = await account_of(db, "training", None)
        await db.commit()
    return client_of(app, account)


async def staff(db: AsyncSession, count: int) -> list[Employee]:
    unit = await people.unit(db, "S1")
    return [await people.employee(db, unit) for _ in range(count)]


async def apply(client: AsyncClient, session: CourseSession, person: Employee) -> Response:
    """As a client does that is told to try again."""
    body = {"course_session_id": str(session.id), "employee_id": str(person.id)}
    while (answer := await client.post("/enrollments", json=body)).status_code == AGAIN:
        pass
    return answer


async def withdraw(client: AsyncClient, applied: Response) -> Response:
    path = f"/enrollments/{applied.json()['id']}/withdrawal"
    while (answer := await client.post(path)).status_code == AGAIN:
        pass
    return answer


async def check(app: FastAPI, session_id: object) -> tuple[int, int]:
    """The counters equal the rows, no seat is sold twice, none is free beside the queue; gives seats and queue."""
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
    assert not waiting or len(seated) == session.capacity
    assert len(set(waiting)) == len(waiting)
    assert seated == booked & {row.id for row in rows}
    active = [row.employee_id for row in rows if row.status in SEATED or row.status == EnrollmentStatus.WAITLISTED]
    assert len(set(active)) == len(active)
    return len(seated), len(waiting)


async def test_the_last_seat_is_sold_once(committed: FastAPI) -> None:
    async with world(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START, capacity=1)
        rivals = await staff(db, 2)
    client = await office(committed)
    answers = await gather(*(apply(client, session, person) for person in rivals))
    assert sorted((a.json()["status"], a.json()["waitlist_rank"]) for a in answers) == [
        ("confirmed", None),
        ("waitlisted", 1),
    ]
    assert await check(committed, session.id) == (1, 1)


async def test_one_person_twice_at_once_has_one_place(committed: FastAPI) -> None:
    async with world(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START)
        (person,) = await staff(db, 1)
    client = await office(committed)
    answers = await gather(*(apply(client, session, person) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    assert await check(committed, session.id) == (1, 0)


async def test_one_person_at_two_places_at_once_has_one_seat(committed: FastAPI) -> None:
    async with world(committed) as db:
        course = await catalog.course(db)
        rivals = [await sessions.session(db, course, START) for _ in range(4)]
        (person,) = await staff(db, 1)
    client = await office(committed)
    answers = await gather(*(apply(client, session, person) for session in rivals))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"time_clash"}


async def test_two_hundred_for_thirty_seats_with_withdrawals_and_changes_of_capacity(committed: FastAPI) -> None:
    dice = Random(20260401)
    async with world(committed) as db:
        session = await sessions.session(db, await catalog.course(db), START, capacity=30)
        people_ = await staff(db, 200)
    client = await office(committed)

    async def applies(person: Employee, *, withdraws: bool) -> list[int]:
        answer = await apply(client, session, person)
        left = [await withdraw(client, answer)] if withdraws else []
        return [one.status_code for one in [answer, *left]]

    async def resizes(capacity: int) -> list[int]:
        path = f"/course_sessions/{session.id}"
        answer = await client.patch(path, json={"capacity": capacity}, headers={"If-Match": "*"})
        return [answer.status_code]

    steps = [applies(person, withdraws=dice.random() < 0.3) for person in people_]
    steps += [resizes(capacity) for capacity in (25, 32, 28, 40, 35, 30)]
    dice.shuffle(steps)
    codes = {code for seen in await gather(*steps) for code in seen}
    assert codes <= SETTLED
    seats, waiting = await check(committed, session.id)
    assert seats + waiting > 30
    page = (await client.get("/enrollments", params={"status": "waitlisted", "limit": 200})).json()["results"]
    assert sorted(row["waitlist_rank"] for row in page) == list(range(1, waiting + 1))


async def test_whoever_leaves_one_session_is_let_into_the_other(committed: FastAPI) -> None:
    """Five wait for a session at the time of their own: when both are left at once, whatever the order, they get in."""
    async with world(committed) as db:
        course = await catalog.course(db)
        own, wished = [await sessions.session(db, course, START, capacity=5) for _ in range(2)]
        crowd = await staff(db, 10)
    client = await office(committed)
    seats = [await apply(client, wished, person) for person in crowd[:5]]
    for person in crowd[5:]:
        await apply(client, wished, person)
    seats += [await apply(client, own, person) for person in crowd[5:]]
    answers = await gather(*(withdraw(client, seat) for seat in seats))
    assert {answer.status_code for answer in answers} == {200}
    assert await check(committed, own.id) == (0, 0)
    assert await check(committed, wished.id) == (5, 0)
