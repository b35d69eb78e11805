"""Writes the log in the transaction of the change itself: what rolls back leaves no entry.

A row is logged when its session flushes it, or by `batch.add`; any other INSERT, UPDATE or DELETE on a logged table
is refused.
"""

from functools import cache

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Engine, Executable, ExecutionContext, FromClause, UpdateBase, event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction
from sqlmodel.main import default_registry

from app.audit.enums import AuditAction
from app.audit.models import AuditEntry
from app.kit.database import is_flushing
from app.kit.records import Record

_HOUSEKEEPING = frozenset({"created_at", "updated_at", "public_updated_at", "row_version", "kana_order"})


class UnloggedWrite(RuntimeError):
    """A statement would change a logged table without the log: change the records and flush them instead."""


def install() -> None:
    """Once for the process: every session records, every engine refuses."""
    if not event.contains(Session, "after_flush", _record):
        event.listen(Session, "after_flush", _record)
        event.listen(Engine, "before_execute", _refuse_unlogged)
        event.listen(Engine, "before_cursor_execute", _refuse_unlogged_parts)


def logged_tables() -> set[FromClause]:
    """Of the models that are loaded."""
    mappers = default_registry.mappers
    return {mapper.local_table for mapper in mappers if issubclass(mapper.class_, Record) and mapper.class_.__audited__}


def _refuse_unlogged(
    _connection: Connection, statement: Executable, _multiparams: object, _params: object, _options: object
) -> None:
    if isinstance(statement, UpdateBase) and not is_flushing():
        _refuse(statement)


def _refuse_unlogged_parts(
    _connection: Connection, _cursor: object, _sql: str, _params: object, context: ExecutionContext, _many: bool
) -> None:
    """Those that change rows beside a query (WITH … AS (INSERT …) SELECT …)."""
    for part in getattr(context.compiled, "ctes", None) or ():
        if isinstance(part.element, UpdateBase):
            _refuse(part.element)


def _refuse(statement: UpdateBase) -> None:
    if statement.table in logged_tables():
        raise UnloggedWrite(statement.table)


def _record(session: Session, _context: UOWTransaction) -> None:
    changed = [(AuditAction.CREATED, row) for row in session.new]
    changed += [(AuditAction.DELETED, row) for row in session.deleted]
    changed += [(AuditAction.UPDATED, row) for row in session.dirty if session.is_modified(row)]
    records = [(action, row) for action, row in changed if isinstance(row, Record) and row.__audited__]
    if entries := [entry for action, row in records if (entry := entry_of(session, action, row))["after"] != {}]:
        session.execute(insert(AuditEntry), entries)


def entry_of(session: Session, action: AuditAction, row: Record) -> dict[str, object]:
    """The log of the change, made by the session's caller."""
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
    names = _logged_columns(type(row))
    if action == AuditAction.CREATED:
        return None, to_jsonable_python({name: getattr(row, name) for name in names})
    attributes = inspect(row).attrs
    histories = {name: attributes[name].history for name in names}
    if action == AuditAction.UPDATED:
        histories = {name: history for name, history in histories.items() if history.has_changes()}
    before = {name: next(iter(each.deleted or each.unchanged or ()), None) for name, each in histories.items()}
    after = None if action == AuditAction.DELETED else {name: getattr(row, name) for name in histories}
    return to_jsonable_python(before), to_jsonable_python(after)


@cache
def _logged_columns(model: type[Record]) -> list[str]:
    return [attribute.key for attribute in inspect(model).column_attrs if attribute.key not in _HOUSEKEEPING]
