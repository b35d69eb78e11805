"""Every list of the document: as many statements for two rows as for two hundred, in a made-up city of 150."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from app.identity.queries import account_named
from app.kit import clock
from app.kit.openapi.walk import operations
from app.kit.settings import Settings
from app.main import build_app
from app.seed.load import load
from scripts import export_openapi
from tests.conftest import client_of, copied

DOCUMENT: dict[str, Any] = json.loads(export_openapi.document())
LISTS = [
    path.removeprefix("/api/v1")
    for path, method, operation in operations(DOCUMENT)
    if method == "get" and any(parameter.get("name") == "cursor" for parameter in operation["parameters"])
]


@pytest.fixture(scope="module")
async def inhabited(template: Settings) -> AsyncIterator[FastAPI]:
    app = build_app(await copied(template, "inhabited"))
    async with app.state.database.writing() as db:
        await load(db, 150, seed=1, today=clock.today(), report=lambda *_: None)
        await db.commit()
    yield app
    await app.state.database.close()


@pytest.fixture(scope="module")
async def admin(inhabited: FastAPI) -> AsyncIterator[AsyncClient]:
    async with inhabited.state.database.reading() as db:
        account = await account_named(db, "admin")
    async with client_of(inhabited, account) as client:
        yield client


def test_the_document_has_lists() -> None:
    assert len(LISTS) > 20


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_makes_as_many_statements_for_two_rows_as_for_two_hundred(
    inhabited: FastAPI, admin: AsyncClient, path: str
) -> None:
    if "{id}" in path:
        parents = (await admin.get(path.split("/{id}", maxsplit=1)[0], params={"limit": 1})).json()["results"]
        if not parents:
            pytest.skip("the made-up city has none")
        path = path.replace("{id}", parents[0]["id"])
    seen: list[str] = []
    engine = inhabited.state.database.reads.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    counted = []
    for limit in (2, 200):
        seen.clear()
        answer = await admin.get(path, params={"limit": limit})
        assert answer.status_code == 200, answer.text
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 8
