"""Arguments of asyncpg's `connect`: how a connection gets the settings of its way and the limits of a request."""

from collections.abc import Mapping

from asyncpg import Connection

from app.kit.settings import Limits

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


def arguments(way: Mapping[str, str], limits: Limits | None, *, shared: bool) -> Mapping[str, object]:
    """`way` are settings of PostgreSQL by name; without limits for what an operator starts."""
    settings = {**way, **(_milliseconds(limits) if limits else {})}
    waits = {"timeout": limits.connection, "command_timeout": limits.statement + _PATIENCE} if limits else {}
    if not shared:
        return {"server_settings": settings, **waits}
    local = "".join(f"SET LOCAL {_IN_A_TRANSACTION.get(name, name)} = '{value}';" for name, value in settings.items())
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
