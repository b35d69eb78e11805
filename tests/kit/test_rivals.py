"""Requests in each other's way, on committed data: what the database gives up is repeated, and `*` meets no version."""

import asyncio
from asyncio import create_task, gather
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kit import clock
from app.people.models import Employee
from app.seats.models import CourseSession
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import ANY_VERSION, account_of, client_of
from tests.people import given as people

pytestmark = pytest.mark.slow

RIVALS = 12


@pytest.fixture
async def admin(committed: FastAPI) -> AsyncIterator[AsyncClient]:
    async with committed.state.database.writing() as db:
        account = await account_of(db, "admin", None)
        await db.commit()
    async with client_of(committed, account) as client:
        yield client


@pytest.fixture
async def seat(committed: FastAPI) -> tuple[CourseSession, Employee]:
    """A session, and somebody who may apply for it."""
    async with committed.state.database.writing() as db:
        await people.ranks(db)
        person = await people.employee(db, await people.unit(db, "S1"))
        session = await sessions.session(db, await catalog.course(db), clock.now() + timedelta(days=30))
        await db.commit()
    return session, person


@asynccontextmanager
async def rival(app: FastAPI) -> AsyncIterator[AsyncConnection]:
    """Somebody else's transaction, which PostgreSQL never chooses as the victim of a deadlock."""
    async with app.state.database.writes.connect() as other:
        await other.execute(text("SET deadlock_timeout = '60s'"))
        yield other
        await other.rollback()
        await other.execute(text("RESET deadlock_timeout"))


async def lock(connection: AsyncConnection, row: Any) -> None:
    statement = f"SELECT 1 FROM {row.__tablename__} WHERE id = :id FOR UPDATE"
    await connection.execute(text(statement), {"id": row.id})


async def until_waiting(app: FastAPI) -> None:
    """Until a transaction of the application waits for a lock."""
    waits = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
    async with app.state.database.reads.connect() as observer:
        while not await observer.scalar(waits):  # noqa: ASYNC110 - the database sends no event for it
            await asyncio.sleep(0.02)


