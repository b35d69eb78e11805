"""What is due by the clock: rounds of jobs, by themselves and by one command."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.jobs import Job
from app.kit import logs
from app.kit.records import add
from app.kit.settings import Settings
from app.people.models import PositionRank
from scripts import embedded
from tests.fixtures import SignIn
from tests.served import launch

OLD_ANSWER = """
    INSERT INTO stored_response (caller, key, fingerprint, status, headers, body, created_at)
    VALUES ('{}', 'k', '', 201, '{{}}', '', now() - interval '25 hours')"""
KEPT = "SELECT count(*) FROM stored_response"


async def a_rank(db: AsyncSession, settings: Settings) -> None:
    await add(db, PositionRank(code="r9", name="九級", ordinal=9))


async def breaks(db: AsyncSession, settings: Settings) -> None:
    await a_rank(db, settings)
    raise ValueError("山田太郎")


async def fetched(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def ranks(app: FastAPI) -> int:
    async with app.state.database.reading() as db:
        return int(await db.scalar(text("SELECT count(*) FROM position_rank WHERE code = 'r9'")) or 0)


async def test_a_job_writes_under_the_name_of_the_system(app: FastAPI, db: AsyncSession) -> None:
    assert await jobs.run(app.state.database, app.state.settings, [Job("open_rank", a_rank)]) == []
    row = (await db.execute(text("SELECT actor, actor_id, request_id FROM audit_entry"))).one()
    assert tuple(row) == ("system", None, "job.open_rank")


async def test_a_job_that_fails_leaves_nothing_and_does_not_stop_the_round(
    committed: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    both = [Job("broken", breaks), Job("open_rank", a_rank)]
    failed = await jobs.run(committed.state.database, committed.state.settings, both)
    assert (failed, await ranks(committed)) == (["broken"], 1)
    (line,) = [json.loads(logs.JsonLines().format(record)) for record in caplog.records if record.levelno >= 40]
    assert {name: line[name] for name in ("event", "job", "kind")} == {
        "event": "job failed",
        "job": "broken",
        "kind": "ValueError",
    }
    assert "山田" not in json.dumps(line, ensure_ascii=False)


async def test_of_several_processes_one_does_a_job_at_a_time(committed: FastAPI) -> None:
    started, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def slow(db: AsyncSession, settings: Settings) -> None:
        started.set()
        await may_end.wait()
        done.append(1)

    first = asyncio.create_task(jobs.run(committed.state.database, committed.state.settings, [Job("slow", slow)]))
    await started.wait()
    assert await jobs.run(committed.state.database, committed.state.settings, [Job("slow", slow)]) == []
    may_end.set()
    assert (await first, done) == ([], [1])


async def test_rounds_go_on_after_a_failure_until_the_service_stops(committed: FastAPI) -> None:
    rounds: asyncio.Queue[int] = asyncio.Queue()

    async def fails_at_first(db: AsyncSession, settings: Settings) -> None:
        rounds.put_nowait(rounds.qsize())
        if rounds.qsize() == 1:
            raise ConnectionError

    async with jobs.running(committed.state.database, Settings(jobs_seconds=0.01), [Job("counted", fails_at_first)]):
        for _ in range(3):
            await asyncio.wait_for(rounds.get(), 10)
    left = rounds.qsize()
    await asyncio.sleep(0.05)
    assert rounds.qsize() == left


async def test_no_round_runs_where_the_pause_is_zero(committed: FastAPI) -> None:
    seen: list[int] = []

    async def counted(db: AsyncSession, settings: Settings) -> None:
        seen.append(1)

    async with jobs.running(committed.state.database, Settings(jobs_seconds=0), [Job("counted", counted)]):
        await asyncio.sleep(0.05)
    assert seen == []


async def test_stored_responses_are_forgotten_after_a_day(app: FastAPI, api: SignIn, db: AsyncSession) -> None:
    admin: AsyncClient = await api("admin")
    body: dict[str, Any] = {"code": "r8", "name": "八級", "ordinal": 8}
    assert (await admin.post("/position_ranks", json=body, headers={"Idempotency-Key": "k"})).status_code == 201
    await db.execute(text(OLD_ANSWER.format(uuid4())))
    assert await jobs.run(app.state.database, app.state.settings) == []
    assert await db.scalar(text("SELECT array_agg(created_at > now() - interval '1 day') FROM stored_response")) == [
        True
    ]


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_a_served_process_does_by_itself_what_is_due(tmp_path: Path) -> None:
    run = launch(tmp_path / "data", "--no-demo", APP_JOBS_SECONDS="0.2")
    run.until_output("Hagukumi is ready")
    url = embedded.start(run.data / "postgres")
    asyncio.run(fetched(url, OLD_ANSWER.format(uuid4())))
    run.until(lambda: asyncio.run(fetched(url, KEPT)) == 0)
    assert run.end(signal.SIGTERM) == 0
    output = run.output.read_text()
    assert [words for words in ("job failed", "Traceback") if words in output] == []


@pytest.mark.slow
async def test_one_command_does_one_round(committed: FastAPI) -> None:
    async with committed.state.database.writing() as db:
        await db.execute(text(OLD_ANSWER.format(uuid4())))
        await db.commit()
    environment = {"APP_EMBEDDED_URL": str(committed.state.settings.embedded_url)}
    command = await asyncio.create_subprocess_exec(sys.executable, "-m", "app.jobs", env=environment)
    assert await command.wait() == 0
    async with committed.state.database.reading() as db:
        assert await db.scalar(text(KEPT)) == 0
