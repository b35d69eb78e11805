"""New rows of several tables with their log, in one statement.

A flush sends a statement for each table and one for the log, while rivals wait for the lock of a session. Here
PostgreSQL takes the rows of each table as a JSON array, so that the statement depends on the tables alone. It is built
once for them and sent as text: to recognize a statement of a hundred columns again would take as long as to run it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic_core import to_json
from sqlalchemy import Dialect, Insert, Table, bindparam, column, func, insert, inspect, select
from sqlalchemy.dialects.postgresql import JSONB, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from app.audit import recorder
from app.audit.enums import AuditAction
from app.audit.models import AuditEntry
from app.kit import clock, driver
from app.kit.records import Record, uuid7

Models = tuple[type[SQLModel], ...]


async def add(db: AsyncSession, rows: Sequence[Record]) -> None:
    """The session does not know the rows afterwards: for those that are only shown."""
    given: dict[type[SQLModel], list[Mapping[str, object]]] = {}
    for row in rows:
        given.setdefault(type(row), []).append(_values(row))
    entries = [recorder.entry_of(db.sync_session, AuditAction.CREATED, row) for row in rows if row.__audited__]
    given[AuditEntry] = [{"id": uuid7(), "at": clock.now(), **entry} for entry in entries]
    statement = _statement(tuple(given), db.get_bind().dialect)
    await driver.run(db, statement, [to_json(each).decode() for each in given.values()])


def _values(row: SQLModel) -> Mapping[str, object]:
    """As PostgreSQL reads them from JSON; a range is a text there."""
    values = {each.key: getattr(row, each.key) for each in _table(type(row)).columns}
    return {name: str(value) if isinstance(value, Range) else value for name, value in values.items()}


@lru_cache(maxsize=100)
def _statement(models: Models, dialect: Dialect) -> str:
    *those, log = (_insert(_table(model)) for model in models)
    for model, one in zip(models, those, strict=False):
        log = log.add_cte(one.cte(f"new_{_table(model).name}"))
    return str(log.compile(dialect=dialect))


def _insert(table: Table) -> Insert:
    columns = [column(each.name, each.type) for each in table.columns]
    rows = func.jsonb_to_recordset(bindparam(table.name, type_=JSONB)).table_valued(*columns)
    return insert(table).from_select(table.columns.keys(), select(*rows.render_derived(with_types=True).c))


def _table(model: type[SQLModel]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)  # noqa: S101 - what a stored record has
    return table
