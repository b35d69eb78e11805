"""Every list of the document: its statements and their plans, in a made-up city of 150."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import Table, event, select
from sqlmodel import col

from app.kit import contract
from app.kit.list_query import ListQuery
from app.kit.text import fold
from app.people.models import Employee
from scripts.openapi.walk import operations
from scripts.reading_plans import plan, sent

DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())
LISTS = [
    path.removeprefix("/api/v1")
    for path, method, operation in operations(DOCUMENT)
    if method == "get" and any(parameter.get("name") == "cursor" for parameter in operation["parameters"])
]
MOST_TIMES = 20


def test_the_document_has_lists() -> None:
    assert len(LISTS) > 20


async def of_a_parent(admin: AsyncClient, path: str) -> str:
    """The path with the id of one of the city's records."""
    if "{id}" not in path:
        return path
    parents = (await admin.get(path.split("/{id}", maxsplit=1)[0], params={"limit": 1})).json()["results"]
    if not parents:
        pytest.skip("the made-up city has none")
    return path.replace("{id}", str(parents[0]["id"]))


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_makes_as_many_statements_for_two_rows_as_for_two_hundred(
    inhabited: FastAPI, admin: AsyncClient, path: str
) -> None:
    path = await of_a_parent(admin, path)
    seen: list[str] = []
    engine = inhabited.state.database.reads.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    counted = []
    for limit in (2, 200):
        seen.clear()
        answer = await admin.get(path, params={"limit": limit, "include_count": False})
        assert answer.status_code == 200, answer.text
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 7


@pytest.mark.parametrize("path", LISTS)
async def test_postgresql_expects_about_as_many_rows_as_come(inhabited: FastAPI, admin: AsyncClient, path: str) -> None:
    """Where it expects far fewer, it sorts and joins the whole city for a page."""
    path = await of_a_parent(admin, path)
    with sent(inhabited) as seen:
        await admin.get(path, params={"limit": 199, "include_count": False})  # no other test has had it remembered
    (page,) = [statement for statement in seen if "LIMIT" in statement.sql]
    rows = (await plan(inhabited, page))["Plan"]["Plans"][0]
    assert rows["Actual Rows"] <= MOST_TIMES * rows["Plan Rows"]


async def test_search_finds_who_has_the_folded_text_anywhere(inhabited: FastAPI, admin: AsyncClient) -> None:
    async with inhabited.state.database.reading() as db:
        rows = await db.execute(select(col(Employee.id), col(Employee.search_key)))
        keys = {row.id: row.search_key for row in rows}
    everybody = [UUID(person["id"]) for person in (await admin.get("/employees?limit=200")).json()["results"]]
    dice = Random(1)
    for length in (*(1, 2, 3) * 5, 7):
        word = dice.choice([word for key in keys.values() for word in key.split("\x1f")])
        start = dice.randrange(len(word))
        asked = word[start : start + length]
        found = (await admin.get("/employees", params={"limit": 200, "q": asked})).json()["results"]
        expected = [person for person in everybody if fold(asked) in keys[person]]
        assert [UUID(person["id"]) for person in found] == expected, asked


@pytest.mark.parametrize("path", LISTS)
async def test_pages_by_offset_are_parts_of_the_whole(inhabited: FastAPI, admin: AsyncClient, path: str) -> None:
    path = await of_a_parent(admin, path)
    whole = (await admin.get(path, params={"limit": 200})).json()["results"]
    for offset in (1, 7, 199):
        page = (await admin.get(path, params={"limit": 5, "offset": offset})).json()["results"]
        assert page[: len(whole) - offset] == whole[offset : offset + 5]


@pytest.mark.parametrize(("asked", "statements"), [({"limit": 2}, 3), ({}, 2), ({"offset": 9}, 2), ({"offset": 99}, 3)])
async def test_rows_are_counted_only_where_the_page_does_not_tell(
    inhabited: FastAPI, admin: AsyncClient, asked: dict[str, int], statements: int
) -> None:
    with sent(inhabited) as seen:
        answer = await admin.get("/skills", params=asked)
    assert answer.json()["metadata"]["resultset"]["count"] == 10
    assert len(seen) == statements  # who asks, the page, the count


def lists(kind: type[ListQuery] = ListQuery) -> Iterator[type[ListQuery]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from lists(inner)


def ordered(table: Table) -> set[tuple[str, ...]]:
    """What the indexes of a table put in order, text by code points."""
    return {
        tuple(str(part).replace(' COLLATE "C"', "").rpartition(".")[2] for part in index.expressions)
        for index in table.indexes
    }


def test_every_order_of_a_list_that_grows_with_the_people_has_an_index() -> None:
    unordered = [
        f"{kind.__name__}: {column}"
        for kind in lists()
        for column in getattr(kind, "sorts", {}).values()
        if isinstance(table := getattr(column, "table", None), Table)
        if table.name == "employee" or "employee_id" in table.columns
        if (column.name, "id") not in ordered(table) and table is getattr(kind.key, "table", None)
    ]
    assert unordered == []
