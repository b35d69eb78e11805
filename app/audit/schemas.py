"""Read models and query of the audit log."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel import col

from app.audit.enums import AuditAction
from app.audit.models import AuditEntry
from app.kit.fields import Code, Instant, Key
from app.kit.filters import Column, Eq, Since, Until
from app.kit.list_query import ListQuery, Sorts


class AuditEntryRead(BaseModel):
    """One change of one record by one caller: only the fields that changed, before and after."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: datetime
    actor_id: UUID | None
    actor: str
    action: AuditAction
    resource: str
    record_id: UUID
    request_id: str
    before: dict[str, object] | None
    after: dict[str, object] | None


class AuditQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"at": col(AuditEntry.at)}
    default_sort: ClassVar[str] = "-at"
    key: ClassVar[Column] = col(AuditEntry.id)

    record_id: Annotated[UUID | None, Eq(col(AuditEntry.record_id))] = None
    resource: Annotated[Code | None, Eq(col(AuditEntry.resource))] = None
    actor: Annotated[Key | None, Eq(col(AuditEntry.actor))] = None
    request_id: Annotated[Code | None, Eq(col(AuditEntry.request_id))] = None
    at_since: Annotated[Instant | None, Since(col(AuditEntry.at))] = None
    at_until: Annotated[Instant | None, Until(col(AuditEntry.at))] = None
