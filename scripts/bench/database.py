"""What the bench asks of PostgreSQL itself, and the reset between measurements."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

HERE = Path(__file__).parent
QUIET, PATIENCE = 3, 20  # times in turn at which nobody works; seconds

_BUSY = """
SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
AND state <> 'idle' AND pid <> pg_backend_pid()"""
WRITTEN = ("enrollment", "enrollment_event", "booking", "audit_entry", "course_session", "bench.seat")


def fetch(database: str, statement: str, *arguments: object) -> list[Mapping[str, Any]]:
    async def run() -> list[Mapping[str, Any]]:
        connection = await asyncpg.connect(database)
        try:
            return [dict(row) for row in await connection.fetch(statement, *arguments)]
        finally:
            await connection.close()

    return asyncio.run(run())


def execute(database: str, *scripts: str) -> None:
    """Each script in a transaction of its own; days are those in Tokyo."""

    async def run() -> None:
        connection = await asyncpg.connect(database, server_settings={"timezone": "Asia/Tokyo"})
        try:
            for script in scripts:
                await connection.execute(script)
        finally:
            await connection.close()

    asyncio.run(run())


def settle(database: str) -> None:
    """Wait until what was sent last is done: a load ends with a request on each connection."""
    quiet, deadline = 0, time.monotonic() + PATIENCE
    while quiet < QUIET and time.monotonic() < deadline:
        quiet = 0 if fetch(database, _BUSY) else quiet + 1
        time.sleep(0.05)


def reset(database: str) -> None:
    """As before any application: rows, seats, and the space that they took."""
    settle(database)
    execute(database, (HERE / "reset.sql").read_text(), *(f"VACUUM {table}" for table in WRITTEN), "CHECKPOINT")


def megabytes(database: str) -> float:
    """On disk."""
    return float(fetch(database, "SELECT pg_database_size(current_database()) / 1e6 AS size")[0]["size"])
