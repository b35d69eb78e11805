"""Lists and figures read by indexes, and no more of a large city than of a small one."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.kit import keys
from app.kit.settings import Settings
from app.main import build_app
from scripts import embedded, plans
from scripts.city.filled import fill
from scripts.reading_plans import Statement, literal, met
from tests.thoroughness import THOROUGH

EVERYBODY = Statement("SELECT name FROM employee WHERE name = $1::text", ["佐藤"], is_kept=False)


@pytest.mark.slow
@pytest.mark.parametrize("is_kept", [True, False])
async def test_a_table_that_is_read_as_a_whole_is_named(committed: FastAPI, is_kept: bool) -> None:
    found = await met(committed, Statement(EVERYBODY.sql, EVERYBODY.parameters, is_kept))
    assert "employee" in found.without_index


@pytest.mark.parametrize(
    ("value", "written"), [(None, "NULL"), ("O'Brien", "'O''Brien'"), ([1, 2], "'{1,2}'"), (True, "'True'")]
)
async def test_values_are_written_as_postgresql_reads_them(committed: FastAPI, value: object, written: str) -> None:
    assert literal(value) == written
    async with committed.state.database.reading() as db:
        assert (await db.execute(text(f"SELECT {written}"))).scalar() is None or value is not None


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="loads a city of 100,000 people: HAGUKUMI_THOROUGH=1")
async def test_no_list_and_no_figure_reads_what_grows_with_the_city(tmp_path: Path) -> None:
    url = embedded.start(tmp_path / "postgres", embedded.THROWAWAY)
    try:
        settings = Settings(database_url=None, embedded_url=url, keys=tmp_path / "keys")
        keys.ensure(settings.keys)
        fill(settings, 100_000)
        assert await plans.show(build_app(settings), "") == 0
    finally:
        embedded.stop(tmp_path / "postgres")
