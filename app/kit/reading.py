"""One row or 404: what a caller may not see does not exist for them."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import DomainError, NotFound

T = TypeVar("T")


async def found(
    db: AsyncSession,
    rows: Select[tuple[T]],
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
