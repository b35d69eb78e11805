from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from jose import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import commands, tokens
from app.kit import clock, keys
from app.kit.settings import Settings
from tests.fixtures import SignIn


async def test_the_right_password_gives_a_token_that_opens_me(api: SignIn, db: AsyncSession) -> None:
    await commands.open_account(db, "sato", "himitsu", ["training"], display_name="佐藤")
    client = await api()
    answer = await client.post(
        "/auth/token", data={"username": "sato", "password": "himitsu", "grant_type": "password"}
    )
    assert answer.status_code == 200
    me = await client.get("/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert me.status_code == 200
    assert me.json()["username"] == "sato"
    assert "run_sessions" in me.json()["permissions"]


@pytest.mark.parametrize(("username", "password"), [("sato", "naisho"), ("nobody", "himitsu")])
async def test_a_wrong_name_or_password_says_the_same(
    api: SignIn, db: AsyncSession, username: str, password: str
) -> None:
    await commands.open_account(db, "sato", "himitsu", ["training"], display_name="佐藤")
    client = await api()
    answer = await client.post("/auth/token", data={"username": username, "password": password})
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_credentials"
    assert password not in answer.text


async def test_demonstration_accounts_are_refused_on_a_real_server(api: SignIn, db: AsyncSession, app: FastAPI) -> None:
    await commands.open_account(db, "demo", "demo", ["admin"], display_name="demo", demonstration=True)
    settings = app.state.settings
    app.state.settings = Settings(**settings.model_dump() | {"database_url": settings.embedded_url})
    client = await api()
    answer = await client.post("/auth/token", data={"username": "demo", "password": "demo"})
    assert answer.status_code == 401


async def test_no_token_is_401_with_a_challenge(api: SignIn) -> None:
    answer = await (await api()).get("/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "ja"


def forged(settings: Settings, **changes: Any) -> str:
    held = keys.load(settings.keys)
    now = clock.now()
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": str(uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    }
    header = {"typ": "at+jwt", "kid": held.key_id} | changes.pop("header", {})
    signed_with, algorithm = changes.pop("signed_with", held.signing_pem), changes.pop("algorithm", "RS256")
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, signed_with, algorithm, headers=header)


@pytest.mark.parametrize(
    "flaw",
    [
        {"aud": None},
        {"aud": "urn:other"},
        {"iss": None},
        {"iss": "urn:other"},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": "not-a-uuid"},
        {"header": {"typ": "JWT"}},
        {"header": {"kid": "other"}},
        {"header": {"crit": ["x"]}},
        {"signed_with": "guessed", "algorithm": "HS256"},
        {},
    ],
)
async def test_a_forged_or_expired_token_is_refused(api: SignIn, settings: Settings, flaw: dict[str, Any]) -> None:
    client = await api()
    answer = await client.get("/me", headers={"Authorization": f"Bearer {forged(settings, **flaw)}"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


@pytest.mark.parametrize("nonsense", ["x", "a.b.c", "x" * 9000, "é"])
async def test_nonsense_for_a_token_is_refused(api: SignIn, nonsense: str) -> None:
    answer = await (await api()).get("/me", headers=[(b"Authorization", f"Bearer {nonsense}".encode())])
    assert answer.status_code == 401


def test_a_token_holds_no_personal_fact(settings: Settings) -> None:
    account = uuid4()
    held = keys.load(settings.keys)
    token = tokens.issue(settings, held, account, clock.now())
    assert tokens.subject(settings, held, token, clock.now()) == account
    assert set(jwt.get_unverified_claims(token)) == {"iss", "aud", "sub", "iat", "exp", "jti"}
