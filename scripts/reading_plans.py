"""What PostgreSQL does for a statement: the tables that it reads as a whole, and the rows and pages that it reads."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from asyncpg import Connection
from fastapi import FastAPI
from sqlalchemy import event

Json = Mapping[str, Any]
PATIENCE = 300  # seconds


@dataclass(frozen=True)
class Statement:
    """A statement of a read as it was sent; `is_kept`: its plan is, whatever the values are."""

    sql: str
    parameters: Sequence[Any]
    is_kept: bool


@dataclass(frozen=True)
class Met:
    """What a statement met. `rows` are those that scans returned or filtered out, `without_index` by table those read
    in the order in which they lie. `pages`, of 8 kB, are also those of functions, whose plans are not shown."""

    without_index: Mapping[str, float]
    rows: int
    pages: int
    milliseconds: float


@contextmanager
def sent(app: FastAPI) -> Iterator[list[Statement]]:
    """The statements of reads."""
    seen: list[Statement] = []

    def note(is_kept: bool, _connection: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        seen.append(Statement(sql, parameters, is_kept))

    database = app.state.database
    notes = {
        database.reads.sync_engine: partial(note, True),
        database.reads_for_values.sync_engine: partial(note, False),
    }
    for engine, listener in notes.items():
        event.listen(engine, "before_cursor_execute", listener)
    yield seen
    for engine, listener in notes.items():
        event.remove(engine, "before_cursor_execute", listener)


async def plan(app: FastAPI, statement: Statement) -> Json:
    """PostgreSQL's plan of the statement, which is run again, and what it met."""
    async with app.state.database.reads_for_values.connect() as connection:
        driver: Connection = (await connection.get_raw_connection()).driver_connection
        async with driver.transaction():
            await driver.execute("SET LOCAL statement_timeout = 0")
            if not statement.is_kept:
                explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"
                return dict((await driver.fetchval(explain, *statement.parameters, timeout=PATIENCE))[0])
            await driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            await driver.execute(f"PREPARE kept AS {statement.sql}")
            values = ", ".join(map(literal, statement.parameters))
            explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE kept{f'({values})' if values else ''}"
            found = dict((await driver.fetchval(explain, timeout=PATIENCE))[0])
            await driver.execute("DEALLOCATE kept")
            return found


def literal(value: object) -> str:
    """As SQL has it, of no type."""
    if value is None:
        return "NULL"
    text = f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else str(value)
    return "'" + text.replace("'", "''") + "'"


async def met(app: FastAPI, statement: Statement) -> Met:
    whole = await plan(app, statement)
    nodes = list(_nodes(whole["Plan"]))
    return Met(
        without_index={node["Relation Name"]: _rows(node) for node in nodes if node["Node Type"] == "Seq Scan"},
        rows=round(sum(_rows(node) for node in nodes if "Scan" in node["Node Type"])),
        pages=whole["Plan"]["Shared Hit Blocks"] + whole["Plan"]["Shared Read Blocks"],
        milliseconds=whole["Execution Time"],
    )


def _nodes(node: Json) -> Iterator[Json]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _rows(node: Json) -> float:
    """Averages over the loops, as PostgreSQL gives them. A bitmap's rows are those of its table."""
    if node["Node Type"] == "Bitmap Index Scan" or "Subquery" in node["Node Type"]:
        return 0
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float(node["Actual Loops"] * (node["Actual Rows"] + dropped))
