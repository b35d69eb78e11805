"""One row or 404: a row that a caller may not see does not exist for them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from app.kit import driver
from app.kit.as_of import AsOf
from app.kit.once import built_once, careful
from app.kit.problems import DomainError, NotFound

T = TypeVar("T")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")

KEY = "key_asked_for"


async def fetched(db: AsyncSession, rows: Select[*Ts], params: Mapping[str, object]) -> Sequence[Row[*Ts]]:
    """All rows of a statement that was built once. Rows of columns are read without the session's work for records."""
    made = None if careful.get() or _has_records(rows) else driver.compiled(rows, db.get_bind(clause=rows).dialect)
    if made is None:
        return (await db.execute(rows, params)).all()
    if db.autoflush:
        await db.flush()
    found: Sequence[Row[*Ts]] = await driver.fetch(db, rows, made, params)
    return found


@built_once
def every(model: type[T]) -> Select[T]:
    """All rows of a table."""
    return select(model)


@built_once
def _has_records(rows: Select[*Ts]) -> bool:
    described = rows.column_descriptions
    return any(one["expr"] is one.get("entity", False) for one in described)


@built_once
def keyed(rows: Select[*Ts], key: SQLColumnExpression[V]) -> Select[*Ts]:
    """The row with this key, which is the parameter `key_asked_for`."""
    return rows.where(key == bindparam(KEY, type_=element(key).type))


def element(column: SQLColumnExpression[T]) -> ColumnElement[T]:
    """The expression of a mapped attribute; any other column is one."""
    found = column.expression if isinstance(column, QueryableAttribute) else column
    assert isinstance(found, ColumnElement)  # noqa: S101 - SQLColumnExpression is the type of these two only
    return found


async def row_or_404(
    db: AsyncSession, rows: Select[*Ts], key: SQLColumnExpression[V], value: V, as_of: AsOf
) -> Row[*Ts]:
    """A row of several columns."""
    found = await fetched(db, keyed(rows, key), {**as_of.params, KEY: value})
    if not found:
        raise NotFound
    return found[0]


async def one_or_404(
    db: AsyncSession,
    rows: Select[T],
    key: SQLColumnExpression[V],
    value: V,
    not_found: DomainError | None = None,
    as_of: AsOf | None = None,
) -> T:
    """The row; or `not_found`, an error that names the field of the input with the reference."""
    params = {**(as_of.params if as_of else {}), KEY: value}
    row = (await db.execute(keyed(rows, key), params)).scalars().first()
    if row is None:
        raise not_found or NotFound
    return row


async def require_existing(
    db: AsyncSession,
    column: SQLColumnExpression[V],
    values: Mapping[str, V],
    error: type[DomainError],
    as_of: AsOf | None = None,
) -> None:
    """Refuse values that do not occur in the column, each with its JSON Pointer (the mapping's key)."""
    if not values:
        return
    rows = select(column).where(column.in_(set(values.values())))
    present = set((await db.execute(rows, as_of.params if as_of else {})).scalars())
    unknown = tuple(error.at(pointer) for pointer, value in values.items() if value not in present)
    if unknown:
        raise error(fields=unknown)


def pointers(pointer: str, values: Iterable[V]) -> dict[str, V]:
    """The entries of a list by their JSON Pointer."""
    return {f"{pointer}/{index}": value for index, value in enumerate(values)}
