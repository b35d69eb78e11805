"""Writes the next migration: `scripts/dev migration NAME`.

The file gets the SQL by which tables, columns, keys and indexes become what the models say, compared on a database of
its own. Of a table that exists already, CHECK and EXCLUDE constraints and changes to an index are not compared: write
them by hand, and let `scripts/dev test -k what_migrations_make` say whether anything is missing.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation, OpContainer
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from app import tables
from app.kit.settings import Settings
from scripts import embedded
from scripts.environment import ROOT
from scripts.state import newest_revision

EMPTY = 'sql.run("""\n""")'
"""What `migrations/script.py.mako` leaves open, for the way forward and for the way back."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/dev migration", description=__doc__)
    parser.add_argument("name", nargs="+", metavar="NAME", help="what it does, in a few words")
    print(f"wrote {write(' '.join(parser.parse_args().name)).relative_to(ROOT)}")


def write(name: str) -> Path:
    """The new file, with the SQL of the two ways."""
    forward, back = differences()
    number = f"{int(newest_revision()) + 1:04}"
    command.revision(configuration(), name, rev_id=number)
    (file,) = (ROOT / "migrations" / "versions").glob(f"{number}_*.py")
    text = file.read_text()
    for statements in (forward, back):
        text = text.replace(EMPTY, f'sql.run("""\n{statements}""")', 1)
    file.write_text(text)
    return file


def configuration() -> Config:
    return Config(ROOT / "alembic.ini")


def upgrade(connection: Connection) -> None:
    """Bring this connection's database to the newest revision."""
    configured = configuration()
    configured.attributes["connection"] = connection
    command.upgrade(configured, "head")


def differences() -> tuple[str, str]:
    """SQL from what the migrations make to what the models say, and back."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "postgres"
        url = embedded.start(directory, embedded.THROWAWAY)
        try:
            return asyncio.run(compared(Settings(embedded_url=url).url))
        finally:
            embedded.stop(directory)


async def compared(url: str) -> tuple[str, str]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


def compare(connection: Connection) -> tuple[str, str]:
    """The two ways; an index that both sides have by name counts as the same, whatever its expressions look like."""
    context = MigrationContext.configure(connection, opts={"include_object": is_compared})
    found = produce_migrations(context, tables.load())
    forward, back = (statements(connection, ways) for ways in (found.upgrade_ops, found.downgrade_ops) if ways)
    return forward, back


def is_compared(_found: object, _name: str | None, kind: str, _reflected: bool, other: object) -> bool:
    return not (kind == "index" and other is not None)


def statements(connection: Connection, operations: OpContainer) -> str:
    written = StringIO()
    context = MigrationContext.configure(
        dialect=connection.dialect, opts={"as_sql": True, "output_buffer": written, "target_metadata": tables.load()}
    )
    for operation in plain(operations):
        Operations(context).invoke(operation)
    return written.getvalue().replace(", \n", ",\n").replace("\n\n", "\n")


def plain(operations: OpContainer) -> Iterator[MigrateOperation]:
    """The operations themselves, those of one table not held together."""
    for operation in operations.ops:
        if isinstance(operation, OpContainer):
            yield from plain(operation)
        else:
            yield operation


if __name__ == "__main__":
    main()
