"""One row or 404: a row that a caller may not see does not exist for them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sqlalchemy import Select, SQLColumnExpression, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.as_of import AsOf
from app.kit.problems import DomainError, NotFound

T = TypeVar("T")
V = TypeVar("V")


async def one_or_404(
    db: AsyncSession,
    rows: Select[T],
    key: SQLColumnExpression[V],
    value: V,
    not_found: DomainError | None = None,
    as_of: AsOf | None = None,
) -> T:
    """The row; or `not_found`, an error that names the field of the input with the reference."""
    row = (await db.execute(rows.where(key == value), as_of.params if as_of else {})).scalars().first()
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
