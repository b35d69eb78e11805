"""Whom and what the bench asks for."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.kit import clock
from scripts.bench import applications
from scripts.bench.callers import PAGE, PREFIX, Caller, issue
from scripts.bench.database import HERE, execute, fetch, reset
from scripts.bench.load import Call
from scripts.bench.progress import progress
from scripts.bench.servers import Served

READERS, UNITS, OWN, TAGS = 1600, 100, 6000, 800

_UNITS = """
SELECT w.org_unit_id::text AS id FROM workforce_on($1, $1) w WHERE w.org_unit_id IS NOT NULL
GROUP BY 1 ORDER BY least(count(*), $2) DESC, md5(w.org_unit_id::text) LIMIT $3"""
_FILL = "INSERT INTO bench.{0} (id) SELECT unnest($1::uuid[])"


@dataclass(frozen=True)
class Material:
    """Ids as text. `tokens` are those of the first applicants."""

    office: Caller
    head: Caller
    employee: Caller
    readers: Sequence[str]
    colleagues: Sequence[str]
    oneself: str
    units: Sequence[str]
    hot: str
    sessions: Sequence[str]
    applicants: Sequence[str]
    tokens: Sequence[str]
    page: int
    cursor: str
    conditional: Sequence[Call]


def gather(city: Served, most: int | None = None) -> Material:
    """`most`: people of each kind, for a trial."""
    database = city.database
    progress("preparing people and sessions")
    if not fetch(database, "SELECT FROM pg_namespace WHERE nspname = 'bench'"):
        execute(database, (HERE / "peers" / "tables.sql").read_text())
        applications.add_sessions(database, city.people)
    reset(database)
    hot, *sessions = _ids(database, "SELECT id::text FROM bench.session ORDER BY hot DESC, id")
    readers = _mixed(_ids(database, "SELECT id::text FROM bench.person ORDER BY id"))[: most or READERS]
    units = _ids(database, _UNITS, clock.today(), PAGE + 1, UNITS)
    applicants = applications.applicants(database, hot)[:most]
    number(database, reader=readers, unit=units, course=sessions, applicant=[each["id"] for each in applicants])
    progress("signing in and looking for pages and tags")
    office, head, employee = (Caller.sign_in(city, name) for name in ("training", "section-head", "employee"))
    seen = head.get("/employees?limit=200&include_count=false")["results"]
    paths = [f"{PREFIX}/employees/{reader}" for reader in readers[:TAGS]]
    page, cursor = office.deep_page(city.people)
    return Material(
        office=office,
        head=head,
        employee=employee,
        readers=readers,
        colleagues=_mixed(person["id"] for person in seen),
        oneself=employee.get("/me")["employee_id"],
        units=units,
        hot=hot,
        sessions=sessions,
        applicants=[each["id"] for each in applicants],
        tokens=issue(city, (each["account"] for each in applicants[:OWN])),
        page=page,
        cursor=cursor,
        conditional=[Call(path, headers={"if-none-match": tag}) for path, tag in office.tags(paths).items()],
    )


def number(database: str, **ids: Sequence[str]) -> None:
    """Number the ids for pgbench, whose scripts know numbers alone."""
    for table, each in ids.items():
        execute(database, f"TRUNCATE bench.{table} RESTART IDENTITY")
        fetch(database, _FILL.format(table), [UUID(one) for one in each])


def _ids(database: str, statement: str, *arguments: object) -> list[str]:
    return [row["id"] for row in fetch(database, statement, *arguments)]


def _mixed(ids: Iterable[str]) -> list[str]:
    """In any order, the same in each run."""
    mixed = list(ids)
    random.Random(1).shuffle(mixed)  # noqa: S311 - no secret
    return mixed
