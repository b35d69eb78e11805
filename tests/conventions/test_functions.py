"""The database has the functions and triggers of the files, all of them and no others; migrations have none."""

import re

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from migrations import functions
from scripts.environment import ROOT

OBJECTS = """
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid), p.prosrc
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT t.tgname || ' on ' || t.tgrelid::regclass, pg_get_triggerdef(t.oid), t.tgenabled::text
    FROM pg_trigger t WHERE NOT t.tgisinternal"""
Objects = dict[str, tuple[str, str]]


def objects(connection: Connection) -> Objects:
    """Each function and trigger by name: its whole definition, and its body or whether it is enabled."""
    return {name: (definition, body) for name, definition, body in connection.execute(text(OBJECTS))}


def differences(connection: Connection) -> set[str]:
    """The names of what the database has otherwise than the files make it."""
    found = objects(connection)
    with connection.begin_nested() as trial:
        functions.drop(connection)
        functions.create(connection)
        expected = objects(connection)
        trial.rollback()
    return {name for name in found | expected if found.get(name) != expected.get(name)}


async def test_the_database_has_what_the_files_define(connection: AsyncConnection) -> None:
    assert await connection.run_sync(differences) == set()
    assert len(await connection.run_sync(objects)) == len(functions.definitions())


async def test_each_body_stands_word_for_word_in_a_file(connection: AsyncConnection) -> None:
    bodies = [body for _, body in (await connection.run_sync(objects)).values() if "\n" in body]
    written = "".join(functions.definitions())
    assert [body for body in bodies if f"$${body}$$" not in written] == []


PLANNED_AT_EACH_CALL = """
    SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'public'::regnamespace AND p.provolatile = 's'
      AND (l.lanname = 'plpgsql' OR l.lanname = 'sql' AND NOT p.proretset AND p.proargnames[1] = 'person')
      AND NOT coalesce(p.proconfig, '{}') @> '{plan_cache_mode=force_generic_plan}'"""


async def test_a_function_of_one_person_keeps_its_plan(connection: AsyncConnection) -> None:
    """What PostgreSQL cannot merge into the statement would be planned for each row of a list."""
    assert (await connection.execute(text(PLANNED_AT_EACH_CALL))).scalars().all() == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("CREATE FUNCTION stray() RETURNS int LANGUAGE sql AS 'SELECT 1'", "stray()"),
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "refuse_change()",
        ),
        ("DROP FUNCTION skill_gaps_on", "skill_gaps_on("),
        ("DROP TRIGGER audit_entry_stays ON audit_entry", "audit_entry_stays on audit_entry"),
        ("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays", "audit_entry_stays on audit_entry"),
        (
            "CREATE TRIGGER stray BEFORE DELETE ON account EXECUTE FUNCTION refuse_change()",
            "stray on account",
        ),
    ],
)
async def test_a_difference_is_found(connection: AsyncConnection, change: str, name: str) -> None:
    await connection.execute(text(change))
    [found] = await connection.run_sync(differences)
    assert found.startswith(name)


def test_every_sql_file_is_installed_and_defines_nothing_but_functions_and_triggers() -> None:
    assert sorted(functions.FILES) == sorted(
        str(path.relative_to(functions.APP)) for path in functions.APP.rglob("*.sql")
    )
    defining = re.compile(r"(--.*\n|\s)*CREATE (FUNCTION|TRIGGER) ")
    assert [statement for statement in functions.definitions() if not defining.match(statement)] == []


def test_migrations_define_no_function_and_no_trigger() -> None:
    defining = re.compile(r"\b(FUNCTION|TRIGGER|PROCEDURE)\b", re.IGNORECASE)
    migrations = (ROOT / "migrations" / "versions").glob("*.py")
    assert [path.name for path in migrations if defining.search(path.read_text())] == []
