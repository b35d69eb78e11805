"""Statements of columns, asked of the driver itself.

SQLAlchemy takes longer to run a statement than PostgreSQL takes to answer most reads. Of a statement that was built
once, the SQL, the order of its parameters and the conversions of its columns stay the same: they are found out once,
and asyncpg is asked without a session's work. `fetched` in `reading.py` decides which statements come here.
"""

from asyncio import CancelledError
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from asyncpg import Connection, InternalClientError
from sqlalchemy import ARRAY, Dialect, Engine, Float, Numeric, Select
from sqlalchemy.connectors.asyncio import AsyncAdapt_Error
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import greenlet_spawn

from app.kit.connecting import Reads
from app.kit.once import built_once

Conversion = Callable[[Any], Any] | None
Record = Iterable[object]

_TEXT = SimpleNamespace(compiled=None)  # for listeners, who look into statements


@dataclass(frozen=True)
class Parameter:
    """What stands at a place of the SQL: the value of this key, or else a constant of the statement."""

    key: str
    required: bool
    constant: object
    conversion: Conversion

    def value(self, given: Mapping[str, object]) -> object:
        value = given[self.key] if self.required or self.key in given else self.constant
        return value if value is None or self.conversion is None else self.conversion(value)


@dataclass(frozen=True)
class Compiled:
    sql: str
    parameters: Sequence[Parameter]
    row: Callable[[Record], tuple[Any, ...]]
    context: SimpleNamespace


@built_once
def compiled(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> Compiled | None:
    """None for a statement whose SQL depends on its values, or whose conversions on what PostgreSQL says of them."""
    made = statement.compile(dialect=dialect)
    assert isinstance(made, SQLCompiler)  # noqa: S101 - of every statement that is no text
    kinds = [column.type for column in made._result_columns]
    if made.post_compile_params or any(map(_is_number, kinds)):
        return None
    names = [column.keyname for column in made._result_columns]
    row = _row(names, kinds, dialect)
    parameters = [_parameter(made, name) for name in made.positiontup or ()]
    return Compiled(str(made), parameters, row, SimpleNamespace(compiled=made))


def _is_number(kind: TypeEngine[Any]) -> bool:
    """With a fraction: how it comes is known only when PostgreSQL describes the statement."""
    return _is_number(kind.item_type) if isinstance(kind, ARRAY) else isinstance(kind, Numeric | Float)


def _row(names: Sequence[str], kinds: Sequence[TypeEngine[Any]], dialect: Dialect) -> Callable[[Record], Any]:
    """A tuple with the names of the columns, from which fields are read ten times as fast as from SQLAlchemy's rows."""
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Record], Any] = kind._make
    conversions = [(place, how) for place, each in enumerate(kinds) if (how := _conversion(each, dialect))]
    if not conversions:
        return make

    def converted(record: Record) -> Any:
        values = list(record)
        for place, convert in conversions:
            values[place] = convert(values[place])
        return make(values)

    return converted


def _conversion(kind: TypeEngine[Any], dialect: Dialect) -> Conversion:
    """None where the driver's value is as SQLAlchemy would give it: it makes lists of arrays."""
    if isinstance(kind, ARRAY) and not kind.as_tuple and _conversion(kind.item_type, dialect) is None:
        return None
    return kind._cached_result_processor(dialect, None)


def _parameter(made: SQLCompiler, name: str) -> Parameter:
    found = made.binds[name]
    conversion: Any = made._bind_processors.get(name)
    return Parameter(found.key, found.required, found.effective_value, conversion)


async def fetch(
    db: AsyncSession, statement: Select[*tuple[Any, ...]], made: Compiled, given: Mapping[str, object]
) -> Sequence[Any]:
    """Rows of a statement, on the session's own connection where it has one."""
    values = [each.value(given) for each in made.parameters]
    reads: Reads | None = db.info.get("reads")
    if reads and reads.autocommit:
        records = await _on_any(reads.engine(statement), made, values)
    elif (connection := await _in_transaction(db)) is None:
        return (await db.execute(statement, given)).all()
    else:
        records = await _on(connection, made.sql, values, made.context)
    return list(map(made.row, records))


async def run(db: AsyncSession, sql: str, values: Sequence[object]) -> None:
    """A statement without rows, in the session's transaction."""
    connection = await _in_transaction(db)
    if connection is None:
        await (await db.connection()).exec_driver_sql(sql, tuple(values))
    else:
        await _on(connection, sql, values, _TEXT)


async def _on_any(engine: Engine, made: Compiled, values: Sequence[object]) -> Sequence[Record]:
    """On a connection of the pool, each of which reads what is committed when the statement begins."""
    pooled = await _pooled(engine)
    driver: Connection = pooled.driver_connection
    try:
        return await _asked(engine.dispatch, driver, made.sql, values, made.context)
    except (Exception, CancelledError) as error:
        await _give_up(engine, pooled, error)
        raise
    finally:
        await greenlet_spawn(pooled.close)


async def _pooled(engine: Engine) -> PoolProxiedConnection:
    """Raises the driver's own error, as whatever is asked of the connection does."""
    try:
        return await greenlet_spawn(engine.raw_connection)
    except AsyncAdapt_Error as error:
        raise (error.__cause__ or error) from None


async def _in_transaction(db: AsyncSession) -> Any:
    """The session's connection, unless its transaction begins with the next statement: SQLAlchemy begins it."""
    connection: Any = (await db.connection()).sync_connection
    return connection if connection.connection.dbapi_connection._transaction else None


async def _on(connection: Any, sql: str, values: Sequence[object], context: SimpleNamespace) -> Sequence[Record]:
    pooled = connection.connection
    try:
        return await _asked(connection.dispatch, pooled.driver_connection, sql, values, context)
    except (Exception, CancelledError) as error:
        await _give_up(connection.engine, pooled, error)
        raise


async def _give_up(engine: Engine, pooled: Any, error: BaseException) -> None:
    """The connection, where it cannot be used again. If it has ended, so may have the others, which are as old."""
    if pooled.driver_connection.is_closed() or isinstance(error, InternalClientError):
        await greenlet_spawn(engine.pool._invalidate, pooled, error)
    elif isinstance(error, CancelledError):
        await greenlet_spawn(pooled.invalidate, error)


async def _asked(
    events: Any, driver: Connection, sql: str, values: Sequence[object], context: SimpleNamespace
) -> Sequence[Record]:
    for listener in events.before_cursor_execute:
        listener(None, None, sql, values, context, False)
    records: Sequence[Record] = await driver.fetch(sql, *values)
    return records
