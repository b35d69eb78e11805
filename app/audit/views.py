"""Rows to read models."""

from app.audit.models import AuditEntry
from app.audit.schemas import AuditEntryRead


def audit_entry(row: AuditEntry) -> AuditEntryRead:
    return AuditEntryRead.model_validate(row)
