"""Sessions: reads in autocommit, in one round trip; writes in one transaction, committed before the response."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from app.kit import logs

READS = frozenset({"GET", "OPTIONS"})  # HEAD arrives as GET
# Generic plans suit no particular day: with 100,000 people they cost 10 to 50 times as much as plans for the day.
_SETTINGS = {"plan_cache_mode": "force_custom_plan"}
_READ_ONLY = {
    "server_settings": _SETTINGS | {"default_transaction_read_only": "on", "application_name": "hagukumi-read"}
}
_WRITING = {"server_settings": _SETTINGS | {"application_name": "hagukumi-write"}}


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


class Database:
    """The engines of one process."""

    def __init__(self, url: str, pool_size: int = 40) -> None:
        pooled = partial(
            create_async_engine, url, pool_size=pool_size, max_overflow=0, pool_timeout=30, hide_parameters=True
        )
        self.reads = pooled(connect_args=_READ_ONLY, isolation_level="AUTOCOMMIT")
        self.writes = pooled(connect_args=_WRITING)
        for engine in (self.reads, self.writes):
            event.listen(engine.sync_engine, "before_cursor_execute", logs.count_statement)

    def reading(self) -> AsyncSession:
        return AsyncSession(self.reads, autoflush=False)

    def writing(self) -> AsyncSession:
        return AsyncSession(self.writes, sync_session_class=FlushingSession, expire_on_commit=False)

    async def close(self) -> None:
        await self.reads.dispose()
        await self.writes.dispose()


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
