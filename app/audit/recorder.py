"""Writes the log in the transaction of the change itself: what rolls back leaves no entry."""

from pydantic_core import to_jsonable_python
from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from app.audit.enums import AuditAction
from app.audit.models import AuditEntry
from app.kit.records import Record

_HOUSEKEEPING = frozenset({"created_at", "updated_at", "public_updated_at", "row_version"})


def install() -> None:
    if not event.contains(Session, "after_flush", _record):
        event.listen(Session, "after_flush", _record)


def _record(session: Session, _context: UOWTransaction) -> None:
    changed = [(AuditAction.CREATED, row) for row in session.new]
    changed += [(AuditAction.DELETED, row) for row in session.deleted]
    changed += [(AuditAction.UPDATED, row) for row in session.dirty if session.is_modified(row)]
    entries = [_entry(session, action, row) for action, row in changed if isinstance(row, Record) and row.__audited__]
    if entries:
        session.execute(insert(AuditEntry), entries)


def _entry(session: Session, action: AuditAction, row: Record) -> dict[str, object]:
    actor_id, actor = session.info.get("actor", (None, "system"))
    before, after = _difference(action, row)
    return {
        "actor_id": actor_id,
        "actor": actor,
        "action": action,
        "resource": row.__tablename__,
        "record_id": row.id,
        "request_id": session.info.get("request_id", ""),
        "before": before,
        "after": after,
    }


def _difference(action: AuditAction, row: Record) -> tuple[dict[str, object] | None, dict[str, object] | None]:
    state = inspect(row)
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key in _HOUSEKEEPING or (action == AuditAction.UPDATED and not history.has_changes()):
            continue
        before[column.key] = next(iter(history.deleted or history.unchanged or ()), None)
        after[column.key] = getattr(row, column.key)
    return (
        None if action == AuditAction.CREATED else to_jsonable_python(before),
        None if action == AuditAction.DELETED else to_jsonable_python(after),
    )
