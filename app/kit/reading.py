"""One row or 404: what a caller may not see does not exist for them."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import DomainError, NotFound

T = TypeVar("T")


async def found(
    db: AsyncSession,
    rows: Select[T],
    key: Any,
    value: UUID | str,
    otherwise: DomainError | None = None,
    **bound: Any,
) -> T:
    """The row; or `otherwise`, the error that names the member of the input that spoke of it."""
    row = (await db.execute(rows.where(key == value), bound)).scalars().first()
    if row is None:
        raise otherwise or NotFound
    return row


async def all_known(db: AsyncSession, column: Any, values: Mapping[str, Any], otherwise: type[DomainError]) -> None:
    """Refuse values that the column does not have, naming each by its JSON Pointer (the mapping's key)."""
    if not values:
        return
    present = set((await db.execute(select(column).where(column.in_(set(values.values()))))).scalars())
    unknown = tuple(otherwise.at(pointer) for pointer, value in values.items() if value not in present)
    if unknown:
        raise otherwise(members=unknown)
