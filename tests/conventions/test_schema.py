"""The migrations and the models describe the same database, and every migration can be taken back."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app import tables
from app.kit.settings import Settings
from scripts.environment import ROOT
from tests.conventions.test_functions import differences, objects
from tests.fixtures import copied
from tests.postgres import upgrade

pytestmark = pytest.mark.slow

OBJECTS = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conname NOT LIKE 'alembic%'
          AND contype <> 'n'""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
}


async def described(engine: AsyncEngine) -> dict[str, set[tuple[str, ...]]]:
    async with engine.connect() as connection:
        return {name: {tuple(row) for row in await connection.execute(text(sql))} for name, sql in OBJECTS.items()}


def create_all(connection: Connection) -> None:
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    tables.load().create_all(connection)


async def test_what_migrations_make_is_what_the_models_say(engine: AsyncEngine, template: Settings) -> None:
    other = create_async_engine((await copied(template, "by_models", of="template0")).url)
    async with other.begin() as connection:
        await connection.run_sync(create_all)
    by_models, by_migrations = await described(other), await described(engine)
    await other.dispose()
    for kind, expected in by_models.items():
        assert by_migrations[kind] ^ expected == set(), f"{kind}: run scripts/dev migration NAME"


def take_back(connection: Connection, revision: str) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


@pytest.mark.parametrize("revision", ["base", "0002", "-1"])
async def test_migrations_go_back_and_forth(template: Settings, revision: str) -> None:
    engine = create_async_engine((await copied(template, "back_and_forth")).url)
    before = await described(engine)
    async with engine.begin() as connection:
        await connection.run_sync(take_back, revision)
        assert await connection.run_sync(objects) == {}, "functions fit the newest tables only"
    assert await described(engine) != before
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
        assert await connection.run_sync(differences) == set()
    assert await described(engine) == before
    await engine.dispose()


async def test_no_migration_leaves_a_table_behind(template: Settings) -> None:
    engine = create_async_engine((await copied(template, "back_and_forth")).url)
    async with engine.begin() as connection:
        await connection.run_sync(take_back, "base")
    assert set(map(len, (await described(engine)).values())) == {0}
    await engine.dispose()
