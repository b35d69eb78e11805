"""Reads answer as the slow way does: statements built for the request, and everything that is read validated."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import contract
from app.kit.once import careful
from scripts.openapi.walk import operations, resolved
from tests.conventions.everyone import callers, world
from tests.conventions.lifecycles import BUILDERS
from tests.fixtures import SignIn
from tests.thoroughness import THOROUGH, sample

pytestmark = pytest.mark.slow

DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())
READS = {
    path.removeprefix("/api/v1"): operation
    for path, method, operation in operations(DOCUMENT)
    if method == "get" and path.startswith("/api/v1/")
}
KINDS = ("training office", "section head", "the person")
"""One caller of each sight: everybody, a unit, oneself."""
PLACES: Sequence[Mapping[str, object]] = ({}, {"limit": 1, "include_count": "true"}, {"limit": 1, "offset": 1})


class Answer(NamedTuple):
    status: int
    etag: str | None
    link: str | None
    body: bytes


async def answer(client: AsyncClient, path: str, asked: Mapping[str, object]) -> Answer:
    params = {name: str(value) for name, value in asked.items()}
    response = await client.get(path, params=params, headers={"X-Request-Id": "same"})
    return Answer(response.status_code, response.headers.get("etag"), response.headers.get("link"), response.content)


async def slowly(client: AsyncClient, path: str, asked: Mapping[str, object]) -> Answer:
    token = careful.set(True)
    try:
        return await answer(client, path, asked)
    finally:
        careful.reset(token)


@pytest.fixture
async def everyone(api: SignIn, db: AsyncSession) -> Mapping[str, AsyncClient]:
    here = await world(db)
    for build in BUILDERS.values():
        await build(here)
    every = callers(here)
    chosen = {name: await api(*every[name]) for name in sample(KINDS, tuple(every))}
    await db.commit()
    return chosen


async def paths(client: AsyncClient) -> Mapping[str, str]:
    """Each path with the id of the first row that the list above it shows."""
    found = {}
    for path in READS:
        above = path.split("/{id}")[0]
        rows = (await client.get(above, params={"limit": 1})).json().get("results") if above != path else None
        found[path] = path.replace("{id}", str(rows[0]["id"])) if rows else path
    return found


def questions(path: str) -> Iterator[tuple[bool, Mapping[str, object]]]:
    """Without parameters; of a list also from several places, in each order, and with each filter alone. Those that
    everybody asks, and those that one does."""
    given = {each["name"]: each["schema"] for each in READS[path]["parameters"] if each["in"] == "query"}
    yield from ((True, place) for place in (PLACES if "cursor" in given else PLACES[:1]))
    for name, schema in given.items():
        if name not in {"cursor", "limit", "offset", "include_count"}:
            yield from ((THOROUGH, {name: value, "limit": 5}) for value in values(schema))


def asked_by(names: Collection[str], path: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Callers take turns at what one asks."""
    turns = cycle(names)
    for by_everybody, one in questions(path):
        yield from ((name, one) for name in (names if by_everybody else [next(turns)]))


def values(schema: Mapping[str, Any]) -> Iterator[object]:
    """Some values of this form."""
    plain = resolved(schema.get("items", schema), DOCUMENT["components"]["schemas"])
    match plain:
        case {"pattern": pattern} if keys := re.match(r"\^\(-\?\(([\w|]+)\)", pattern):
            for key in keys[1].split("|"):
                yield from (key, f"-{key}")
        case {"enum": [first, *_]}:
            yield first
        case {"type": "boolean"}:
            yield from ("true", "false")
        case {"format": "date"}:
            yield "2026-07-01"
        case {"format": "date-time"}:
            yield "2026-01-01T00:00:00Z"
        case {"format": "uuid"}:
            yield "01890000-0000-7000-8000-000000000000"
        case {"type": "integer"}:
            yield plain.get("minimum", 1)
        case {"type": "string"}:
            yield "dx_basics"


async def test_every_read_answers_byte_for_byte_as_the_slow_way_does(everyone: Mapping[str, AsyncClient]) -> None:
    """Everybody asks first: a statement that is remembered for one of them would show in the answer to another."""
    every = [
        (name, path, url, one)
        for path, url in (await paths(everyone["training office"])).items()
        for name, one in asked_by(everyone, path)
    ]
    fast = [await answer(everyone[name], url, one) for name, _, url, one in every]
    differences = [
        (name, url, one)
        for (name, _, url, one), quick in zip(every, fast, strict=True)
        if await slowly(everyone[name], url, one) != quick
    ]
    assert differences == []
    shown = {path for (_, path, _, _), found in zip(every, fast, strict=True) if found.status == 200}
    assert len(shown) > 0.9 * len(READS)
