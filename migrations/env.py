"""Alembic's entry: the database of the settings, or the connection that a test hands over."""

import asyncio
import importlib
from pathlib import Path

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from app.kit.settings import Settings
from migrations import functions

APP = Path(__file__).parent.parent / "app"


def load_models() -> None:
    """Every room's tables into one metadata."""
    importlib.import_module("app.kit.replays")
    for models in sorted(APP.glob("*/models.py")):
        importlib.import_module(f"app.{models.parent.name}.models")


def migrate(connection: Connection) -> None:
    load_models()
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
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


if given := context.config.attributes.get("connection"):
    migrate(given)
else:
    asyncio.run(connect_and_migrate())
