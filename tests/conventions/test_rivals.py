"""Every operation that writes: a deadlock is repeated, and changes of one record take turns."""

from asyncio import create_task, wait
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import func, select, text

from app.kit.rivals import turn_of
from tests.conventions.test_contract import OPERATIONS
from tests.fixtures import account_of, client_of

pytestmark = pytest.mark.slow

SOMETHING = UUID("0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6")
CHANGES_OF_ONE = [
    name for name, (path, method, operation) in OPERATIONS.items() if method != "get" and path.count("{id}") == 1
]
TRAP = (
    "CREATE SEQUENCE attempts",
    """CREATE FUNCTION passes() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
         IF nextval('attempts') = 1 THEN RAISE SQLSTATE '40P01'; END IF; RETURN true; END $$""",
    "ALTER TABLE account RENAME TO account_behind",
    "CREATE VIEW account AS SELECT * FROM account_behind WHERE passes()",
)
"""The first look for an account fails, as the victim of a deadlock; a sequence counts on in spite of rollbacks."""


@pytest.fixture
async def admin(committed: FastAPI) -> AsyncIterator[AsyncClient]:
    async with committed.state.database.writing() as db:
        account = await account_of(db, "admin", None)
        await db.commit()
    async with client_of(committed, account) as client:
        yield client


async def test_every_victim_of_a_deadlock_is_repeated(committed: FastAPI, admin: AsyncClient) -> None:
    """Whatever else it says: there is no such resource, and the body is missing."""
    async with committed.state.database.writing() as db:
        for statement in TRAP:
            await db.execute(text(statement))
        await db.commit()
        met = {}
        for name, (path, method, operation) in OPERATIONS.items():
            if method == "get" or not operation["security"]:
                continue
            await db.execute(text("SELECT setval('attempts', 1, false)"))
            await db.commit()
            response = await admin.request(method, f"http://test{path.replace('{id}', str(SOMETHING))}")
            attempts = await db.scalar(text("SELECT last_value FROM attempts"))
            met[name] = (response.status_code < 500, attempts > 1)
    assert len(met) > 50
    assert {name: seen for name, seen in met.items() if seen != (True, True)} == {}


async def test_every_change_of_one_record_waits_for_its_turn(committed: FastAPI, admin: AsyncClient) -> None:
    async with committed.state.database.writing() as rival:
        for name in CHANGES_OF_ONE:
            path, method, _ = OPERATIONS[name]
            await rival.execute(select(func.pg_advisory_xact_lock(turn_of(SOMETHING))))
            url = f"http://test{path.replace('{id}', str(SOMETHING))}"
            sent = create_task(admin.request(method, url, headers={"If-Match": "*"}))
            _, waiting = await wait([sent], timeout=0.1)
            assert waiting, f"{name} does not take turns: {sent.result().status_code}"
            await rival.rollback()
            assert (await sent).status_code < 500
