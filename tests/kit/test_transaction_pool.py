"""Behind PgBouncer in transaction mode, where each transaction of a connection may meet another server."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app import jobs
from app.kit.database import Database, planned_for_values
from app.kit.faults import sqlstate
from app.kit.settings import Limits, Settings
from app.main import build_app
from scripts import embedded, pgbouncer
from tests.fixtures import caller_in_a_city, copied
from tests.served import free_port

pytestmark = pytest.mark.slow

LIMITS = Limits(lock=20, statement=21, idle_transaction=22, connection=23, pool=60)
SERVERS, CALLERS, ROUNDS = 3, 12, 2
CONFIGURATION = """
[databases]
pooled = host={sockets} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
"""
RANK = {"name": "参事", "ordinal": 20, "is_head": False}


@pytest.fixture(scope="module")
def pool(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PgBouncer with few servers, whose database `pooled` is that of the tests."""
    program = pgbouncer.find()
    if program is None:
        pytest.skip("PgBouncer is not installed, and apt-get cannot fetch it")
    folder, port = tmp_path_factory.mktemp("pgbouncer"), free_port()
    sockets = unquote(server.partition("host=")[2])
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(CONFIGURATION.format(sockets=sockets, port=port, servers=SERVERS))
    embedded.make_private(folder)
    configuration.chmod(0o644)
    process = subprocess.Popen(
        [program.path, "--quiet", configuration], env=dict(program.environment), **embedded.process_options()
    )
    yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/pooled"
    process.terminate()
    process.wait(20)


@pytest.fixture
async def service(template: Settings, pool: str) -> AsyncIterator[FastAPI]:
    """All its connections share a few servers."""
    settings = await copied(template, "pooled")
    app = build_app(settings, Database(pool, pool_size=CALLERS, limits=LIMITS, transaction_pool=True))
    yield app
    await app.state.database.close()


@pytest.fixture
async def admin(service: FastAPI) -> AsyncIterator[AsyncClient]:
    async with caller_in_a_city(service, "admin") as client:
        yield client


async def called(admin: AsyncClient, caller: int) -> set[int]:
    """The statuses of creating, reading, listing and changing."""
    statuses = set()
    for each in range(ROUNDS):
        rank = await admin.post("/position_ranks", json=RANK | {"code": f"R{caller}-{each}"})
        place = f"/position_ranks/{rank.json()['id']}"
        read = await admin.get(place)
        listed = await admin.get("/position_ranks", params={"limit": 1 + each, "include_count": True})
        changed = await admin.patch(place, json={"ordinal": each}, headers={"If-Match": read.headers["ETag"]})
        statuses |= {response.status_code for response in (rank, read, listed, changed)}
    return statuses


async def on_each_server(pool: str, statement: str) -> list[object]:
    """What plain connections see that hold all servers at once."""
    engine = create_async_engine(
        pool, poolclass=NullPool, connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    )
    connections = [await engine.connect().start() for _ in range(SERVERS)]
    seen = [await connection.scalar(text(statement)) for connection in connections]
    for connection in connections:
        await connection.close()
    return seen


async def test_many_callers_share_few_servers_and_leave_nothing_behind(
    service: FastAPI, admin: AsyncClient, pool: str
) -> None:
    answered = await asyncio.gather(*(called(admin, caller) for caller in range(CALLERS)))
    assert set().union(*answered) == {200, 201}
    assert await jobs.run(service.state.database, service.state.settings) == []
    assert (await admin.get("http://test/readyz")).status_code == 200
    assert await on_each_server(pool, "SELECT count(*) FROM pg_prepared_statements") == [0] * SERVERS
    assert await on_each_server(pool, "SHOW statement_timeout") == ["0"] * SERVERS
    assert await on_each_server(pool, "SHOW transaction_read_only") == ["off"] * SERVERS


@pytest.mark.parametrize(
    ("name", "value"),
    [("lock_timeout", "20s"), ("statement_timeout", "21s"), ("idle_in_transaction_session_timeout", "22s")],
)
async def test_the_limits_of_requests_hold(service: FastAPI, name: str, value: str) -> None:
    database: Database = service.state.database
    for session in (database.reading(), database.writing()):
        async with session as db:
            assert await db.scalar(text(f"SHOW {name}")) == value


async def test_a_read_cannot_write(service: FastAPI) -> None:
    async with service.state.database.reading() as db:
        for statement in (text("DELETE FROM position_rank"), planned_for_values(text("DELETE FROM position_rank"))):
            with pytest.raises(DBAPIError) as refused:
                await db.execute(statement)
            assert sqlstate(refused.value) == "25006"
            await db.rollback()


async def test_a_statement_that_takes_too_long_is_ended_and_its_server_goes_on(template: Settings, pool: str) -> None:
    await copied(template, "pooled")
    short = Limits(lock=0.3, statement=0.3, idle_transaction=5, connection=5, pool=5)
    database = Database(pool, pool_size=1, limits=short, transaction_pool=True)
    async with database.reading() as db:
        with pytest.raises(DBAPIError) as ended:
            await db.execute(text("SELECT pg_sleep(60)"))
        assert sqlstate(ended.value) == "57014"
        await db.rollback()
        assert await db.scalar(text("SELECT 1")) == 1
    await database.close()
