"""The ways to the database plan their statements each in its own way."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app import jobs
from app.kit.database import Database, planned_for_values
from app.kit.settings import Settings
from app.main import build_app
from tests.fixtures import caller_in_a_city, copied

SHOW = text("SHOW plan_cache_mode")
PLANS = text(
    "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
    " WHERE generic_plans + custom_plans >= :often AND cardinality(parameter_types) > 0"
)
"""Statements without parameters are left out: they have one plan, whatever the way."""
END_READS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'hagukumi-read' AND datname = current_database()"
)
REPEATED = 8  # PostgreSQL plans a statement five times for its values before it thinks of keeping a plan


async def test_reads_and_writes_keep_plans_and_what_reads_many_rows_does_not(committed: FastAPI) -> None:
    database: Database = committed.state.database
    async with database.reading() as db:
        assert await db.scalar(SHOW) == "auto"
        assert await db.scalar(planned_for_values(SHOW)) == "force_custom_plan"
    async with database.writing() as db:
        assert await db.scalar(SHOW) == "auto"


async def test_a_job_plans_for_its_values_and_leaves_the_connection_as_it_was(committed: FastAPI) -> None:
    shown: list[object] = []

    async def show(db: AsyncSession, _settings: Settings) -> None:
        shown.append(await db.scalar(SHOW))

    database = committed.state.database
    assert await jobs.run(database, committed.state.settings, [jobs.Job("show", show)]) == []
    async with database.writing() as db:
        shown.append(await db.scalar(SHOW))
    assert shown == ["force_custom_plan", "auto"]


@pytest.fixture
async def single(template: Settings) -> AsyncIterator[FastAPI]:
    """One connection of each kind, so that each statement of a kind runs on the same."""
    settings = await copied(template, "single")
    app = build_app(settings, Database(settings.url, pool_size=1))
    yield app
    await app.state.database.close()


@pytest.fixture
async def office(single: FastAPI) -> AsyncIterator[AsyncClient]:
    async with caller_in_a_city(single, "training") as client:
        yield client


async def plans(engine: AsyncEngine) -> list[tuple[int, int]]:
    """Of each statement that ran often: how many times by a kept plan, and by a new one."""
    async with engine.connect() as connection:
        found = await connection.execute(PLANS, {"often": REPEATED})
        return [(row.generic_plans, row.custom_plans) for row in found]


async def test_one_record_and_few_are_read_by_kept_plans_and_a_page_and_figures_by_new_ones(
    single: FastAPI, office: AsyncClient
) -> None:
    listed = (await office.get("/employees?limit=1")).json()["results"]
    page = "/employees?status=active&limit=1&include_count=true"
    of_a_unit = f"/employees?org_unit_id={listed[0]['primary_post']['org_unit_id']}"
    for each in range(REPEATED):
        for path in (f"/employees/{listed[0]['id']}", of_a_unit, page, f"/skill_gaps?expires_within={each}"):
            assert (await office.get(path)).status_code == 200
    kept, anew = await plans(single.state.database.reads), await plans(single.state.database.reads_for_values)
    assert [custom for _, custom in kept] == [5] * 3, "the caller, one employee, and those of a unit"
    assert [generic for generic, _ in anew] == [0] * 4, "the page, its count, and two of figures"


async def test_a_page_is_read_though_the_connections_of_both_ways_have_ended(
    single: FastAPI, office: AsyncClient
) -> None:
    assert (await office.get("/position_ranks")).status_code == 200
    async with single.state.database.writing() as db:
        assert await db.scalar(END_READS) == 2
    assert (await office.get("/position_ranks")).status_code == 200