async def count(app: FastAPI, what: str) -> int:
    async with app.state.database.reads.connect() as observer:
        return int((await observer.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one())


async def in_a_deadlock(app: FastAPI, request: Any, first: Any, second: Any) -> Response:
    """The response to a request that takes `first` and then `second`, while another takes them the other way round."""
    async with rival(app) as other:
        await lock(other, second)
        sent = create_task(request)
        await until_waiting(app)
        await lock(other, first)  # closes the circle; returns when the request has lost its locks
        await other.commit()
        response: Response = await sent
    return response


async def deadlocks(app: FastAPI) -> int:
    async with app.state.database.writing() as db:
        await db.execute(text("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()"))
        found = await db.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        return int(found or 0)


async def test_a_deadlock_is_repeated_and_happens_once(
    committed: FastAPI, admin: AsyncClient, seat: tuple[CourseSession, Employee]
) -> None:
    session, person = seat
    body = {"course_session_id": str(session.id), "employee_id": str(person.id)}
    request = admin.post("/enrollments", json=body, headers={"Idempotency-Key": "once"})
    response = await in_a_deadlock(committed, request, session, person)
    assert (response.status_code, response.json()["status"]) == (201, "confirmed")
    assert await deadlocks(committed) == 1
    assert await count(committed, "enrollment") == await count(committed, "enrollment_event") == 1
    again = await admin.post("/enrollments", json=body, headers={"Idempotency-Key": "once"})
    assert (again.content, again.headers["Idempotency-Replayed"]) == (response.content, "true")


async def test_a_deadlock_of_a_change_without_idempotency_key_is_repeated_too(
    committed: FastAPI, admin: AsyncClient, seat: tuple[CourseSession, Employee]
) -> None:
    session, person = seat
    applied = await admin.post(
        "/enrollments", json={"course_session_id": str(session.id), "employee_id": str(person.id)}
    )
    withdrawal = admin.post(f"/enrollments/{applied.json()['id']}/withdrawal")
    response = await in_a_deadlock(committed, withdrawal, session, person)
    assert (response.status_code, response.json()["status"]) == (200, "withdrawn")
    assert await deadlocks(committed) == 1
    assert await count(committed, "enrollment_event") == 2


@asynccontextmanager
async def failing(app: FastAPI, state: str, times: int) -> AsyncIterator[None]:
    """Entries of the log fail with the SQLSTATE for the first few times: a sequence counts on in spite of rollbacks."""
    async with app.state.database.writing() as db:
        await db.execute(text("CREATE SEQUENCE failures"))
        await db.execute(
            text(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF nextval('failures') <= {times} THEN RAISE SQLSTATE '{state}'; END IF; RETURN NULL; END $$"
            )
        )
        await db.execute(text("CREATE TRIGGER fail BEFORE INSERT ON audit_entry EXECUTE FUNCTION fail()"))
        await db.commit()
    yield


async def add_rank(admin: AsyncClient) -> Response:
    return await admin.post("/position_ranks", json={"code": "R1", "name": "参事", "ordinal": 20, "is_head": False})


@pytest.mark.parametrize(("state", "times"), [("40P01", 3), ("40001", 3), ("55P03", 1)])
async def test_what_the_database_gives_up_is_repeated(
    committed: FastAPI, admin: AsyncClient, state: str, times: int
) -> None:
    async with failing(committed, state, times):
        response = await add_rank(admin)
    assert response.status_code == 201
    logged = await count(committed, "audit_entry WHERE resource = 'position_rank'")
    assert await count(committed, "position_rank") == logged == 1


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
async def test_what_never_ends_is_answered_with_when_to_try_again(
    committed: FastAPI, admin: AsyncClient, state: str
) -> None:
    async with failing(committed, state, 1000):
        response = await add_rank(admin)
    assert (response.status_code, response.json()["code"]) == (503, "concurrent_change")
    assert int(response.headers["Retry-After"]) >= 1
    assert await count(committed, "position_rank") == 0


async def test_an_error_that_would_come_again_is_not_repeated(committed: FastAPI, admin: AsyncClient) -> None:
    async with failing(committed, "XX000", 1):
        assert (await add_rank(admin)).status_code == 500


async def test_rivals_with_any_version_all_succeed(committed: FastAPI, admin: AsyncClient) -> None:
    place = f"/position_ranks/{(await add_rank(admin)).json()['id']}"
    sent = (admin.patch(place, json={"ordinal": 100 + at}, headers=ANY_VERSION) for at in range(RIVALS))
    responses = await gather(*sent)
    assert {response.status_code for response in responses} == {200}
    assert len({response.headers["ETag"] for response in responses}) == RIVALS
    assert await count(committed, "audit_entry WHERE action = 'updated'") == RIVALS


async def test_of_rivals_with_the_version_read_one_succeeds(admin: AsyncClient) -> None:
    added = await add_rank(admin)
    place, read = f"/position_ranks/{added.json()['id']}", {"If-Match": added.headers["ETag"]}
    responses = await gather(*(admin.patch(place, json={"ordinal": 100 + at}, headers=read) for at in range(RIVALS)))
    assert sorted(response.status_code for response in responses) == [200, *[412] * (RIVALS - 1)]


async def test_of_rivals_that_delete_one_succeeds_and_the_others_find_nothing(
    committed: FastAPI, admin: AsyncClient, seat: tuple[CourseSession, Employee]
) -> None:
    body = {"employee_id": str(seat[1].id), "kind": "childcare_leave", "valid_from": "2026-04-01"}
    place = f"/absences/{(await admin.post('/absences', json=body)).json()['id']}"
    responses = await gather(*(admin.delete(place, headers=ANY_VERSION) for _ in range(RIVALS)))
    assert sorted(response.status_code for response in responses) == [204, *[404] * (RIVALS - 1)]
    assert await count(committed, "audit_entry WHERE action = 'deleted'") == 1


async def test_a_version_that_another_way_raises_meanwhile_is_no_obstacle(
    committed: FastAPI, admin: AsyncClient
) -> None:
    """The row changes between reading and writing by a path that takes no turns."""
    added = await add_rank(admin)
    place = f"/position_ranks/{added.json()['id']}"
    async with rival(committed) as other:
        await other.execute(text("UPDATE position_rank SET row_version = row_version + 1"))
        sent = create_task(admin.patch(place, json={"ordinal": 77}, headers=ANY_VERSION))
        await until_waiting(committed)
        await other.commit()
        response = await sent
    assert (response.status_code, response.json()["ordinal"]) == (200, 77)


async def test_a_version_that_was_read_is_refused_when_another_way_raises_it_meanwhile(
    committed: FastAPI, admin: AsyncClient
) -> None:
    added = await add_rank(admin)
    read = {"If-Match": added.headers["ETag"]}
    async with rival(committed) as other:
        await other.execute(text("UPDATE position_rank SET row_version = row_version + 1"))
        sent = create_task(admin.patch(f"/position_ranks/{added.json()['id']}", json={"ordinal": 77}, headers=read))
        await until_waiting(committed)
        await other.commit()
        response = await sent
    assert (response.status_code, response.json()["code"]) == (412, "stale_version")
