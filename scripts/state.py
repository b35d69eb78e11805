"""What a database says of itself, asked in one connection before anything slower starts."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.kit.settings import Settings
from migrations import functions
from scripts.children import Broken
from scripts.environment import ROOT

PATIENCE = 10  # seconds to connect


@dataclass(frozen=True)
class State:
    major: int  # of PostgreSQL's version
    revision: str | None
    functions: str | None  # digest of the functions that the last upgrade created
    loaded: bool

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to upgrade; Alembic would take a second to find out."""
        return self.revision == newest_revision() and self.functions == functions.digest()


def newest_revision() -> str:
    """Migrations are numbered: the last file holds the last revision."""
    return max(path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")).partition("_")[0]


def state(url: str) -> State:
    try:
        return asyncio.run(look(Settings(database_url=url).url))
    except (OSError, SQLAlchemyError) as failed:
        reason = getattr(failed, "orig", None) or failed
        raise Broken(f"The database does not answer: {reason or type(failed).__name__}") from None


async def look(url: str) -> State:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": PATIENCE})
    async with engine.connect() as connection:
        version = connection.dialect.server_version_info or (0,)
        found = await revision(connection)
        loaded = found is not None and await has_demonstration(connection)
        return State(int(version[0]), found, await connection.scalar(text(functions.INSTALLED)), loaded)


async def revision(connection: AsyncConnection) -> str | None:
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def has_demonstration(connection: AsyncConnection) -> bool:
    """Whether `scripts.city` has filled this database: its accounts come in the same transaction as all else."""
    return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM account WHERE demonstration)")))
