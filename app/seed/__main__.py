"""`python -m app.seed --employees N [--seed S]`: fills an empty database once; a second call does nothing."""

import argparse
import asyncio
import gc

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import recorder
from app.kit import clock
from app.kit.database import Database
from app.kit.settings import Settings
from app.seed import policy
from app.seed.load import is_loaded, load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m app.seed", description="Load the policy and a made-up city.")
    parser.add_argument("--employees", type=int, default=3600, metavar="N", help="people in the city (30 or more)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed makes another city")
    parser.add_argument("--policy-only", action="store_true", help="the policy alone, for a real city")
    chosen = parser.parse_args()
    recorder.install()
    gc.disable()  # millions of rows live until the end anyway
    asyncio.run(fill(Settings(), None if chosen.policy_only else chosen.employees, chosen.seed))


async def fill(settings: Settings, people: int | None, seed: int) -> None:
    """`people` None means none: the policy alone, which changes nothing where it is loaded already."""
    database = Database(settings.url, pool_size=1)
    async with database.writing() as db:
        if people is None:
            await policy.load(db)
        elif not await is_loaded(db):
            await _show(db, people, seed)
        await db.commit()
    await database.close()


async def _show(db: AsyncSession, people: int, seed: int) -> None:
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("starting")

        def report(stage: str, done: int, total: int) -> None:
            progress.update(task, description=stage, completed=done, total=total)

        await load(db, people, seed=seed, today=clock.today(), report=report)
        progress.update(task, description="saving")


if __name__ == "__main__":
    main()
