"""The first answers to POSTs that carried an Idempotency-Key, kept for 24 hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary
from sqlmodel import Field, SQLModel

from app.kit import clock
from app.kit.records import jsonb


class Replay(SQLModel, table=True):
    caller: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    status: int
    headers: dict[str, Any] = jsonb()
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True), index=True)  # type: ignore[call-overload]
