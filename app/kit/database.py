"""Sessions: reads in autocommit, in one round trip; writes in one transaction, committed before the response."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, TypeVar
from uuid import UUID

from asyncpg import InterfaceError, PostgresError
from fastapi import Depends, Request
from sqlalchemy import ClauseElement, Connection, Engine, Executable, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

from app.kit import faults, logs, write_marks
from app.kit.connecting import PLAN_FOR_VALUES, WRITING, Reads, Server
from app.kit.problems import StorageFull, Unavailable
from app.kit.replicas import Replica, Replicas
from app.kit.settings import Limits, Settings
from app.kit.write_marks import Position

READS = frozenset({"GET", "OPTIONS"})  # HEAD arrives as GET
_PROBE = (  # saves a message in the write-ahead log, which is no row
    "SELECT current_setting('transaction_read_only')::boolean FROM pg_logical_emit_message(true, 'hagukumi', '')"
)
_TOOK_TOO_LONG = "57014"
_READY_WITHIN = 2.0  # seconds
_FULL_FOR = 30.0  # seconds without a write that failed for want of space, after which there may be space again
E = TypeVar("E", bound=Executable)

_flushing: ContextVar[bool] = ContextVar("flushing", default=False)


class FlushingSession(Session):
    """Marks what a flush writes, which is logged row by row; other statements are not."""

    def flush(self, objects: Sequence[object] | None = None) -> None:
        token = _flushing.set(True)
        try:
            super().flush(objects)
        finally:
            _flushing.reset(token)


def is_flushing() -> bool:
    return _flushing.get()


def planned_for_values(statement: E) -> E:
    """To read many rows, such as a page or a figure: a read plans it at each call, where others keep their plans."""
    return statement.execution_options(planned_for_values=True)


class ReadingSession(Session):
    """Takes a connection of either way when the first statement needs it, of the server that `info` has by then."""

    def get_bind(self, *_mapper: object, clause: ClauseElement | None = None, **_rest: object) -> Engine | Connection:
        reads: Reads = self.info["reads"]
        return reads.engine(clause)


class Database:
    """The engines of one process."""

    _full_at = -_FULL_FOR

    def __init__(
        self,
        url: str,
        pool_size: int = 30,
        limits: Limits | None = None,
        *,
        transaction_pool: bool = False,
        replica_urls: Sequence[str] = (),
        longest_lag: float = 5,
    ) -> None:
        """Without limits for what an operator starts."""
        primary, *servers = (Server(each, limits, transaction_pool) for each in (url, *replica_urls))
        self.on_primary = Reads(primary, pool_size)
        self.writes = primary.engine(WRITING, pool_size, autocommit=False)
        self.replicas = Replicas(primary, servers, pool_size, longest_lag)

    @property
    def reads(self) -> AsyncEngine:
        return self.on_primary.kept

    @property
    def reads_for_values(self) -> AsyncEngine:
        return self.on_primary.for_values

    def reading(self) -> AsyncSession:
        """From the primary, until `read_from_replica`."""
        info = {"reads": self.on_primary}
        return AsyncSession(self.reads, sync_session_class=ReadingSession, autoflush=False, info=info)

    def writing(self) -> AsyncSession:
        return AsyncSession(self.writes, sync_session_class=FlushingSession, expire_on_commit=False)

    async def check(self) -> None:
        """Raise an error unless something can be read and saved now."""
        async with asyncio.timeout(_READY_WITHIN):
            async with self.reading() as db:
                await db.execute(text("SELECT 1"))
                await db.execute(planned_for_values(text("SELECT 1")))
            async with self.writing() as db:
                read_only = await db.scalar(text(_PROBE))
                await db.commit()
        if read_only:
            raise Unavailable
        if time.monotonic() < self._full_at + _FULL_FOR:
            raise StorageFull

    def note_full(self) -> None:
        """A write has failed for want of space; a small one may still find some."""
        self._full_at = time.monotonic()

    async def close(self) -> None:
        for engine in {self.reads, self.reads_for_values, self.writes}:
            await engine.dispose()
        await self.replicas.close()


def of_requests(settings: Settings) -> Database:
    return Database(
        settings.url,
        settings.pool_size,
        settings.limits,
        transaction_pool=settings.transaction_pool,
        replica_urls=settings.replicas,
        longest_lag=settings.replica_lag_seconds,
    )


def of_program(settings: Settings) -> Database:
    """Of what an operator starts: one connection of each kind, without limits."""
    return Database(settings.url, pool_size=1, transaction_pool=settings.transaction_pool)


async def plan_for_values(db: AsyncSession) -> None:
    """Until the end of the transaction: for a job, whose statements are about many rows."""
    await db.execute(select(func.set_config("plan_cache_mode", PLAN_FOR_VALUES, True)))


def after_commit(db: AsyncSession, act: Callable[[], None]) -> None:
    """For what no rollback could take back, such as destroying a key; where it fails, a job has to do it later."""

    def attempt(_session: Session) -> None:
        try:
            act()
        except OSError as error:
            logs.failure("failed after the commit", error)

    event.listen(db.sync_session, "after_commit", attempt, once=True)


async def unit_of_work(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's session. An exception rolls back; a return commits before the first byte is sent."""
    database: Database = request.app.state.database
    if request.method in READS:
        db = database.reading()
        try:
            with replica_failures(request, db):
                yield db
        finally:
            if db.in_transaction():  # only a statement about records has taken a connection
                await asyncio.shield(db.close())
        return
    async with database.writing() as db:
        request.state.db = db
        yield db
        request.state.committing = True
        await db.commit()
        if database.replicas:
            await write_marks.note(db, db.info.get("writer"))


async def read_from_replica(request: Request, db: AsyncSession, caller: UUID, written: Position | None) -> None:
    """What a read asks after this may lag, but has what the caller has written. In the second attempt of a request
    whose replica has failed, it asks the primary."""
    replicas: Replicas = request.app.state.database.replicas
    if request.method not in READS or written is None or getattr(request.state, "replica_failed", False):
        return
    if replica := replicas.with_writes_of(caller, written):
        await db.close()  # hands the primary's connection back
        db.info.update(reads=replica.reads, replica=replica)


@contextmanager
def replica_failures(request: Request, db: AsyncSession) -> Iterator[None]:
    """Where a replica cannot answer, the request is repeated; what takes too long would do so elsewhere, too."""
    try:
        yield
    except (DBAPIError, PostgresError, InterfaceError, OSError, PoolTimeout) as error:
        replica: Replica | None = db.info.get("replica")
        if replica is None or faults.sqlstate(error) == _TOOK_TOO_LONG:
            raise
        replica.leave_out(type(error).__name__)
        request.state.replica_failed = True
        raise faults.ReplicaFailed from error


# scope="function": with the default, the response would be sent before the commit.
Db = Annotated[AsyncSession, Depends(unit_of_work, scope="function")]
