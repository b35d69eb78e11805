"""Local accounts. A city with an identity provider does not need them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, UniqueConstraint
from sqlmodel import Field

from app.kit.fields import KEY, Key
from app.kit.records import Record, text_array, well_formed


class Account(Record, table=True):
    """A local account. Its grants give permissions; posts and appointments add standing."""

    __audited__: ClassVar[bool] = False
    __table_args__ = (UniqueConstraint("username"), well_formed("ck_account_username", "username", KEY))

    username: Key
    password_hash: str
    display_name: str
    grants: list[str] = text_array()
    employee_id: UUID | None = Field(default=None, foreign_key="employee.id", index=True)
    demonstration: bool = False
    disabled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
