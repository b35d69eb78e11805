import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from jose import jwt
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity import commands, tokens
from app.kit import clock, keys
from app.kit.settings import Settings
from app.people.models import Post
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City


async def test_the_right_password_gives_a_token(api: SignIn, db: AsyncSession) -> None:
    await commands.open_account(db, "sato", "himitsu", ["training"], display_name="佐藤")
    client = await api()
    response = await client.post(
        "/auth/token", data={"username": "sato", "password": "himitsu", "grant_type": "password"}
    )
    assert response.status_code == 200
    me = await client.get("/me", headers={"Authorization": f"Bearer {response.json()['access_token']}"})
    assert me.status_code == 200
    assert me.json()["username"] == "sato"
    assert "run_sessions" in me.json()["permissions"]


@pytest.mark.parametrize(("username", "password"), [("sato", "naisho"), ("nobody", "himitsu")])
async def test_an_unknown_name_and_a_wrong_password_are_the_same_error(
    api: SignIn, db: AsyncSession, username: str, password: str
) -> None:
    await commands.open_account(db, "sato", "himitsu", ["training"], display_name="佐藤")
    client = await api()
    response = await client.post("/auth/token", data={"username": username, "password": password})
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_credentials"
    assert password not in response.text


async def test_demonstration_accounts_are_refused_with_an_external_database(
    api: SignIn, db: AsyncSession, app: FastAPI
) -> None:
    await commands.open_account(db, "demo", "demo", ["admin"], display_name="demo", demonstration=True)
    settings = app.state.settings
    app.state.settings = Settings(**settings.model_dump() | {"database_url": settings.embedded_url})
    client = await api()
    response = await client.post("/auth/token", data={"username": "demo", "password": "demo"})
    assert response.status_code == 401


async def test_a_disabled_account_cannot_sign_in_nor_use_its_token(api: SignIn, db: AsyncSession) -> None:
    account = await commands.open_account(db, "sato", "himitsu", ["training"], display_name="佐藤")
    client, password = await api(), {"username": "sato", "password": "himitsu"}
    token = (await client.post("/auth/token", data=password)).json()["access_token"]
    assert (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).status_code == 200
    account.disabled_at = clock.now()
    await db.flush()
    assert (await client.post("/auth/token", data=password)).status_code == 401
    assert (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_a_request_without_a_token_is_401_with_a_challenge(api: SignIn) -> None:
    response = await (await api()).get("/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == "ja"


def forged(settings: Settings, **changes: Any) -> str:
    loaded = keys.load(settings.keys)
    now = clock.now()
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": str(uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    }
    header = {"typ": "at+jwt", "kid": loaded.key_id} | changes.pop("header", {})
    signed_with, algorithm = changes.pop("signed_with", loaded.signing_pem), changes.pop("algorithm", "RS256")
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
    response = await client.get("/me", headers={"Authorization": f"Bearer {forged(settings, **flaw)}"})
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"


@pytest.mark.parametrize("malformed", ["x", "a.b.c", "x" * 9000, "é"])
async def test_a_malformed_token_is_refused(api: SignIn, malformed: str) -> None:
    response = await (await api()).get("/me", headers=[(b"Authorization", f"Bearer {malformed}".encode())])
    assert response.status_code == 401


async def test_a_transfer_holds_at_the_next_call_with_the_same_token(api: SignIn, db: AsyncSession, city: City) -> None:
    head = await api("employee", city.section_head)
    assert (await head.get("/me")).json()["unit_id"] == str(city.section.id)
    post = (await db.execute(select(Post).where(col(Post.employee_id) == city.section_head.id))).scalar_one()
    post.valid_to = clock.today()
    await db.flush()
    await people.post(db, city.section_head, city.other_section, since=clock.today())
    assert (await head.get("/me")).json()["unit_id"] == str(city.other_section.id)


def test_a_checked_token_is_remembered_until_it_expires_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 2)
    verified, account, now = tokens.Verified(), uuid4(), time.time()
    verified.remember("expired", account, now - 1)
    verified.remember("first", account, now + 60)
    assert (verified.subject("expired"), verified.subject("first")) == (None, account)
    verified.remember("second", account, now + 60)
    verified.remember("third", account, now + 60)
    assert (verified.subject("first"), verified.subject("third")) == (None, account)


def test_a_token_contains_no_personal_data(settings: Settings) -> None:
    account = uuid4()
    held = keys.load(settings.keys)
    token = tokens.issue(settings, held, account, clock.now())
    assert tokens.subject(settings, held, token, clock.now()) == account
    assert set(jwt.get_unverified_claims(token)) == {"iss", "aud", "sub", "iat", "exp", "jti"}
