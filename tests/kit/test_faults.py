"""What the caller gets when the database waits, is full, is busy, ends or refuses: real errors of a real server."""

import asyncio
import time
from asyncio import create_task, gather
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app import jobs
from app.kit.database import Database
from app.kit.settings import Limits, Settings
from app.main import build_app
from tests.fixtures import account_of, client_of, copied

pytestmark = pytest.mark.slow

SHORT = Limits(lock=0.3, statement=1.5, idle_transaction=0.5, connection=5, pool=0.5)
RANK = {"name": "参事", "ordinal": 20, "is_head": False}
FULL = Path("/dev/full")


@pytest.fixture
async def service(template: Settings) -> AsyncIterator[FastAPI]:
    """With short limits and three connections of each kind, on a database of its own."""
    settings = await copied(template, "faults")
    app = build_app(settings, Database(settings.url, pool_size=3, limits=SHORT))
    yield app
    await app.state.database.close()


@pytest.fixture
async def admin(service: FastAPI) -> AsyncIterator[AsyncClient]:
    async with service.state.database.writing() as db:
        account = await account_of(db, "admin", None)
        await db.commit()
    async with client_of(service, account) as client:
        yield client


@pytest.fixture
async def outside(service: FastAPI) -> AsyncIterator[AsyncEngine]:
    """Connections of other programs, without limits."""
    engine = create_async_engine(service.state.settings.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def operator(outside: AsyncEngine) -> Callable[..., Any]:
    """`await operator("SQL", …)`: each statement in a transaction of its own."""

    async def execute(*statements: str) -> Any:
        async with outside.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None

    return execute


def failing(state: str) -> list[str]:
    """Each entry of the log fails with the SQLSTATE."""
    return on_log(f"RAISE SQLSTATE '{state}'")


def on_log(does: str, when: str = "TRIGGER t BEFORE INSERT ON audit_entry") -> list[str]:
    body = f"BEGIN {does}; RETURN NULL; END"
    return [
        f"CREATE FUNCTION does() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        f"CREATE {when} EXECUTE FUNCTION does()",
    ]


async def add_rank(admin: AsyncClient, code: str = "R1", **headers: str) -> Response:
    return await admin.post("/position_ranks", json=RANK | {"code": code}, headers=headers)


async def ready(admin: AsyncClient) -> int:
    return (await admin.get("http://test/readyz")).status_code


def refused(response: Response, code: str) -> bool:
    """A 503 with the code and the seconds to wait."""
    return (response.status_code, response.json()["code"]) == (503, code) and int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [("lock_timeout", "300ms"), ("statement_timeout", "1500ms"), ("idle_in_transaction_session_timeout", "500ms")],
)
async def test_requests_have_the_limits_of_the_settings_and_programs_have_none(
    service: FastAPI, name: str, shown: str
) -> None:
    database, unlimited = service.state.database, Database(service.state.settings.url, pool_size=1)
    for session, expected in (
        (database.reading(), shown),
        (database.writing(), shown),
        (unlimited.writing(), "0"),
    ):
        async with session as db:
            assert await db.scalar(text(f"SHOW {name}")) == expected
    await unlimited.close()


def test_each_limit_is_a_setting() -> None:
    given = {"lock": 1.5, "statement": 2.5, "idle_transaction": 3.5, "connection": 4.5, "pool": 5.5}
    settings = Settings.model_validate({f"{name}_seconds": seconds for name, seconds in given.items()})
    assert settings.limits == Limits(**given)


async def test_a_foreign_lock_is_answered_and_fills_no_pool_that_is_called_ready(
    outside: AsyncEngine, admin: AsyncClient
) -> None:
    """Twelve writers of one record on three connections: whenever `/readyz` says 200, another record can be saved."""
    place = f"/position_ranks/{(await add_rank(admin)).json()['id']}"
    async with outside.connect() as foreign:
        await foreign.execute(text("SELECT 1 FROM position_rank FOR UPDATE"))
        started = time.monotonic()
        writers = gather(*(admin.patch(place, json={"ordinal": at}, headers={"If-Match": "*"}) for at in range(12)))
        said: list[tuple[int, int]] = []
        while not writers.done():
            said.append((await ready(admin), (await add_rank(admin, f"N{len(said)}")).status_code))
            await asyncio.sleep(0.05)
        responses = await writers
        assert time.monotonic() - started < 10
        await foreign.rollback()
    assert {refused(one, "concurrent_change") or refused(one, "busy") for one in responses} == {True}
    assert {saved for ready, saved in said if ready == 200} <= {201}
    assert (await ready(admin), (await add_rank(admin, "AFTER")).status_code) == (200, 201)


