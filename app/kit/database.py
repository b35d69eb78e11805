"""Sessions: reads in autocommit, in one round trip; writes in one transaction, committed before the response."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlalchemy import ClauseElement, Connection, Engine, Executable, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from app.kit import connecting, logs
from app.kit.problems import StorageFull, Unavailable
from app.kit.settings import Limits, Settings

READS = frozenset({"GET", "OPTIONS"})  # HEAD arrives as GET
# Planning a statement about a few rows takes longer than running it, so its plan is kept. What reads many rows, a page
# that filters narrow or a figure, takes up to 50 times as long by a plan for any day and unit (0.07 s and 3 s for the
# enrollments of a unit, with 100,000 people), so it is planned for its values.
_PLAN_FOR_VALUES = "force_custom_plan"
_READ_ONLY = {"default_transaction_read_only": "on", "application_name": "hagukumi-read"}
_READ_FOR_VALUES = {**_READ_ONLY, "plan_cache_mode": _PLAN_FOR_VALUES}
_WRITING = {"application_name": "hagukumi-write"}
_PROBE = (  # saves a message in the write-ahead log, which is no row
    "SELECT current_setting('transaction_read_only')::boolean FROM pg_logical_emit_message(true, 'hagukumi', '')"
)
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
    """Takes a connection of either way when the first statement needs it."""

    def get_bind(self, *_mapper: object, clause: ClauseElement | None = None, **_rest: object) -> Engine | Connection:
        if isinstance(clause, Executable) and clause.get_execution_options().get("planned_for_values"):
            for_values: Engine = self.info["for_values"]
            return for_values
        return super().get_bind()


class Database:
    """The engines of one process."""

    _full_at = -_FULL_FOR

    def __init__(
        self, url: str, pool_size: int = 30, limits: Limits | None = None, *, transaction_pool: bool = False
    ) -> None:
        """Without limits for what an operator starts."""
        connect = partial(_engine, url, pool_size, limits, shared=transaction_pool)
        self.reads = connect(_READ_ONLY, autocommit=True)
        self.writes = connect(_WRITING, autocommit=False)
        # Statements without a name are planned at each call, and two of a pool's servers for one request could run out.
        self.reads_for_values = self.reads if transaction_pool else connect(_READ_FOR_VALUES, autocommit=True)

    def reading(self) -> AsyncSession:
        info = {"for_values": self.reads_for_values.sync_engine}
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
        for engine in (self.reads, self.reads_for_values, self.writes):
            await engine.dispose()


def of_requests(settings: Settings) -> Database:
    return Database(settings.url, settings.pool_size, settings.limits, transaction_pool=settings.transaction_pool)


def of_program(settings: Settings) -> Database:
    """Of what an operator starts: one connection of each kind, without limits."""
    return Database(settings.url, pool_size=1, transaction_pool=settings.transaction_pool)


def _engine(
    url: str, pool_size: int, limits: Limits | None, way: Mapping[str, str], *, autocommit: bool, shared: bool
) -> AsyncEngine:
    """A shared connection has its settings for a transaction, so there is no autocommit."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=limits.pool if limits else 30,
        hide_parameters=True,
        connect_args=connecting.arguments(way, limits, shared=shared),
        isolation_level="AUTOCOMMIT" if autocommit and not shared else "READ COMMITTED",
    )
    event.listen(engine.sync_engine, "before_cursor_execute", logs.count_statement)
    return engine


async def plan_for_values(db: AsyncSession) -> None:
    """Until the end of the transaction: for a job, whose statements are about many rows."""
    await db.execute(select(func.set_config("plan_cache_mode", _PLAN_FOR_VALUES, True)))


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
        async with database.reading() as db:
            yield db
        return
    async with database.writing() as db:
        request.state.db = db
        yield db
        request.state.committing = True
        await db.commit()


# scope="function": with the default, the response would be sent before the commit.
Db = Annotated[AsyncSession, Depends(unit_of_work, scope="function")]
