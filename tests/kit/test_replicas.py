"""Reads from streaming replicas: real servers that lag, hang, end and become the primary."""

import asyncio
import os
import random
import signal
import time
from asyncio import gather
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import event, select, text
from sqlmodel import col

from app.identity.models import Account
from app.kit import write_marks
from app.kit.database import Database
from app.kit.settings import Limits, Settings
from app.main import build_app
from scripts import embedded
from tests import postgres
from tests.fixtures import client_of

pytestmark = pytest.mark.slow

REPLICATED = {**embedded.THROWAWAY, "max_wal_senders": "5", "synchronous_commit": "on", "wal_level": "replica"}
LIMITS = Limits(lock=10, statement=20, idle_transaction=20, connection=5, pool=20)
CALLERS, ROUNDS = 5, 6
PATIENCE = 30.0  # seconds
NUMBERS = count(1)  # ids of accounts, in turn, so that callers begin with different replicas
RANK = {"name": "参事", "is_head": False}


class Servers:
    """A primary and its replicas, by their directories."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.first, self.second = folder / "primary", folder / "first", folder / "second"
        postgres.copy_migrated(self.primary)
        embedded.start(self.primary, REPLICATED)
        for replica in (self.first, self.second):
            replica.mkdir()
            embedded.make_private(replica)
            source = ("-h", embedded.socket_directory(self.primary), "-U", "postgres")
            embedded.postgres("pg_basebackup", "-D", replica, *source, "--checkpoint", "fast", "--write-recovery-conf")
            embedded.start(replica, REPLICATED)

    def url(self, *directories: Path) -> str:
        """Of one server, or of the one among several that is the primary."""
        port, attributes = (":5432", "&target_session_attrs=primary") if len(directories) > 1 else ("", "")
        hosts = "&".join(f"host={embedded.socket_directory(each)}{port}" for each in directories)
        return f"postgresql+asyncpg://postgres@/{embedded.DATABASE}?{hosts}{attributes}"

    def sql(self, directory: Path, statement: str) -> str:
        return embedded.psql(embedded.socket_directory(directory), statement)

    def signal(self, directory: Path, which: signal.Signals) -> None:
        """To the server and all its processes."""
        server = int((directory / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for process in (server, *map(int, children)):
            os.kill(process, which)

    def stop(self) -> None:
        for directory in (self.second, self.first, self.primary):
            embedded.stop(directory)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    found = Servers(tmp_path_factory.mktemp("replicas"))
    yield found
    found.stop()


class Process:
    """One process of the service, which shares nothing with others; `reads` counts the statements of each replica."""

    def __init__(self, settings: Settings, servers: Servers) -> None:
        primary = servers.url(servers.primary, servers.first)
        replicas = [servers.url(each) for each in (servers.first, servers.second)]
        self.database = Database(primary, 8, LIMITS, replica_urls=replicas, longest_lag=30)
        self.app = build_app(settings, self.database)
        self.reads = [0, 0]
        for index, replica in enumerate(self.database.replicas.servers):
            for engine in replica.reads.engines:
                event.listen(engine.sync_engine, "before_cursor_execute", self._count(index))

    def _count(self, index: int) -> Callable[..., None]:
        def count(*_statement: object) -> None:
            self.reads[index] += 1

        return count

    def uses_all(self) -> bool:
        return all(self.in_use())

    def in_use(self) -> list[bool]:
        return [replica.replayed is not None for replica in self.database.replicas.servers]


@pytest.fixture
async def processes(settings: Settings, servers: Servers) -> AsyncIterator[list[Process]]:
    """Two of them, watching their replicas."""
    found = [Process(settings, servers) for _ in range(2)]
    async with AsyncExitStack() as watches:
        for process in found:
            await watches.enter_async_context(process.database.replicas.watched())
        for process in found:
            await until(process.uses_all)
        yield found
    for process in found:
        await process.database.close()


async def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@asynccontextmanager
async def caller(processes: list[Process], name: str) -> AsyncIterator[list[AsyncClient]]:
    """The same account as a client of each process."""
    async with processes[0].database.writing() as db:
        account = (await db.scalars(select(Account).where(col(Account.username) == name))).first()
        if account is None:
            account = Account(username=name, password_hash="!", display_name=name, grants=["admin"], demonstration=True)
            account.id = UUID(int=next(NUMBERS))
            db.add(account)
        await db.commit()
    async with AsyncExitStack() as clients:
        yield [await clients.enter_async_context(client_of(process.app, account)) for process in processes]


async def writes_and_reads(clients: list[AsyncClient], name: str) -> None:
    """Whatever process answers, each read shows the write before it."""
    for each in range(ROUNDS):
        code = f"{name}-{each}"
        one, other = random.sample(clients, 2)
        rank = (await one.post("/position_ranks", json=RANK | {"code": code, "ordinal": 1})).json()
        place = f"/position_ranks/{rank['id']}"
        assert (await other.get(place)).json()["ordinal"] == 1
        assert (await one.patch(place, json={"ordinal": 2}, headers={"If-Match": "*"})).status_code == 200
        assert [(await client.get(place)).json()["ordinal"] for client in clients] == [2, 2]
        assert len((await other.get("/position_ranks", params={"code": code})).json()["results"]) == 1
        await asyncio.sleep(random.uniform(0, 0.6))
        assert (await other.get(place)).json()["ordinal"] == 2


async def read_until_all_replicas_answer(clients: list[list[AsyncClient]], processes: list[Process]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not all(read > 0 for process in processes for read in process.reads):
        assert time.monotonic() < deadline, [process.reads for process in processes]
        await gather(*(client.get("/position_ranks") for pair in clients for client in pair))
        await asyncio.sleep(0.05)


async def test_a_caller_reads_what_they_have_written_though_replicas_lag(
    processes: list[Process], servers: Servers
) -> None:
    for replica, delay in ((servers.first, "100ms"), (servers.second, "300ms")):
        servers.sql(replica, f"ALTER SYSTEM SET recovery_min_apply_delay = '{delay}'")
        servers.sql(replica, "SELECT pg_reload_conf()")
    async with AsyncExitStack() as callers:
        names = [f"writer{each}" for each in range(CALLERS)]
        clients = [await callers.enter_async_context(caller(processes, name)) for name in names]
        await gather(*map(writes_and_reads, clients, names))
        await read_until_all_replicas_answer(clients, processes)
    for replica in (servers.first, servers.second):
        servers.sql(replica, "ALTER SYSTEM RESET recovery_min_apply_delay")
        servers.sql(replica, "SELECT pg_reload_conf()")


async def test_a_write_without_a_name_holds_for_everybody(processes: list[Process], servers: Servers) -> None:
    async with caller(processes, "reader") as (client, _):
        for replica in (servers.first, servers.second):
            servers.sql(replica, "SELECT pg_wal_replay_pause()")
        async with processes[1].database.writing() as db:
            await db.execute(text("SELECT pg_current_xact_id()"))
            await db.commit()
            await write_marks.note(db, None)
        before = list(processes[0].reads)
        assert (await client.get("/position_ranks")).status_code == 200
        for replica in (servers.first, servers.second):
            servers.sql(replica, "SELECT pg_wal_replay_resume()")
        assert processes[0].reads == before


async def test_what_was_written_before_a_crash_is_read_after_it(processes: list[Process], servers: Servers) -> None:
    """The marks are lost with the crash; replicas that stand still have not got the write."""
    async with caller(processes, "crash") as clients:
        for replica in (servers.first, servers.second):
            servers.sql(replica, "SELECT pg_wal_replay_pause()")
        rank = (await clients[0].post("/position_ranks", json=RANK | {"code": "crash", "ordinal": 1})).json()
        writer = "SELECT pid FROM pg_stat_activity WHERE application_name = 'hagukumi-write' LIMIT 1"
        os.kill(int(servers.sql(servers.primary, writer)), signal.SIGKILL)
        statuses = []
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            statuses += [(await client.get(f"/position_ranks/{rank['id']}")).status_code for client in clients]
            await asyncio.sleep(0.1)
        for replica in (servers.first, servers.second):
            servers.sql(replica, "SELECT pg_wal_replay_resume()")
        assert set(statuses) - {503} == {200}
        for process in processes:
            await until(process.uses_all)


@asynccontextmanager
async def reading(processes: list[Process], name: str) -> AsyncIterator[list[int]]:
    """Reads all the time until the block ends, from accounts of which each prefers one of the replicas."""
    statuses: list[int] = []
    ended = asyncio.Event()

    async def read(client: AsyncClient) -> None:
        while not ended.is_set():
            statuses.append((await client.get("/position_ranks")).status_code)
            await asyncio.sleep(0.02)

    async with AsyncExitStack() as callers:
        clients = [await callers.enter_async_context(caller(processes, f"{name}{each}")) for each in range(4)]
        tasks = [asyncio.create_task(read(client)) for pair in clients for client in pair]
        yield statuses
        ended.set()
        await gather(*tasks)


async def test_no_request_fails_with_a_replica_that_ends_and_it_is_taken_back(
    processes: list[Process], servers: Servers
) -> None:
    async with reading(processes, "ending") as statuses:
        await asyncio.sleep(0.5)
        servers.signal(servers.second, signal.SIGKILL)
        await until(lambda: all(process.in_use() == [True, False] for process in processes))
        await until(lambda: embedded.has_ended(servers.second))
        await asyncio.to_thread(embedded.restart, servers.second, REPLICATED)
        await until(lambda: all(process.uses_all() for process in processes))
    assert set(statuses) == {200}


async def test_no_request_waits_for_a_replica_that_hangs(processes: list[Process], servers: Servers) -> None:
    async with reading(processes, "hanging") as statuses:
        await asyncio.sleep(0.5)
        servers.signal(servers.second, signal.SIGSTOP)
        await until(lambda: all(process.in_use() == [True, False] for process in processes))
        stopped = len(statuses)
        await until(lambda: len(statuses) > stopped + 50)
        servers.signal(servers.second, signal.SIGCONT)
        await until(lambda: all(process.uses_all() for process in processes))
    assert set(statuses) == {200}


async def test_a_new_primary_is_found_and_what_does_not_follow_it_is_left_out(
    processes: list[Process], servers: Servers
) -> None:
    async with caller(processes, "promotion") as clients:
        await clients[0].post("/position_ranks", json=RANK | {"code": "before", "ordinal": 1})
        reached = servers.sql(servers.primary, "SELECT pg_current_wal_insert_lsn()")
        await until(lambda: servers.sql(servers.first, f"SELECT pg_last_wal_replay_lsn() >= '{reached}'") == "t")
        servers.signal(servers.primary, signal.SIGKILL)
        await asyncio.to_thread(embedded.postgres, "pg_ctl", "-D", servers.first, "-w", "promote")
        answers: list[tuple[int, str]] = []

        async def written() -> bool:
            response = await clients[1].post("/position_ranks", json=RANK | {"code": "after", "ordinal": 1})
            answers.append((response.status_code, response.json().get("code", "")))
            return response.status_code == 201

        deadline = time.monotonic() + PATIENCE
        while not await written():
            assert time.monotonic() < deadline, answers
            await asyncio.sleep(0.1)
        read = [(await client.get("/position_ranks", params={"code": "after"})).json()["results"] for client in clients]
        assert [len(rows) for rows in read] == [1, 1]
        assert {status for status, _ in answers} <= {201, 503}, answers
        await asyncio.sleep(1)
        assert [process.in_use() for process in processes] == [[False, False]] * 2
