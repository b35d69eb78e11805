"""What is due by the clock, without a request. The service does it by itself; python -m app.jobs does one round.

Each job is idempotent and changes what is due in a few statements over sets, in a transaction of its own. The log names
the actor `system` and the request `job.NAME`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import tables
from app.audit import recorder
from app.insights import commands as insights
from app.kit import idempotency, logs
from app.kit.database import Database, of_program, plan_for_values
from app.kit.settings import Settings
from app.people import commands as people
from app.reconfirmation import commands as reconfirmation
from app.surveys import commands as surveys
from app.surveys import secrecy


@dataclass(frozen=True)
class Job:
    """`run` may be cut off at any point and run again; it flushes and does not commit."""

    name: str
    run: Callable[[AsyncSession, Settings], Awaitable[None]]


JOBS: Sequence[Job] = (
    Job("use_employee_numbers", people.use_numbers_of_today),
    Job("release_seats", reconfirmation.release_due),
    Job("forget_stored_responses", idempotency.forget_old),
    Job("close_surveys", surveys.close_due),
    Job("destroy_survey_keys", secrecy.destroy_spent_keys),
    Job("merge_figure_changes", insights.merge_changes),
)
"""In the order in which a round runs them."""


async def run(database: Database, settings: Settings, jobs: Sequence[Job] = JOBS) -> list[str]:
    """One round; the names of the jobs that failed, which the next round tries again."""
    return [job.name for job in jobs if not await _succeeds(database, settings, job)]


async def _succeeds(database: Database, settings: Settings, job: Job) -> bool:
    try:
        await _run(database, settings, job)
    except Exception as error:
        logs.failure("job failed", error, job=job.name)
        return False
    return True


async def _run(database: Database, settings: Settings, job: Job) -> None:
    """Of several processes that come to the job at once, one does it; the others have nothing left to do."""
    async with database.writing() as db:
        db.info["request_id"] = f"job.{job.name}"
        lock = int.from_bytes(hashlib.blake2b(job.name.encode(), digest_size=8).digest(), signed=True)
        if await db.scalar(select(func.pg_try_advisory_xact_lock(lock))):
            await plan_for_values(db)
            await job.run(db, settings)
            await db.commit()


@asynccontextmanager
async def running(database: Database, settings: Settings, jobs: Sequence[Job] = JOBS) -> AsyncIterator[None]:
    """A round at once and after every pause of `jobs_seconds`, until the block ends; none where that is 0."""
    task = asyncio.create_task(_repeat(database, settings, jobs)) if settings.jobs_seconds else None
    yield
    if task:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(database: Database, settings: Settings, jobs: Sequence[Job]) -> None:
    while True:
        await run(database, settings, jobs)
        await asyncio.sleep(settings.jobs_seconds)


async def once(settings: Settings) -> list[str]:
    """One round by a process of its own."""
    database = of_program(settings)
    failed = await run(database, settings)
    await database.close()
    return failed


def main() -> int:
    """0, or 1 if a job failed."""
    settings = Settings()
    logs.install(settings)
    tables.load()
    recorder.install()
    return 1 if asyncio.run(once(settings)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
