"""The audit log: rows are only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index
from sqlmodel import Field, SQLModel

from app.kit import clock
from app.kit.records import jsonb, uuid7


class AuditEntry(SQLModel, table=True):
    """One change of one record by one caller: only the fields that changed, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_record", "record_id", "at"), Index("ix_audit_entry_at", "at", "id"))

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True))
    actor_id: UUID | None = None
    actor: str
    action: str
    resource: str
    record_id: UUID
    request_id: str
    before: dict[str, object] | None = jsonb(default=None, nullable=True)
    after: dict[str, object] | None = jsonb(default=None, nullable=True)
