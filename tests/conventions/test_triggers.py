"""What the database changes by itself is a change of the record: a list of changes since an instant shows it."""

import re

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.main import default_registry

from app.kit.records import Record

BODIES = """
    SELECT p.proname, p.prosrc FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""

_UPDATE = re.compile(r"(?<!DO )\bUPDATE\s+(\w+)\b(.*?)(?:;|\Z)", re.DOTALL | re.IGNORECASE)
_SET = re.compile(r"\bupdated_at\s*=", re.IGNORECASE)


async def test_each_update_in_a_function_sets_updated_at(connection: AsyncConnection) -> None:
    records = {
        mapper.local_table.description for mapper in default_registry.mappers if issubclass(mapper.class_, Record)
    }
    updates = [
        (name, table, assignments)
        for name, body in await connection.execute(text(BODIES))
        for table, assignments in _UPDATE.findall(body)
    ]
    assert updates
    assert {table for _, table, _ in updates} <= records, "of which table is this the update?"
    assert [f"{name}: {table}" for name, table, assignments in updates if not _SET.search(assignments)] == []
