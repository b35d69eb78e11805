"""Coded values of the audit log."""

from app.kit.enums import LabelledEnum


class AuditAction(LabelledEnum):
    CREATED = "created", "登録", "Created"
    UPDATED = "updated", "変更", "Updated"
    DELETED = "deleted", "削除", "Deleted"
