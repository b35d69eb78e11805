"""Nothing is looked up before the caller is known and may call: not even whether a resource exists."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient
from sqlalchemy import event

from app.identity.commands import open_account
from app.identity.gate import Gate
from app.identity.permissions import Permission, permissions_of
from app.kit.settings import Settings
from app.main import build_app
from tests.conventions.test_contract import OPERATIONS
from tests.fixtures import client_of

pytestmark = pytest.mark.slow  # each operation twice

UNKNOWN = "0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"
SIGNED_IN = {name: (path, method) for name, (path, method, operation) in OPERATIONS.items() if operation["security"]}

Count = Callable[[], AbstractContextManager[list[str]]]


def gates(dependant: Dependant) -> Iterator[Gate]:
    if isinstance(dependant.call, Gate):
        yield dependant.call
    for below in dependant.dependencies:
        yield from gates(below)


def required() -> Mapping[tuple[str, str], frozenset[Permission]]:
    """The permissions, one of which an operation requires, by path and method."""
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    return {
        (route.path or "", method.lower()): frozenset(gate.permissions)
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if route.dependant
        for gate in gates(route.dependant)
    }


REQUIRED = required()
FORBIDDEN = {
    name: (path, method)
    for name, (path, method) in SIGNED_IN.items()
    if not REQUIRED[path, method] & permissions_of([])
}


@pytest.fixture(scope="module")
async def without_grants(inhabited: FastAPI) -> AsyncIterator[AsyncClient]:
    """Signed in with an account that may do nothing but what every account may."""
    async with inhabited.state.database.writing() as db:
        account = await open_account(db, "without-grants", "secret", [], display_name="権限なし")
        await db.commit()
    async with client_of(inhabited, account) as client:
        for method in ("get", "post"):  # the first statement of an engine is preceded by others
            await client.request(method, "http://test/api/v1/me")
        yield client


@pytest.fixture(scope="module")
async def ids(admin: AsyncClient) -> Mapping[str, str]:
    """The id of an existing resource, by the path of its list."""
    found = {}
    for path in {path.partition("/{id}")[0] for path, _ in SIGNED_IN.values() if "/{id}" in path}:
        listed = await admin.get(f"http://test{path}", params={"limit": 1})
        if listed.is_success and listed.json()["results"]:
            found[path] = listed.json()["results"][0]["id"]
    return found


@pytest.fixture
def counted(inhabited: FastAPI) -> Count:
    @contextmanager
    def counted() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        database = inhabited.state.database
        engines = (database.reads.sync_engine, database.writes.sync_engine)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)

    return counted


def test_most_operations_can_be_forbidden() -> None:
    assert len(FORBIDDEN) > len(SIGNED_IN) / 2


async def test_every_kind_of_resource_has_one_to_try(ids: Mapping[str, str]) -> None:
    listed = {path.partition("/{id}")[0] for path, _ in FORBIDDEN.values() if "/{id}" in path}
    assert listed - set(ids) == set()


@pytest.mark.parametrize("name", SIGNED_IN)
async def test_without_a_token_it_is_401_and_nothing_is_read(inhabited: FastAPI, counted: Count, name: str) -> None:
    path, method = SIGNED_IN[name]
    async with client_of(inhabited) as client:
        with counted() as statements:
            response = await client.request(method, f"http://test{path.replace('{id}', UNKNOWN)}")
    assert (response.status_code, response.json()["code"], statements) == (401, "invalid_token", [])


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_without_the_permission_it_is_403_and_only_the_caller_is_read(
    without_grants: AsyncClient, ids: Mapping[str, str], counted: Count, name: str
) -> None:
    path, method = FORBIDDEN[name]
    for resource_id in (UNKNOWN, ids.get(path.partition("/{id}")[0], UNKNOWN)):
        url = "http://test" + path.replace("{id}", resource_id)
        with counted() as statements:
            response = await without_grants.request(method, url)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
        assert len(statements) == 1
        assert "FROM account" in statements[0]
