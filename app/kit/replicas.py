"""Reads from replicas, which lag behind the primary by a moment: never behind what the caller has written.

After each commit the caller's mark is set on the primary. The statement that looks a caller up, which always runs on
the primary, returns the mark: a replica that has replayed the log up to there has all that they have written, by
whatever process. Processes share nothing else, and a client needs to send nothing.

When the marks were lost and begin anew, the first one is everybody's and stands after all that was written before.
Until a look has met the new era, and found a replica that follows the server that is the primary now, reads go there.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from app.kit import logs
from app.kit.connecting import WATCHING, Reads, Server
from app.kit.write_marks import EVERYBODY, Position

_PAUSE = 0.2  # seconds between looks at a server
_PATIENCE = 2.0  # seconds for a look
_TRUSTED_FOR = 3.0  # seconds after a look

_OF_PRIMARY = text("SELECT era, wal_position() AS reached, wal_timeline() AS timeline FROM written_by(:everybody)")
_BEGIN_ERA = text("SELECT note_write(:everybody)")
_OF_REPLICA = text(
    "SELECT (SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming') AS timeline,"
    " pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint AS replayed WHERE pg_is_in_recovery()"
)


@dataclass(frozen=True)
class Primary:
    """What the last look has found."""

    era: UUID
    timeline: int
    looked_at: float


class Replica:
    """A server to read from, and up to where it is known to have replayed."""

    def __init__(self, server: Server, pool_size: int) -> None:
        self.reads = Reads(server, pool_size)
        self.watch = server.engine(WATCHING, 1, autocommit=True)
        self._connections = set[Connection]()
        self.replayed: Position | None = None
        self._looked_at = 0.0
        for engine in self.reads.engines:
            event.listen(engine.sync_engine, "connect", self._remember)

    def _remember(self, connection: DBAPIConnection, _record: object) -> None:
        living = {one for one in self._connections if not one.is_closed()}
        self._connections = living | {connection.driver_connection}

    def has(self, position: Position) -> bool:
        known = self.replayed
        if known is None or time.monotonic() > self._looked_at + _TRUSTED_FOR:
            return False
        return known.era == position.era and known.lsn >= position.lsn

    def take(self, replayed: Position) -> None:
        if self.replayed is None:
            logs.note("replica in use")
        self.replayed, self._looked_at = replayed, time.monotonic()

    def leave_out(self, why: str) -> None:
        """No read begins there until a look finds it well again."""
        if self.replayed is not None:
            logs.note("replica left out", why=why)
        self.replayed = None

    def give_up(self, why: str) -> None:
        """It does not respond: reads that wait there now shall not wait on. The first that meets an ended connection
        later has its pool renewed, and is answered by the primary."""
        self.leave_out(why)
        for connection in self._connections:
            connection.terminate()
        self._connections = set()

    async def close(self) -> None:
        for engine in (*self.reads.engines, self.watch):
            await engine.dispose()


class Replicas:
    """All replicas of a primary, watched by each process for itself."""

    def __init__(self, primary: Server, servers: Sequence[Server], pool_size: int, longest_lag: float) -> None:
        self.servers = [Replica(server, pool_size) for server in servers]
        self._watch = primary.engine(WATCHING, 1, autocommit=True)
        self._longest_lag = longest_lag
        self._primary: Primary | None = None
        self._reached = deque[tuple[float, int]]()

    def __bool__(self) -> bool:
        return bool(self.servers)

    def with_writes_of(self, caller: UUID, position: Position) -> Replica | None:
        """The same one as before where it can be, so that time does not seem to go back."""
        first = caller.int % len(self.servers)
        return next((one for one in self.servers[first:] + self.servers[:first] if one.has(position)), None)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at all servers again and again until the block ends."""
        looks = [self._watch_primary(), *map(self._watch_replica, self.servers)] if self.servers else []
        tasks = [asyncio.create_task(look) for look in looks]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _watch_primary(self) -> None:
        while True:
            if await _refused(self._look_at_primary):
                self._primary = None
            await asyncio.sleep(_PAUSE)

    async def _watch_replica(self, replica: Replica) -> None:
        while True:
            if refused := await _refused(lambda: self._look_at(replica)):
                replica.give_up(refused)
            await asyncio.sleep(_PAUSE)

    async def _look_at_primary(self) -> None:
        async with self._watch.connect() as connection:
            row = (await connection.execute(_OF_PRIMARY, {"everybody": EVERYBODY})).one_or_none()
            if row is None:
                await connection.execute(_BEGIN_ERA, {"everybody": EVERYBODY})
                await connection.commit()
                return
        now = time.monotonic()
        if self._primary is None or self._primary.era != row.era:
            self._reached.clear()
        self._reached.append((now, row.reached))
        while len(self._reached) > 1 and self._reached[1][0] < now - self._longest_lag:
            self._reached.popleft()
        self._primary = Primary(row.era, row.timeline, now)

    async def _look_at(self, replica: Replica) -> None:
        async with replica.watch.connect() as connection:
            row = (await connection.execute(_OF_REPLICA)).one_or_none()
        primary, now = self._primary, time.monotonic()
        if primary is None or now > primary.looked_at + _TRUSTED_FOR:
            replica.leave_out("the primary is not known")
        elif row is None or row.timeline != primary.timeline:
            replica.leave_out("it does not follow the primary")
        elif row.replayed < self._demanded(now):
            replica.leave_out("it is too far behind")
        else:
            replica.take(Position(primary.era, row.replayed))

    def _demanded(self, now: float) -> int:
        """Where the primary was as long ago as a replica may lag."""
        at, reached = self._reached[0]
        return reached if at < now - self._longest_lag else 0

    async def close(self) -> None:
        for one in self.servers:
            await one.close()
        await self._watch.dispose()


async def _refused(look: Callable[[], Awaitable[None]]) -> str | None:
    """The kind of the error, if the server could not be looked at."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await look()
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return type(error).__name__
    return None
