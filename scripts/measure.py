"""Measures pages of lists and skill gap counts in a made-up city of 100,000 people.

    .venv/bin/python -m scripts.measure [--employees N] [--data DIR]

Loads the city once into DIR (default var/measure), prints the median time of typical requests, then reads 1,000 pages
of 50 people by cursor and prints for page 1 and page 1,000 the median time, the number of statements and PostgreSQL's
plan of the page's statement.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event

from app.kit import keys
from app.kit.settings import Settings
from app.main import build_app
from scripts import embedded

ROOT = Path(__file__).parent.parent
LIMIT, DEEP, REPEATS = 50, 1000, 21
REQUESTS = (
    "/employees?limit=50",
    "/enrollments?limit=50&include_count=false",
    "/posts?limit=50&include_count=false",
    "/skill_records?limit=50&include_count=false",
    "/role_vacancies",
    "/role_assignments?limit=50&include_count=false",
    "/skill_gaps?group_by=role,skill",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=100_000, metavar="N")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "measure", metavar="DIR")
    chosen = parser.parse_args()
    chosen.data.mkdir(parents=True, exist_ok=True)
    url = embedded.start(chosen.data / "postgres")
    try:
        settings = Settings(database_url=None, embedded_url=url, keys=chosen.data / "keys")
        keys.ensure(settings.keys)
        fill(settings, chosen.employees)
        asyncio.run(measure(build_app(settings)))
    finally:
        embedded.stop(chosen.data / "postgres")


def fill(settings: Settings, people: int) -> None:
    environment = os.environ | {"APP_EMBEDDED_URL": str(settings.embedded_url), "APP_KEYS": str(settings.keys)}
    for command in (["alembic", "upgrade", "head"], ["scripts.city", "--employees", str(people)]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=sys.stderr, check=True)


async def measure(app: FastAPI) -> None:
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://measure/api/v1", timeout=60) as client:
        form = {"username": "training", "password": "demo", "grant_type": "password"}
        token = (await client.post("/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for path in REQUESTS:
            print(f"{path}: median {await timed(partial(client.get, path)):.0f} ms")
        cursor = None
        for page in range(1, DEEP + 1):
            if page in {1, DEEP}:
                await show(app, client, page, cursor)
            cursor = (await fetch(client, cursor)).json()["metadata"]["next_cursor"]
            if cursor is None:
                break
    await app.state.database.close()


async def fetch(client: AsyncClient, cursor: str | None) -> Any:
    params: dict[str, Any] = {"limit": LIMIT, "include_count": "false"} | ({"cursor": cursor} if cursor else {})
    response = await client.get("/employees", params=params)
    response.raise_for_status()
    return response


async def show(app: FastAPI, client: AsyncClient, page: int, cursor: str | None) -> None:
    median = await timed(lambda: fetch(client, cursor))
    with recorded(app) as statements:
        await fetch(client, cursor)
    page_statement = next((sql, parameters) for sql, parameters in statements if "LIMIT" in sql)
    print(f"page {page}: median {median:.1f} ms, {len(statements)} statements")
    for line in (await explained(app, *page_statement))[-3:]:
        print(f"    {line.strip()}")


async def timed(request: Callable[[], Awaitable[Any]]) -> float:
    """The median in milliseconds."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        await request()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


async def explained(app: FastAPI, statement: str, parameters: Any) -> list[str]:
    async with app.state.database.reading() as db:
        connection = await (await db.connection()).get_raw_connection()
        rows = await connection.driver_connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", *parameters)
        return [row[0] for row in rows]


@contextmanager
def recorded(app: FastAPI) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    engines = [app.state.database.reads.sync_engine, app.state.database.reads_for_values.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
