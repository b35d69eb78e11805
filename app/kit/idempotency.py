"""Idempotency-Key: the first response to a POST is stored with its effect and replayed, byte for byte."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy import DateTime, LargeBinary, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from app.kit import clock
from app.kit.problems import Conflict, Invalid
from app.kit.records import jsonb, remove
from app.kit.settings import Settings

_KEPT_FOR = timedelta(hours=24)
_KEPT_HEADERS = ("content-type", "location", "etag")


class StoredResponse(SQLModel, table=True):
    __tablename__ = "stored_response"

    caller: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    status: int
    headers: dict[str, str] = jsonb()
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True), index=True)


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used before with a different request."""

    ja = "この Idempotency-Key は別の内容のリクエストで使われています。"


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still running."""

    ja = "同じ Idempotency-Key のリクエストを処理中です。"
    headers = {"Retry-After": "1"}  # noqa: RUF012 - a Mapping, as in the base


class Replayed(Exception):
    """Not an error: the response is stored already."""

    def __init__(self, stored: StoredResponse) -> None:
        self.response = Response(stored.body, stored.status, {**stored.headers, "Idempotency-Replayed": "true"})


async def replay_or_reserve(request: Request, db: AsyncSession, caller: UUID) -> None:
    """Replay the stored response, or reserve the key; its lock is held until the transaction ends."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return
    # keyed, so that a body of few possible contents (a survey answer) cannot be guessed from the stored row
    content = request.url.path.encode() + b"\0" + await request.body()
    fingerprint = request.app.state.keys.mac("idempotency", content).hex()
    lock = int.from_bytes(hashlib.blake2b(caller.bytes + key.encode(), digest_size=8).digest(), signed=True)
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise RequestInProgress
    stored = await db.get(StoredResponse, (caller, key))
    if stored is not None and stored.created_at < clock.now() - _KEPT_FOR:
        await remove(db, stored)
    elif stored is not None:
        if stored.fingerprint != fingerprint:
            raise IdempotencyKeyReused(pointer="/header/Idempotency-Key")
        raise Replayed(stored)
    request.state.reservation = (caller, key, fingerprint)


class RetryState:
    """What a command may know of the Idempotency-Key of its request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.key = request.headers.get("idempotency-key")

    def forget(self) -> None:
        """Keep no response, and no mark of the write: beside the caller, it would tell what nobody may know."""
        self._request.state.reservation = None
        self._request.state.db.info["writer"] = None


async def retry_state(request: Request) -> RetryState:
    return RetryState(request)


Retry = Annotated[RetryState, Depends(retry_state)]


async def forget_old(db: AsyncSession, _settings: Settings) -> None:
    """A job: responses may contain personal data. Rows that a request is removing are skipped."""
    old = select(col(StoredResponse.caller), col(StoredResponse.key)).where(
        col(StoredResponse.created_at) < clock.now() - _KEPT_FOR
    )
    removed = tuple_(col(StoredResponse.caller), col(StoredResponse.key)).in_(old.with_for_update(skip_locked=True))
    await db.execute(delete(StoredResponse).where(removed).execution_options(synchronize_session=False))


async def store(request: Request, response: Response) -> None:
    """Store a successful response in the transaction of its effect."""
    reservation = getattr(request.state, "reservation", None)
    if reservation is None or response.status_code >= 400:
        return
    caller, key, fingerprint = reservation
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    db: AsyncSession = request.state.db
    db.add(
        StoredResponse(
            caller=caller,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers=headers,
            body=bytes(response.body),
        )
    )
    await db.flush()
