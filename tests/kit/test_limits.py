"""Rate limits of calls, and of wrong passwords by name and address; what pages of allowed origins can read."""

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


def test_a_quota_is_per_key_and_resets_with_the_minute() -> None:
    quota = Quota("calls", 2)
    with clock.travel(NOON):
        assert [quota.spend("a").left for _ in range(3)] == [1, 0, -1]
        assert quota.spend("b").headers() == {"RateLimit": '"calls";r=1;t=45', "RateLimit-Policy": '"calls";q=2;w=60'}
    with clock.travel(NOON + timedelta(seconds=45)):
        assert quota.spend("a").left == 1


@pytest.fixture
async def narrow(settings: Settings, connection: AsyncConnection) -> FastAPI:
    """An application that allows three calls and two wrong passwords per minute, and one other origin."""
    limits = {"calls_per_minute": 3, "wrong_sign_ins_per_minute": 2, "cors_origins": [PAGE]}
    return build_app(settings.model_copy(update=limits), Rolled(connection))


@pytest.fixture
async def visitor(narrow: FastAPI) -> AsyncIterator[AsyncClient]:
    with clock.travel(NOON):
        async with AsyncClient(transport=ASGITransport(narrow), base_url="http://test/api/v1") as client:
            yield client


async def test_a_call_over_the_limit_is_429_with_retry_after(visitor: AsyncClient) -> None:
    responses = [await visitor.get("/vocabulary") for _ in range(4)]
    assert [response.headers["RateLimit"] for response in responses] == [
        f'"calls";r={left};t=45' for left in (2, 1, 0, 0)
    ]
    refused = responses[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert (refused.headers["Retry-After"], refused.headers["Content-Language"]) == ("45", "ja")
    assert refused.headers["X-Request-Id"] == refused.json()["request_id"]
    assert (await visitor.get("/me", headers={"Authorization": "Bearer another"})).status_code == 401
    with clock.travel(NOON + timedelta(minutes=1)):
        assert (await visitor.get("/vocabulary")).status_code == 200


async def test_wrong_passwords_are_limited_by_name_and_address(visitor: AsyncClient, db: AsyncSession) -> None:
    async def sign_in(username: str, password: str, token: str) -> Response:
        form = {"username": username, "password": password}
        return await visitor.post("/auth/token", data=form, headers={"Authorization": token})

    for name in ("sato", "suzuki"):
        await commands.open_account(db, name, "himitsu", ["training"], display_name=name)
    assert [(await sign_in("sato", "naisho", "a")).status_code for _ in range(3)] == [401, 401, 429]
    blocked = await sign_in("sato", "himitsu", "b")
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_requests")
    assert blocked.headers["RateLimit"] == '"wrong-sign-ins";r=0;t=45'
    assert (await sign_in("suzuki", "himitsu", "b")).status_code == 200
    with clock.travel(NOON + timedelta(minutes=1)):
        assert (await sign_in("sato", "himitsu", "c")).status_code == 200


async def test_a_page_of_an_allowed_origin_may_call_and_read_every_response(visitor: AsyncClient) -> None:
    preflight = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "If-Match"}
    before = await visitor.options("/skills", headers=preflight)
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    assert "PATCH" in before.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in before.headers["Access-Control-Allow-Headers"]
    responses = [await visitor.get(path, headers={"Origin": PAGE}) for path in ("/vocabulary", "/me", "/lost", "/me")]
    assert [response.status_code for response in responses] == [200, 401, 404, 429]
    for response in responses:
        assert response.headers["Access-Control-Allow-Origin"] == PAGE
        assert {"ETag", "RateLimit", "Retry-After"} <= set(
            response.headers["Access-Control-Expose-Headers"].split(", ")
        )


async def test_no_other_origin_is_allowed(visitor: AsyncClient) -> None:
    response = await visitor.get("/vocabulary", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in response.headers
