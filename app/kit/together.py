"""Several small questions in one round trip."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Select, Subquery, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.as_of import AsOf

Statement = Select[*tuple[Any, ...]]


async def fetch_together(db: AsyncSession, as_of: AsOf, **parts: Statement) -> Mapping[str, Sequence[object]]:
    """The rows of each statement as JSON objects, by its name; days and ids are texts there, instants should not be."""
    rows = union_all(*(_as_json(name, part.subquery(name)) for name, part in parts.items()))
    found: dict[str, list[object]] = defaultdict(list)
    for name, row in await db.execute(rows, as_of.params):
        found[name].append(row)
    return found


def _as_json(name: str, part: Subquery) -> Statement:
    return select(literal(name), func.to_json(part.table_valued(), type_=JSON)).select_from(part)
