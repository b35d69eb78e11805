"""State of a database, read in one connection before anything slower starts."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.kit.settings import Settings
from migrations import functions
from scripts.children import StepFailed
from scripts.environment import ROOT

CONNECT_TIMEOUT = 10  # seconds


@dataclass(frozen=True)
class State:
    major: int  # of PostgreSQL's version
    revision: str | None
    functions: str | None  # digest of the functions that the last upgrade created
    has_demonstration: bool

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to upgrade; asking Alembic would take a second."""
        return self.revision == newest_revision() and self.functions == functions.digest()


def newest_revision() -> str:
    """The last revision: migrations are numbered, and files are named by the number."""
    return max(path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")).partition("_")[0]


def state(url: str) -> State:
    try:
        return asyncio.run(read_state(Settings(database_url=url).url))
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", None) or error
        raise StepFailed(f"The database does not answer: {reason or type(error).__name__}") from None


async def read_state(url: str) -> State:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_TIMEOUT})
    async with engine.connect() as connection:
        version = connection.dialect.server_version_info or (0,)
        current = await revision(connection)
        installed = await connection.scalar(text(functions.INSTALLED))
        return State(int(version[0]), current, installed, current is not None and await has_demonstration(connection))


async def revision(connection: AsyncConnection) -> str | None:
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    current: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return current


async def has_demonstration(connection: AsyncConnection) -> bool:
    """Whether `scripts.city` has run: it opens its accounts in the same transaction as everything else."""
    return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM account WHERE demonstration)")))
