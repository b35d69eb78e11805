"""The two ways to the database plan their statements each in its own way."""

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.kit.settings import Settings

SHOW = text("SHOW plan_cache_mode")


@pytest.mark.parametrize(("way", "mode"), [("reading", "force_custom_plan"), ("writing", "auto")])
async def test_reads_are_planned_for_their_values_and_writes_keep_plans(
    committed: FastAPI, way: str, mode: str
) -> None:
    async with getattr(committed.state.database, way)() as db:
        assert await db.scalar(SHOW) == mode


async def test_a_job_plans_as_a_read_does_and_leaves_the_connection_as_it_was(committed: FastAPI) -> None:
    shown: list[object] = []

    async def show(db: AsyncSession, _settings: Settings) -> None:
        shown.append(await db.scalar(SHOW))

    database = committed.state.database
    assert await jobs.run(database, committed.state.settings, [jobs.Job("show", show)]) == []
    async with database.writing() as db:
        shown.append(await db.scalar(SHOW))
    assert shown == ["force_custom_plan", "auto"]
