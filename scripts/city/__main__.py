"""`python -m scripts.city --employees N [--seed S]`: fills an empty database once; a second call does nothing."""

import argparse
import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import tables
from app.audit import recorder
from app.kit import clock
from app.kit.database import Database
from app.kit.settings import Settings
from scripts.city.load import Report, is_loaded, load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.city", description="Load the policy and a made-up city.")
    parser.add_argument("--employees", type=int, default=3600, metavar="N", help="people in the city (30 or more)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed makes another city")
    chosen = parser.parse_args()
    tables.load()
    recorder.install()
    gc.disable()  # millions of rows live until the end anyway
    asyncio.run(fill(Settings(), chosen.employees, chosen.seed))


async def fill(settings: Settings, people: int, seed: int) -> None:
    database = Database(settings.url, pool_size=1)
    async with database.writing() as db:
        if not await is_loaded(db):
            with progress(Console()) as report:
                await load(db, people, seed=seed, today=clock.today(), report=report)
                report("saving", 0, 1)
        await db.commit()
    await database.close()


@contextmanager
def progress(console: Console) -> Iterator[Report]:
    """A progress bar on a terminal; elsewhere a line for each stage."""
    if not console.is_terminal:
        yield lines(console)
        return
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting")
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)


def lines(console: Console) -> Report:
    """Prints each stage once, when it begins."""
    printed: set[str] = set()

    def report(stage: str, _done: int, _total: int) -> None:
        if stage not in printed:
            printed.add(stage)
            console.print(stage)

    return report


if __name__ == "__main__":
    main()
