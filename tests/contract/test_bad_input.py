"""Bad input of every kind to every operation that the document has: a 4xx problem that names it, and no row written."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from httpx import AsyncClient, Response
from jsonschema import Draft202012Validator
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from app.identity.models import Account
from app.kit import clock, contract
from app.kit.database import Database
from app.kit.settings import Settings
from app.main import build_app
from scripts.city.load import load
from scripts.openapi.walk import Json, operations, resolved
from tests.fixtures import client_of, copied

DOCUMENT: Json = json.loads(contract.FILES["en"].read_text())
OPERATIONS = {operation["operationId"]: (path, method, operation) for path, method, operation in operations(DOCUMENT)}
pytestmark = pytest.mark.slow  # every operation with every kind of bad input: half a minute

SENDING = [name for name, (_, _, operation) in OPERATIONS.items() if "json" in str(operation.get("requestBody"))]
ASKING = [name for name, (_, _, operation) in OPERATIONS.items() if '"in": "query"' in json.dumps(operation)]
BAD: dict[str, Any] = {
    "an object": {"no": "such"},
    "lists": [["x"]],
    "NUL": "a\0b",
    "blanks": " \u3000",
    "what cannot be seen": "\u200b\ufeff",
    "a variant": "葛\U000e0100１",
    "a lone surrogate": "\ud800",
    "endless text": "x" * 5000,
    "a huge number": 10**30,
    "a huge negative number": -(10**30),
    "a fraction": 0.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "true": True,
}
BAD_IN_A_QUERY = ("\0", "\u3000", "x" * 1500, "9" * 40, "-" + "9" * 40, "1e400", "%", "ｆｕｌｌ １", "' OR 1=1", "")


class Town:
    """A small city in a database of its own, its administrator, and its rows."""

    def __init__(self, client: AsyncClient, db: AsyncSession) -> None:
        self.client, self.db = client, db

    async def rows(self) -> dict[str, int]:
        counts = [f"SELECT '{name}', count(*) FROM {name}" for name in sorted(SQLModel.metadata.tables)]
        return dict([tuple(row) for row in await self.db.execute(text(" UNION ALL ".join(counts)))])

    async def path(self, template: str) -> str:
        """The path of a resource that there is: `/courses/{id}` is any row of the table course."""
        resource, given, rest = template.removeprefix("/api/v1").partition("/{id}")
        if not given:
            return resource
        table = re.sub("ies$", "y", resource.strip("/")).removesuffix("s")
        known = f"SELECT id FROM {table} ORDER BY id LIMIT 1"
        return f"{resource}/{await self.db.scalar(text(known))}{rest}"


@pytest.fixture(scope="module")
async def town(template: Settings) -> AsyncIterator[Town]:
    settings = await copied(template, "bad_input")
    app = build_app(settings, Database(settings.url, pool_size=2))
    async with app.state.database.writing() as db:
        await load(db, 60, seed=1, today=clock.today(), report=lambda *_: None)
        await db.commit()
    async with app.state.database.reading() as db:
        administrator = (await db.execute(select(Account).where(text("username = 'admin'")))).scalar_one()
        async with client_of(app, administrator) as client:
            yield Town(client, db)
    await app.state.database.close()


def places(value: Any, at: str = "") -> Iterator[str]:
    """The JSON Pointers of all that an example holds, itself left out."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        yield f"{at}/{name}"
        yield from places(inner, f"{at}/{name}")


def spoiled_bodies(example: Json, schema: Json) -> Iterator[tuple[str, list[str], Json]]:
    """The example with each kind of bad value: in all its members that refuse it, then in all inside of those."""
    validator = validator_of(schema)
    optional = {f"/{member}" for member in resolved(schema, DOCUMENT["components"]["schemas"])["properties"]}
    inside = [at for at in places(example) if at.count("/") > 1 and not any(places(found(example, at)))]
    for pointers in (sorted(optional | {f"/{name}" for name in example}), inside):
        for words, value in BAD.items():
            wrong = [at for at in pointers if not validator.is_valid(spoiled(example, [at], value))]
            if wrong:
                yield words, wrong, spoiled(example, wrong, value)


def validator_of(schema: Json) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def steps(pointer: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]


def found(value: Any, pointer: str) -> Any:
    for step in steps(pointer):
        value = value[step]
    return value


def spoiled(example: Json, pointers: list[str], value: Any) -> Json:
    """The example with the value in these places."""
    copy: Json = json.loads(json.dumps(example))
    for pointer in pointers:
        parent, _, last = pointer.rpartition("/")
        found(copy, parent)[steps(f"/{last}")[0]] = value
    return copy


async def send(town: Town, method: str, path: str, body: Any) -> Response:
    kind = "application/merge-patch+json" if method == "patch" else "application/json"
    return await town.client.request(
        method, path, content=json.dumps(body), headers={"Content-Type": kind, "If-Match": "*"}
    )


def within(named: str, pointer: str) -> bool:
    """The member itself, something in it, or the list that it is in."""
    return bool(named) and (named.startswith(pointer) or pointer.startswith(f"{named}/"))


def pointers_of(answer: Response) -> list[str]:
    """The members that the problem names."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [error["pointer"] for error in answer.json().get("errors", [])]


@pytest.mark.parametrize("name", SENDING)
async def test_a_bad_member_of_a_body_is_named_and_nothing_is_written(town: Town, name: str) -> None:
    template, method, operation = OPERATIONS[name]
    content = next(iter(operation["requestBody"]["content"].values()))
    path, before, missed = await town.path(template), await town.rows(), []
    for words, wrong, body in spoiled_bodies(content["example"], content["schema"]):
        named = pointers_of(await send(town, method, path, body))
        missed += [(words, pointer) for pointer in wrong if not any(within(at, pointer) for at in named)]
    for unknown in ("unknown", "\0", "\ud800", "x" * 5000):
        assert pointers_of(await send(town, method, path, {**content["example"], unknown: 1}))
    assert missed == []
    assert await town.rows() == before


@pytest.mark.parametrize("body", ["", "{", "[]", "1", "null", '"x"', '{"a": 1, "a": 2}', "[" * 100_000, b"\xff", "{}x"])
@pytest.mark.parametrize("name", ["courses_add", "employees_change"])
async def test_what_is_no_object_is_a_problem(town: Town, name: str, body: str) -> None:
    template, method, operation = OPERATIONS[name]
    headers = {"Content-Type": next(iter(operation["requestBody"]["content"])), "If-Match": "*"}
    pointers_of(await town.client.request(method, await town.path(template), content=body, headers=headers))


@pytest.mark.parametrize("name", ASKING)
async def test_a_bad_parameter_is_named(town: Town, name: str) -> None:
    template, _, operation = OPERATIONS[name]
    path, missed = await town.path(template), []
    schemas = {asked["name"]: asked["schema"] for asked in operation["parameters"] if asked["in"] == "query"}
    for value in BAD_IN_A_QUERY:
        wrong = [name for name, schema in schemas.items() if is_wrong(value, schema)]
        named = pointers_of(await town.client.get(path, params=dict.fromkeys(wrong, value))) if wrong else []
        for name in set(schemas) - {at.split("/")[2] for at in named}:
            answer = await town.client.get(path, params={name: value})
            if name in wrong or answer.status_code != 200:
                missed += [] if any(within(at, f"/query/{name}") for at in pointers_of(answer)) else [(name, value)]
    assert missed == []


def is_wrong(value: str, schema: Json) -> bool:
    """No reading of the text fits: as a text, or as several by comma."""
    validator = validator_of(schema)
    return not validator.is_valid(value) and not validator.is_valid(value.split(","))
