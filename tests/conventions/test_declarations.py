"""What Python declares of a database function is what the function returns."""

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import FromClause, Uuid, bindparam, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from app.employees import functions as employees
from app.insights import functions as insights
from app.kit import write_marks
from app.people import functions as people
from app.reconfirmation import functions as reconfirmation
from app.roles import functions as roles
from app.seats import functions as seats
from app.skills import functions as skills
from migrations.functions import FILES
from tests.conventions.test_packages import APP

DECLARED = {
    "employments_on": people.employments_on(),
    "absences_on": people.absences_on(),
    "posts_on": people.posts_on(),
    "heads_on": people.heads_on(),
    "workforce_on": people.workforce_on(),
    "roles_on": roles.roles_on(),
    "role_assignments_on": roles.ASSIGNED,
    "role_vacancies_on": roles.VACANT,
    "standing_on": roles.standing_on(literal(uuid4()), date.max),
    "people_known": roles.people_known(),
    "policy_changed": employees.POLICY,
    "former_numbers": employees.NUMBERS,
    "former_names": employees.NAMES,
    "facts_that_differ": employees.facts_that_differ([]),
    "requirements_on": skills.requirements_on(date.max),
    "admissions": seats.admissions(literal(uuid4())),
    "circumstances": seats.CIRCUMSTANCES,
    "locked_application": seats.APPLICATION,
    "missing_prerequisites": seats.missing_prerequisites(literal(uuid4()), literal(uuid4())).subquery(),
    "reconfirmations": reconfirmation.reconfirmations(),
    "skill_gaps_on": insights.GROUPS,
    "skill_readings_on": insights.READINGS,
    "written_by": write_marks.written_by(bindparam("account_id", type_=Uuid)),
}
RETURNED = text("""
    SELECT coalesce(a.attname, n.name), format_type(coalesce(a.atttypid, n.type), null)
    FROM pg_proc p
    LEFT JOIN pg_class c ON c.reltype = p.prorettype
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN LATERAL unnest(p.proargnames, p.proallargtypes, p.proargmodes) n (name, type, mode) ON n.mode = 't'
    WHERE p.proname = :function AND p.pronamespace = 'public'::regnamespace
    ORDER BY a.attnum""")
TEXT = {"character varying": "text", "character varying[]": "text[]"}
COMPILED = {
    "VARCHAR": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "TIMESTAMP WITH TIME ZONE[]": "timestamp with time zone[]",
    "VARCHAR[]": "text[]",
}


def declared(table: FromClause) -> dict[str, str]:
    compiled = {column.name: column.type.compile(postgresql.dialect()) for column in table.c}  # type: ignore[no-untyped-call]
    return {name: COMPILED.get(kind, kind.lower()) for name, kind in compiled.items()}


@pytest.mark.parametrize("function", DECLARED)
async def test_the_declared_columns_are_those_of_the_function(db: AsyncSession, function: str) -> None:
    rows = await db.execute(RETURNED, {"function": function})
    returned = {name: TEXT.get(kind, kind) for name, kind in rows}
    assert returned == declared(DECLARED[function])


def test_every_function_that_python_calls_is_declared_here() -> None:
    calls = {match for path in APP.rglob("*.py") for match in re.findall(r"func\.(\w+)\(", path.read_text())}
    texts = "\n".join((APP / file).read_text() for file in FILES)
    tables = set(re.findall(r"CREATE FUNCTION (\w+)\([^)]*\)\s+RETURNS (?:TABLE|SETOF)", texts))
    masked = {name for name in tables - DECLARED.keys() if name.endswith("_known")}  # rows as they are
    assert (calls & tables) - masked == DECLARED.keys()
