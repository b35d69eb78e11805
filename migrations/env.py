"""Alembic's entry point: migrates the database of the settings, or the connection that a test passes in."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from app import tables
from app.kit.settings import Settings
from migrations import functions


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=tables.load())
    with context.begin_transaction():
        if "destination_rev" in context.get_context().opts:
            move(connection)
        else:
            context.run_migrations()  # a command that only looks


def move(connection: Connection) -> None:
    """To another revision, or the same one with other functions. They fit the newest tables, so an older revision has
    none until its own version of the service is asked to upgrade, which brings those of its time."""
    functions.drop(connection)
    context.run_migrations()
    if context.get_context().get_current_revision() == context.get_head_revision():
        functions.create(connection)


async def connect_and_migrate() -> None:
    engine = create_async_engine(Settings().url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if passed := context.config.attributes.get("connection"):
    migrate(passed)
else:
    asyncio.run(connect_and_migrate())
