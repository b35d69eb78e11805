"""Compares the kept facts of each day with what would be written now: python -m app.facts [--rebuild].

Prints how many rows differ, of whom never, and ends with 1 if any do. With --rebuild all are written anew first, in one
transaction, while writers of personnel facts wait.
"""

import argparse
import asyncio
from collections import Counter

from rich.console import Console
from rich.progress import track

from app import tables
from app.employees import commands, queries
from app.kit.database import Database
from app.kit.settings import Settings

_BATCH = 2000  # people


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m app.facts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rebuild", action="store_true", help="write all of them anew before they are compared")
    tables.load()
    differing = asyncio.run(verify(Settings().url, rebuild=parser.parse_args().rebuild))
    for table, count in sorted(differing.items()):
        print(f"{table}: {count} rows differ")
    print("Run python -m app.facts --rebuild." if differing else "All facts are as they would be written now.")
    raise SystemExit(bool(differing))


async def verify(url: str, *, rebuild: bool) -> Counter[str]:
    """How many rows differ in each table."""
    database = Database(url, pool_size=1)
    async with database.writing() as db:
        if rebuild:
            await commands.rebuild_facts(db)
            await db.commit()
        people = await queries.everybody(db)
        differing = Counter[str]()
        for start in track(range(0, len(people), _BATCH), "Comparing", console=Console(stderr=True)):
            differing.update(await queries.differing_facts(db, people[start : start + _BATCH]))
    await database.close()
    return differing


if __name__ == "__main__":
    main()
