"""Shows what PostgreSQL reads for every list and figure of the document, in a made-up city of 100,000 people.

    scripts/dev plans [--employees N] [--data DIR] [--only PATH]

For an office, a head and an employee it sends each operation that reads: as it is, with each filter and each sort key
alone, the second page, and the last by offset. Of each it prints the statement that reads the most: rows, pages of 8 kB
and milliseconds. What grows with the city is marked: more than 5,000 rows of a table read without an index, or more
than 15,000 rows or pages read by one statement.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.kit import clock, contract, keys
from app.kit.settings import Settings
from app.main import build_app
from scripts import embedded
from scripts.city.filled import fill
from scripts.environment import ROOT
from scripts.openapi.walk import Json, operations
from scripts.reading_plans import Met, met, sent

CALLERS = ("admin", "section-head", "employee")
WITHOUT_INDEX, MOST = 5_000, 15_000
"""Rows of a table, and rows or pages, that one statement may read: some pages, a count, or a unit, but no city."""
PAGING = {"limit", "offset", "cursor", "include_count", "sort", "as_of"}
TRIED: Mapping[str, str] = {
    "q": "佐藤",
    "role_code": "leader",
    "skill_code": "dx_basics",
    "position_rank": "section_head",
    "reason": "none_appointed",
    "basis": "completion",
    "fiscal_year": "2026",
    "group_by": "org_unit,skill",
    "resource": "employee",
}
"""Values of filters that no row of the list shows."""


@dataclass(frozen=True)
class Asked:
    caller: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items() if name != "cursor")
        return f"{self.caller:12} {self.path}{'?' * bool(query)}{query}{' (page 2)' * ('cursor' in self.query)}"


@dataclass(frozen=True)
class Found:
    """The statement of a request that met the most, and what grows with the city in any of them."""

    asked: Asked
    status: int
    most: Met
    growing: tuple[str, ...]

    def __str__(self) -> str:
        figures = f"{self.most.rows:8} rows {self.most.pages:7} pages {self.most.milliseconds:8.1f} ms"
        return f"{figures}  {self.asked}{'  <== ' * bool(self.growing)}{', '.join(self.growing)}"


class Inspection:
    """Sends requests and looks at the plans of their statements."""

    def __init__(self, app: FastAPI, clients: Mapping[str, AsyncClient]) -> None:
        self._app, self._clients = app, clients

    async def found(self, only: str = "") -> AsyncIterator[Found]:
        document: Json = json.loads(contract.FILES["en"].read_text())
        for path, method, operation in operations(document):
            if method == "get" and path.startswith("/api/v1/") and only in path and "parameters" in operation:
                for caller in self._clients:
                    async for found in self._of_operation(caller, path.removeprefix("/api/v1"), operation):
                        yield found

    async def _of_operation(self, caller: str, path: str, operation: Json) -> AsyncIterator[Found]:
        if "{id}" in path:
            parents = await self._clients[caller].get(path.partition("/{id}")[0], params={"limit": 1})
            rows = parents.json().get("results", [])
            if rows:
                yield await self._look(Asked(caller, path.replace("{id}", str(rows[0]["id"]))))
            return
        plain = Asked(caller, path)
        response = await self._clients[caller].get(path)
        yield await self._look(plain)
        if response.status_code == 200 and "results" in response.json():
            for query in questions(operation, response.json()):
                yield await self._look(Asked(caller, path, query))

    async def _look(self, asked: Asked) -> Found:
        with sent(self._app) as statements:
            response = await self._clients[asked.caller].get(asked.path, params=asked.query)
        every = [await met(self._app, statement) for statement in statements]
        growing = {reason for each in every for reason in self._reasons(each)}
        most = max(every, key=lambda each: (each.rows, each.pages))
        return Found(asked, response.status_code, most, tuple(sorted(growing)))

    def _reasons(self, statement: Met) -> Iterator[str]:
        yield from (f"{table} without index" for table, rows in statement.without_index.items() if rows > WITHOUT_INDEX)
        if statement.rows > MOST:
            yield f"{statement.rows} rows"
        if statement.pages > MOST:
            yield f"{statement.pages} pages"


def questions(operation: Json, page: Json) -> Iterator[Mapping[str, str]]:
    """Each filter and sort key alone, and the second page; the values are those of the first row that shows one."""
    for parameter in operation["parameters"]:
        name = parameter["name"]
        if name == "sort":
            keys_of = re.findall(r"[a-z_]+", parameter["schema"]["pattern"].partition("(,")[0])
            yield from ({"sort": f"{sign}{key}"} for key in keys_of for sign in ("", "-"))
        elif name not in PAGING and (value := _value(name, parameter["schema"], page["results"])):
            yield {name: value}
    if page["metadata"]["next_cursor"]:
        yield {"cursor": page["metadata"]["next_cursor"]}
        yield {"offset": "10000"}


def _value(name: str, schema: Json, rows: list[Json]) -> str | None:
    shown = next((row[name] for row in rows if isinstance(row.get(name), str | int)), None)
    kinds = (schema, schema.get("items", {}))
    if shown is not None:
        return str(shown).lower() if isinstance(shown, bool) else str(shown)
    if name in {"under", "org_unit_id"}:
        return next((row["primary_post"]["org_unit_id"] for row in rows if row.get("primary_post")), None)
    if any(kind.get("format") == "date-time" for kind in kinds):
        return clock.now().isoformat()
    if any(kind.get("format") == "date" for kind in kinds):
        return clock.today().isoformat()
    if schema.get("type") == "boolean":
        return "true"
    return TRIED.get(name) or next((str(kind["enum"][0]) for kind in kinds if "enum" in kind), None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--employees", type=int, default=100_000, metavar="N")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "plans", metavar="DIR")
    parser.add_argument("--only", default="", metavar="PATH")
    chosen = parser.parse_args()
    chosen.data.mkdir(parents=True, exist_ok=True)
    url = embedded.start(chosen.data / "postgres")
    try:
        settings = Settings(database_url=None, embedded_url=url, keys=chosen.data / "keys")
        keys.ensure(settings.keys)
        fill(settings, chosen.employees)
        growing = asyncio.run(show(build_app(settings), chosen.only))
    finally:
        embedded.stop(chosen.data / "postgres")
    sys.exit(f"{growing} requests read what grows with the city." if growing else 0)


async def show(app: FastAPI, only: str) -> int:
    """Returns how many requests read what grows with the city."""
    growing = 0
    clients = {name: await signed_in(app, name) for name in CALLERS}
    async for found in Inspection(app, clients).found(only):
        print(found, flush=True)
        growing += bool(found.growing)
    await app.state.database.close()
    return growing


async def signed_in(app: FastAPI, name: str) -> AsyncClient:
    client = AsyncClient(transport=ASGITransport(app), base_url="http://plans/api/v1", timeout=120)
    form = {"username": name, "password": "demo", "grant_type": "password"}
    token = (await client.post("/auth/token", data=form)).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


if __name__ == "__main__":
    main()
