"""Calls are limited by the minute, wrong passwords by name and address; a page of an allowed origin can read it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity import commands
from app.kit import clock
from app.kit.limits import Quota
from app.kit.settings import Settings
from app.main import build_app
from tests.fixtures import Rolled

NOON = datetime(2026, 11, 23, 12, 0, 15, tzinfo=UTC)
PAGE = "https://talent.city.example"


def test_the_count_begins_anew_with_the_minute_and_is_each_callers_own() -> None:
    quota = Quota("calls", 2)
    with clock.travel(NOON):
        assert [quota.spend("a").left for _ in range(3)] == [1, 0, -1]
        assert quota.spend("b").headers() == {"RateLimit": '"calls";r=1;t=45', "RateLimit-Policy": '"calls";q=2;w=60'}
    with clock.travel(NOON + timedelta(seconds=45)):
        assert quota.spend("a").left == 1


@pytest.fixture
async def narrow(settings: Settings, connection: AsyncConnection) -> FastAPI:
    """An application that allows three calls and two wrong passwords a minute, and one page's origin."""
    limits = {"calls_per_minute": 3, "wrong_sign_ins_per_minute": 2, "cors_origins": [PAGE]}
    return build_app(settings.model_copy(update=limits), Rolled(connection))


@pytest.fixture
async def visitor(narrow: FastAPI) -> AsyncIterator[AsyncClient]:
    with clock.travel(NOON):
        async with AsyncClient(transport=ASGITransport(narrow), base_url="http://test/api/v1") as client:
            yield client


async def test_one_call_too_many_is_429_and_says_when_to_come_back(visitor: AsyncClient) -> None:
    answers = [await visitor.get("/vocabulary") for _ in range(4)]
    assert [answer.headers["RateLimit"] for answer in answers] == [f'"calls";r={left};t=45' for left in (2, 1, 0, 0)]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert (refused.headers["Retry-After"], refused.headers["Content-Language"]) == ("45", "ja")
    assert refused.headers["X-Request-Id"] == refused.json()["request_id"]
    assert (await visitor.get("/me", headers={"Authorization": "Bearer another"})).status_code == 401
    with clock.travel(NOON + timedelta(minutes=1)):
        assert (await visitor.get("/vocabulary")).status_code == 200


async def test_a_password_is_guessed_for_a_name_only_so_often(visitor: AsyncClient, db: AsyncSession) -> None:
    async def tried(username: str, password: str, token: str) -> Response:
        form = {"username": username, "password": password}
        return await visitor.post("/auth/token", data=form, headers={"Authorization": token})

    for name in ("sato", "suzuki"):
        await commands.open_account(db, name, "himitsu", ["training"], display_name=name)
    assert [(await tried("sato", "naisho", "a")).status_code for _ in range(3)] == [401, 401, 429]
    blocked = await tried("sato", "himitsu", "b")
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_requests")
    assert blocked.headers["RateLimit"] == '"wrong-sign-ins";r=0;t=45'
    assert (await tried("suzuki", "himitsu", "b")).status_code == 200
    with clock.travel(NOON + timedelta(minutes=1)):
        assert (await tried("sato", "himitsu", "c")).status_code == 200


async def test_a_page_of_an_allowed_origin_may_call_and_read_every_answer(visitor: AsyncClient) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "If-Match"}
    before = await visitor.options("/skills", headers=asked)
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    assert "PATCH" in before.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in before.headers["Access-Control-Allow-Headers"]
    answers = [await visitor.get(path, headers={"Origin": PAGE}) for path in ("/vocabulary", "/me", "/lost", "/me")]
    assert [answer.status_code for answer in answers] == [200, 401, 404, 429]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert {"ETag", "RateLimit", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


async def test_no_other_origin_is_allowed(visitor: AsyncClient) -> None:
    answer = await visitor.get("/vocabulary", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
