"""What the service logs: one JSON object per line, without personal data."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from app.kit import logs
from app.kit.settings import Settings
from tests.fixtures import client_of

SIGN_IN = {"username": "yamada", "password": "secret", "grant_type": "password"}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(logs.JsonLines().format(record)) for record in caplog.records]


@pytest.fixture
def restored() -> Iterator[None]:
    """Undoes what `install` changes for the whole process."""
    names = (None, "hagukumi.sql", "uvicorn", "uvicorn.error")
    before = [(log, log.level, log.handlers[:], log.propagate) for log in map(logging.getLogger, names)]
    yield
    for log, level, handlers, propagate in before:
        log.setLevel(level)
        log.handlers, log.propagate = handlers, propagate


async def test_a_call_is_one_line_without_its_query(committed: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    async with client_of(committed) as client:
        with caplog.at_level("INFO", "hagukumi"):
            await client.get("/employees", params={"q": "山田"}, headers={"X-Request-Id": "r-1"})
    (line,) = lines(caplog)
    assert datetime.fromisoformat(line.pop("at")).tzinfo == UTC
    assert line.pop("duration_ms") > 0
    facts = {"request_id": "r-1", "method": "GET", "path": "/api/v1/employees", "status": 401, "statements": 0}
    assert line == {"level": "INFO", "event": "call", **facts}


async def test_statements_are_counted_and_shown_without_parameters_only_on_demand(
    committed: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async with client_of(committed) as client:
        with caplog.at_level("INFO", "hagukumi"):
            await client.post("/auth/token", data=SIGN_IN)
        with caplog.at_level("DEBUG", "hagukumi.sql"):
            await client.post("/auth/token", data=SIGN_IN)
    counted, *shown = lines(caplog)
    statements = [line["sql"] for line in shown if line["event"] == "statement"]
    assert counted["statements"] == len(statements) == 1
    assert "FROM account" in statements[0]
    assert "yamada" not in caplog.text


async def test_an_unexpected_error_is_logged_by_kind_and_place_without_its_text(
    committed: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise LookupError("山田")

    committed.state.database, intact = Broken(), committed.state.database
    async with client_of(committed) as client:
        with caplog.at_level("INFO", "hagukumi"):
            response = await client.post("/auth/token", data=SIGN_IN)
    committed.state.database = intact
    error, called = lines(caplog)
    assert (response.status_code, called["status"]) == (500, 500)
    assert (error["event"], error["kind"]) == ("unexpected error", "LookupError")
    assert error["request_id"] == called["request_id"]
    assert "test_logs.py:" in error["place"]
    assert "山田" not in json.dumps([error, called], ensure_ascii=False)


@pytest.mark.parametrize("shown", [True, False])
def test_the_switch_shows_statements_at_any_level(
    restored: None, capsys: pytest.CaptureFixture[str], shown: bool
) -> None:
    logs.install(Settings(log_level="WARNING", log_sql=shown))
    logs.count_statement(None, None, "SELECT 1")
    logging.getLogger("uvicorn.error").warning("of the server")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in logged] == (["statement"] if shown else []) + ["of the server"]