async def test_a_read_does_not_wait_for_a_foreign_lock_either(outside: AsyncEngine, admin: AsyncClient) -> None:
    async with outside.begin() as foreign:
        await foreign.execute(text("LOCK TABLE position_rank IN ACCESS EXCLUSIVE MODE"))
        assert refused(await admin.get("/position_ranks"), "concurrent_change")


async def test_a_full_pool_is_answered_and_not_called_ready(service: FastAPI, admin: AsyncClient) -> None:
    taken = [await service.state.database.writes.connect() for _ in range(3)]
    assert refused(await add_rank(admin), "busy")
    assert await ready(admin) == 503
    for connection in taken:
        await connection.close()
    assert (await ready(admin), (await add_rank(admin)).status_code) == (200, 201)


async def test_a_write_that_takes_too_long_is_ended(admin: AsyncClient, operator: Callable[..., Any]) -> None:
    await operator(*on_log("PERFORM pg_sleep(60)"))
    assert refused(await add_rank(admin), "took_too_long")


async def test_a_read_that_takes_too_long_is_ended(admin: AsyncClient, operator: Callable[..., Any]) -> None:
    await operator(
        "ALTER TABLE position_rank RENAME TO behind",
        "CREATE VIEW position_rank AS SELECT behind.* FROM pg_sleep(60), behind",
    )
    assert refused(await admin.get("/position_ranks"), "took_too_long")


async def test_a_transaction_that_idles_is_ended_and_its_locks_are_free(service: FastAPI, admin: AsyncClient) -> None:
    place = f"/position_ranks/{(await add_rank(admin)).json()['id']}"
    async with service.state.database.writing() as idle:
        await idle.execute(text("SELECT 1 FROM position_rank FOR UPDATE"))
        await asyncio.sleep(0.8)
        changed = await admin.patch(place, json={"ordinal": 30}, headers={"If-Match": "*"})
        assert changed.status_code == 200
        await idle.invalidate()


@pytest.mark.skipif(not FULL.exists(), reason="a device that is always full, which Linux has")
async def test_a_full_disk_is_answered_and_not_called_ready(
    service: FastAPI, admin: AsyncClient, operator: Callable[..., Any], server: str
) -> None:
    """PostgreSQL's own 53100: the empty file of a table leads to a device that is always full, so that no mount is
    needed. The table is that of kept responses, which the key needs."""
    data = Path(await operator("SHOW data_directory"))
    table = data / await operator("SELECT pg_relation_filepath('stored_response')")
    await service.state.database.close()  # its servers hold the file open
    aside = table.rename(table.with_name("aside"))
    table.symlink_to(FULL)
    try:
        response = await add_rank(admin, **{"Idempotency-Key": "full"})
        is_ready = await ready(admin)
        rows = (await admin.get("/position_ranks")).json()["results"]
    finally:
        await service.state.database.close()
        table.unlink()
        aside.rename(table)
    assert refused(response, "storage_full")
    assert (is_ready, rows) == (503, [])


STATES = {
    "53100": "storage_full",
    "53000": "busy",
    "53200": "busy",
    "53300": "busy",
    "53400": "busy",
    "57014": "took_too_long",
    "57P01": "unavailable",
    "57P02": "unavailable",
    "57P03": "unavailable",
    "58030": "unavailable",
    "08006": "unavailable",
    "25006": "unavailable",
    "40P01": "concurrent_change",
    "55P03": "concurrent_change",
}


@pytest.mark.parametrize("state", STATES)
async def test_what_the_server_lacks_is_503_whichever_way_it_says_so(
    admin: AsyncClient, operator: Callable[..., Any], state: str
) -> None:
    """Raised in the database by a trigger, as most of these cannot be brought about on every machine."""
    await operator(*failing(state))
    assert refused(await add_rank(admin), STATES[state])
    assert await operator("SELECT count(*) FROM position_rank") == 0


