"""A made-up city of 150 in a database of its own, which tests only read."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from app.identity.queries import account_named
from app.kit import clock
from app.kit.settings import Settings
from app.main import build_app
from scripts.city.load import load


@pytest.fixture(scope="session")
async def inhabited(template: Settings) -> AsyncIterator[FastAPI]:
    from tests.fixtures import copied  # once it is loaded as a plugin, see tests/conftest.py

    app = build_app(await copied(template, "inhabited"))
    async with app.state.database.writing() as db:
        await load(db, 150, seed=1, today=clock.today(), report=lambda *_: None)
        await db.execute(text("ANALYZE"))
        await db.commit()
    yield app
    await app.state.database.close()


@pytest.fixture(scope="session")
async def admin(inhabited: FastAPI) -> AsyncIterator[AsyncClient]:
    from tests.fixtures import client_of

    async with inhabited.state.database.reading() as db:
        account = await account_named(db, "admin")
    async with client_of(inhabited, account) as client:
        yield client
