"""The database's functions and triggers: files beside the Python of their package, created anew by each upgrade.

They hold no data, so that there is one text of each, the present one, and no history to follow through migrations.
"""

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from migrations.statements import statements

APP = Path(__file__).parent.parent / "app"
FILES = (
    "kit/functions.sql",
    "audit/triggers.sql",
    "people/functions.sql",
    "people/workforce.sql",
    "roles/appointments.sql",
    "roles/periods.sql",
    "roles/functions.sql",
    "roles/assignments.sql",
    "employees/functions.sql",
    "employees/facts.sql",
    "skills/requirements.sql",
    "catalog/functions.sql",
    "seats/functions.sql",
    "reconfirmation/functions.sql",
    "surveys/triggers.sql",
    "insights/skill_gaps.sql",
    "insights/changes.sql",
)
"""In the order of the layers: a function may call those of an earlier file."""

_TRIGGERS = """
    SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"""
_FUNCTIONS = """
    SELECT format('DROP ROUTINE %s', string_agg(p.oid::regprocedure::text, ', '))
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    HAVING count(*) > 0"""
INSTALLED = "SELECT obj_description(to_regclass('alembic_version'), 'pg_class')"


def drop(connection: Connection) -> None:
    """Every function and trigger of the schema that does not come with an extension; refused if a table needs one."""
    for query in (_TRIGGERS, _FUNCTIONS):
        for command in connection.scalars(text(query)).all():
            connection.exec_driver_sql(command)


def create(connection: Connection) -> None:
    """Everything in the files, what they keep, and a note of their text beside Alembic's note of the migration."""
    for statement in definitions():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("SELECT rebuild_facts()")
    connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{digest()}'")


def definitions() -> list[str]:
    """A statement for each function and trigger."""
    return [statement for name in FILES for statement in statements((APP / name).read_text())]


def digest() -> str:
    """The files' text in short; a database that was upgraded with the same text answers INSTALLED with it."""
    return "functions " + hashlib.sha256("\n".join(definitions()).encode()).hexdigest()