async def test_a_limit_of_temporary_files_is_503(
    service: FastAPI, admin: AsyncClient, operator: Callable[..., Any]
) -> None:
    await operator(
        "INSERT INTO position_rank (id, created_at, updated_at, row_version, code, name, ordinal, is_head)"
        " SELECT gen_random_uuid(), now(), now(), 1, 'R' || n, repeat('あ', 50), n, false"
        " FROM generate_series(1, 9000) n",
        "ALTER DATABASE faults SET temp_file_limit = '8kB'",
        "ALTER DATABASE faults SET work_mem = '64kB'",
        "ALTER DATABASE faults SET enable_indexscan = off",
    )
    await service.state.database.close()
    assert refused(await admin.get("/position_ranks?offset=8000&limit=200"), "busy")


async def test_too_many_connections_are_503(service: FastAPI, admin: AsyncClient, operator: Callable[..., Any]) -> None:
    await operator("DROP ROLE IF EXISTS few", "CREATE ROLE few LOGIN CONNECTION LIMIT 0")
    await service.state.database.close()
    service.state.database = Database(service.state.settings.url.replace("postgres@", "few@"), limits=SHORT)
    assert refused(await add_rank(admin), "busy")
    assert refused(await admin.get("/position_ranks"), "busy")
    assert await ready(admin) == 503


async def test_a_database_that_is_gone_or_only_read_is_503(
    service: FastAPI, admin: AsyncClient, operator: Callable[..., Any]
) -> None:
    await operator("ALTER DATABASE faults SET default_transaction_read_only = on")
    await service.state.database.close()
    assert refused(await add_rank(admin), "unavailable")
    assert await ready(admin) == 503
    assert (await admin.get("/position_ranks")).status_code == 200
    await service.state.database.close()
    service.state.database = Database(service.state.settings.url.replace("/faults?", "/nothing?"), limits=SHORT)
    assert refused(await admin.get("/position_ranks"), "unavailable")
    assert await ready(admin) == 503


END = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'hagukumi-%'"


async def test_connections_that_died_in_the_pool_are_no_error(
    service: FastAPI, admin: AsyncClient, operator: Callable[..., Any]
) -> None:
    await gather(*(admin.get("/position_ranks") for _ in range(3)), *(add_rank(admin, f"R{n}") for n in range(3)))
    assert await operator(f"{END} AND pid <> pg_backend_pid() AND datname = 'faults'") >= 2
    reads, writes = [admin.get("/position_ranks") for _ in range(3)], [add_rank(admin, f"S{n}") for n in range(3)]
    responses = await gather(*reads, *writes)
    assert {response.text for response in responses if response.status_code not in {200, 201}} == set()
    assert await ready(admin) == 200


async def test_a_connection_that_dies_before_the_commit_is_no_error(
    admin: AsyncClient, operator: Callable[..., Any], outside: AsyncEngine
) -> None:
    place = f"/position_ranks/{(await add_rank(admin)).json()['id']}"
    async with outside.begin() as foreign:
        await foreign.execute(text("SELECT 1 FROM position_rank FOR UPDATE"))
        sent = create_task(admin.patch(place, json={"ordinal": 30}, headers={"If-Match": "*"}))
        while not await operator(f"{END} AND wait_event_type = 'Lock'"):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)
    assert (await sent).status_code == 200


async def test_jobs_go_on_when_the_database_is_away_for_a_round(service: FastAPI) -> None:
    settings = service.state.settings
    away = Database(settings.url.replace("/faults?", "/nothing?"), pool_size=1, limits=SHORT)
    assert await jobs.run(away, settings) == [job.name for job in jobs.JOBS]
    assert await jobs.run(service.state.database, settings) == []


def ending_at_the_commit(times: int) -> list[str]:
    """The server ends the connection while it commits, the first few times."""
    ends = f"IF nextval('commits') <= {times} THEN PERFORM pg_terminate_backend(pg_backend_pid(), 1000); END IF"
    deferred = "CONSTRAINT TRIGGER t AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    return ["CREATE SEQUENCE commits", *on_log(ends, deferred)]


async def test_a_connection_that_dies_at_the_commit_leaves_the_outcome_open(
    admin: AsyncClient, operator: Callable[..., Any]
) -> None:
    await operator(*ending_at_the_commit(1))
    assert refused(await add_rank(admin), "outcome_unknown")
    assert (await add_rank(admin)).status_code == 201


async def test_with_an_idempotency_key_a_connection_that_dies_at_the_commit_is_no_error(
    admin: AsyncClient, operator: Callable[..., Any]
) -> None:
    await operator(*ending_at_the_commit(1))
    assert (await add_rank(admin, **{"Idempotency-Key": "once"})).status_code == 201
    assert await operator("SELECT count(*) FROM position_rank") == 1
