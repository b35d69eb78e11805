"""Connections: what each is for, and how it gets its settings and the limits of a request."""

from collections.abc import Mapping
from dataclasses import dataclass

from asyncpg import Connection
from sqlalchemy import ClauseElement, Engine, Executable, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.kit import logs
from app.kit.settings import Limits

# Planning a statement about a few rows takes longer than running it, so its plan is kept. What reads many rows, a page
# that filters narrow or a figure, takes up to 50 times as long by a plan for any day and unit (0.07 s and 3 s for the
# enrollments of a unit, with 100,000 people), so it is planned for its values.
PLAN_FOR_VALUES = "force_custom_plan"
_READ_ONLY = {"default_transaction_read_only": "on", "application_name": "hagukumi-read"}
_READ_FOR_VALUES = {**_READ_ONLY, "plan_cache_mode": PLAN_FOR_VALUES}
WRITING = {"application_name": "hagukumi-write"}
WATCHING = {"application_name": "hagukumi-watch"}
_KEPT_STATEMENTS = {"statement_cache_size": 500, "max_cached_statement_lifetime": 0, "max_cacheable_statement_size": 0}
_PATIENCE = 5  # seconds beyond a statement's limit, after which its server counts as out of reach
_IN_A_TRANSACTION = {"default_transaction_read_only": "transaction_read_only"}


class Shared(Connection):  # type: ignore[misc]  # asyncpg ships no types
    """Leads to a pool in transaction mode, such as PgBouncer's: the next transaction may meet another server.

    So nothing of a session is relied on. Each transaction begins by setting what it needs until its end, in the same
    round trip; statements are not named, and all that takes more than one round trip is inside a transaction.
    """

    settings = ""

    async def execute(self, query: str, *arguments: object, **waits: float | None) -> str:
        begun = f"{query}{self.settings}" if query.startswith("BEGIN") else query
        status: str = await super().execute(begun, *arguments, **waits)
        return status

    async def set_type_codec(self, typename: str, **how: object) -> None:
        async with self.transaction():
            await super().set_type_codec(typename, **how)


@dataclass(frozen=True)
class Server:
    """Where to connect to, by a pool in transaction mode or directly; without limits for what an operator starts."""

    url: str
    limits: Limits | None = None
    shared: bool = False

    def engine(self, way: Mapping[str, str], pool_size: int, *, autocommit: bool) -> AsyncEngine:
        """`way` are settings of PostgreSQL. A shared connection has its own for a transaction: no autocommit there."""
        engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=self.limits.pool if self.limits else 30,
            hide_parameters=True,
            connect_args=self._arguments(way),
            isolation_level="AUTOCOMMIT" if autocommit and not self.shared else "READ COMMITTED",
        )
        event.listen(engine.sync_engine, "before_cursor_execute", logs.count_statement)
        return engine

    def _arguments(self, way: Mapping[str, str]) -> Mapping[str, object]:
        """Of asyncpg's `connect`."""
        limits = self.limits
        settings = {**way, **(_milliseconds(limits) if limits else {})}
        waits = {"timeout": limits.connection, "command_timeout": limits.statement + _PATIENCE} if limits else {}
        if not self.shared:
            return {"server_settings": settings, **_KEPT_STATEMENTS, **waits}
        named = {_IN_A_TRANSACTION.get(name, name): value for name, value in settings.items()}
        local = "".join(f"SET LOCAL {name} = '{value}';" for name, value in named.items())
        return {
            "connection_class": type("SharedWay", (Shared,), {"settings": local}),
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            **waits,
        }


def _milliseconds(limits: Limits) -> Mapping[str, str]:
    timeouts = {
        "lock_timeout": limits.lock,
        "statement_timeout": limits.statement,
        "idle_in_transaction_session_timeout": limits.idle_transaction,
    }
    return {name: str(round(seconds * 1000)) for name, seconds in timeouts.items()}


class Reads:
    """The two ways to read from a server: by kept plans, and by plans for the values at hand."""

    def __init__(self, server: Server, pool_size: int) -> None:
        self.kept = server.engine(_READ_ONLY, pool_size, autocommit=True)
        # Statements without a name are planned at each call, and two of a pool's servers for one request could run out.
        self.for_values = self.kept if server.shared else server.engine(_READ_FOR_VALUES, pool_size, autocommit=True)
        self.autocommit = not server.shared

    def engine(self, statement: ClauseElement | None) -> Engine:
        asked = isinstance(statement, Executable) and statement.get_execution_options().get("planned_for_values")
        return (self.for_values if asked else self.kept).sync_engine

    @property
    def engines(self) -> set[AsyncEngine]:
        return {self.kept, self.for_values}
