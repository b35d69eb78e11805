"""Real PostgreSQL for every test: one server a worker, one rolled-back transaction a test."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine, NullPool, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from app.catalog.models import Course
from app.identity import tokens
from app.identity.models import Account
from app.identity.queries import Personnel
from app.kit import clock, error_handlers, validation_texts
from app.kit.connecting import Server
from app.kit.database import Database, FlushingSession
from app.kit.limits import Quota
from app.kit.replicas import Replicas
from app.kit.settings import Settings
from app.main import build_app
from app.people.functions import last_day_served
from app.people.models import Employee
from app.roles.functions import standing_on
from app.vocabulary.contents import problem_codes
from scripts import embedded
from tests import postgres
from tests.catalog import given as catalog
from tests.correlation import read_anew
from tests.people import given as people
from tests.people.given import City
from tests.served import Served, served

logging.getLogger("hagukumi").setLevel(logging.DEBUG)  # a 500 in a test shows where it came from
logging.getLogger("hagukumi.sql").setLevel(logging.WARNING)
SignIn = Callable[..., Awaitable[AsyncClient]]


_WITH_SUBQUERIES = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_statements: set[str] = set()
_uncorrelated: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def look_at(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    ours = statement.startswith(_WITH_SUBQUERIES) and "pg_catalog." not in statement  # SQLAlchemy's inspector asks that
    if ours and statement not in _statements:
        _statements.add(statement)
        if read_anew(statement):
            _uncorrelated.append(statement)


@pytest.fixture(autouse=True)
def correlated() -> Iterator[None]:
    """Each statement that a test has run: its subqueries refer to the rows around them (`tests/correlation.py`)."""
    yield
    found = [(read_anew(statement), statement) for statement in _uncorrelated]
    _uncorrelated.clear()
    assert found == []


class Rolled(Database):
    """Every session of the test runs inside its one outer transaction."""

    replicas = Replicas(Server("postgresql+asyncpg://"), [], 1, 1)

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    def reading(self) -> AsyncSession:
        return AsyncSession(
            self.connection,
            sync_session_class=FlushingSession,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )

    writing = reading

    async def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded PostgreSQL of this worker's own, with every migration applied."""
    directory = tmp_path_factory.mktemp("postgres") / "data"
    postgres.copy_migrated(directory)
    yield embedded.start(directory, embedded.THROWAWAY)
    embedded.stop(directory)


@pytest.fixture(scope="session")
def settings(server: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(database_url=None, embedded_url=server, keys=tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def template(settings: Settings) -> Settings:
    """The settings of a migrated database that nobody stays connected to, so that it can be copied."""
    return settings


async def copied(template: Settings, name: str, of: str = embedded.DATABASE) -> Settings:
    """The settings of a fresh copy of the migrated database."""
    maintenance = create_async_engine(
        template.url.replace(f"/{embedded.DATABASE}?", "/postgres?"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with maintenance.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {of}"))
    assert template.embedded_url
    return Settings(
        embedded_url=template.embedded_url.replace(f"/{embedded.DATABASE}?", f"/{name}?"), keys=template.keys
    )


@pytest.fixture(scope="session")
async def engine(template: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine((await copied(template, "rolled_back")).url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def committed(template: Settings) -> AsyncIterator[FastAPI]:
    """An application on a database of its own, with real transactions on many connections: for races."""
    settings = await copied(template, "committed")
    app = build_app(settings, Database(settings.url, pool_size=20))
    yield app
    await app.state.database.close()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield connection
        await outer.rollback()


@pytest.fixture
async def db(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """For arranging and looking; what it flushes, the API sees."""
    async with Rolled(connection).reading() as session:
        yield session


@pytest.fixture(scope="session")
def built(settings: Settings) -> FastAPI:
    """FastAPI prepares a route when it is first asked for: once a run is enough."""
    return build_app(settings)


@pytest.fixture
async def app(built: FastAPI, settings: Settings, connection: AsyncConnection) -> FastAPI:
    built.state.settings = settings
    built.state.database = Rolled(connection)
    built.state.wrong_sign_ins = Quota("wrong-sign-ins", settings.wrong_sign_ins_per_minute)
    return built


def client_of(app: FastAPI, account: Account | None = None, **headers: str) -> AsyncClient:
    """A client of the application, signed in with the account."""
    if account:
        token = tokens.issue(app.state.settings, app.state.keys, account.id, clock.now())
        headers["Authorization"] = f"Bearer {token}"
    transport = ASGITransport(app, raise_app_exceptions=False)
    met = {"response": [problem_is_listed]}
    return AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers, event_hooks=met)


@asynccontextmanager
async def caller_in_a_city(app: FastAPI, grant: str) -> AsyncIterator[AsyncClient]:
    """A client with the grant, and a small city, which are committed."""
    async with app.state.database.writing() as db:
        await people.city(db)
        account = await account_of(db, grant, None)
        await db.commit()
    async with client_of(app, account) as client:
        yield client


async def problem_is_listed(response: Response) -> None:
    """Whatever problem any test meets can be looked up in `GET /vocabulary`."""
    if response.request.method != "HEAD" and response.headers.get("content-type") == error_handlers.MEDIA_TYPE:
        await response.aread()
        problem = response.json()
        codes = {known.code for known in problem_codes()}
        assert problem["code"] in codes
        assert {member["code"] for member in problem.get("errors", [])} <= codes | set(validation_texts.TEXTS)


ANY_VERSION = {"If-Match": "*"}
PERSONNEL = Personnel(standing_on, last_day_served)


@pytest.fixture
async def api(app: FastAPI, db: AsyncSession) -> AsyncIterator[SignIn]:
    """`await api("training")`: a client signed in with that grant; `employee=` makes it that person's account."""
    opened: list[AsyncClient] = []

    async def sign_in(grant: str = "", employee: Employee | None = None, **headers: str) -> AsyncClient:
        account = await account_of(db, grant, employee) if grant else None
        opened.append(client_of(app, account, **headers))
        return opened[-1]

    yield sign_in
    for client in opened:
        await client.aclose()


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    """The training office's client."""
    return await api("training")


@pytest.fixture
async def city(db: AsyncSession) -> City:
    """Seven people in two sections of one department, and elsewhere."""
    return await people.city(db)


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    """A course for which everybody can apply."""
    return await catalog.course(db)


async def account_of(db: AsyncSession, grant: str, employee: Employee | None) -> Account:
    name = f"{grant}-{employee.employee_number}" if employee else grant
    found = (await db.execute(text("SELECT id FROM account WHERE username = :name"), {"name": name})).scalar()
    if found:
        return await db.get_one(Account, found)
    account = Account(username=name, password_hash="!", display_name=name, grants=[grant], demonstration=True)
    account.employee_id = employee.id if employee else None
    db.add(account)
    await db.flush()
    return account


@pytest.fixture
def statements(connection: AsyncConnection) -> Callable[[], Any]:
    """`with statements() as seen:` collects the SQL that runs, savepoints left out."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "SAVEPOINT" not in statement:
                seen.append(statement)

        event.listen(connection.sync_connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(connection.sync_connection, "before_cursor_execute", note)

    return collect


@pytest.fixture(scope="session")
def served_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Started once, shared and changed by many: mark what uses it `xdist_group("city")`."""
    with served(tmp_path_factory.mktemp("city") / "data") as run:
        yield run
