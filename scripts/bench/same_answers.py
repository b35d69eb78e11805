"""Refuses to compare what is not the same: the answers of (b') and (c) are Hagukumi's, and what they write, too."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scripts.bench.asking import Connection
from scripts.bench.database import fetch, reset
from scripts.bench.load import Call
from scripts.bench.rows import Row
from scripts.bench.servers import Served, Server

SAMPLE = 20
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_OF_ONE = {"created_at", "updated_at", "confirmed_at", "id"}
"""What two applications cannot have in common."""

_WRITTEN = """
SELECT (SELECT count(*) FROM enrollment e JOIN bench.session s ON s.id = e.course_session_id) AS enrollments,
    (SELECT count(*) FROM enrollment_event v WHERE v.enrollment_id = ANY (made.ids)) AS events,
    (SELECT count(*) FROM booking b WHERE b.enrollment_id = ANY (made.ids) AND b.holds) AS bookings,
    (SELECT count(DISTINCT a.record_id) FROM audit_entry a WHERE a.record_id = ANY (made.ids)
        OR a.record_id IN (SELECT b.id FROM booking b WHERE b.enrollment_id = ANY (made.ids))) AS logged,
    (SELECT sum(c.seats_taken) FROM course_session c JOIN bench.session s ON s.id = c.id) AS seats
FROM (SELECT ARRAY(SELECT e.id FROM enrollment e JOIN bench.session s ON s.id = e.course_session_id) AS ids) made"""


class Differs(SystemExit):
    """An answer is not Hagukumi's."""


def check(city: Served, servers: Mapping[str, Server], rows: Mapping[str, Row]) -> int:
    """The number of answers that were compared."""
    compared = 0
    for group in ("get", "list"):
        for name in ("same", "bare"):
            compared += _compare(servers, rows[f"{group}.office"], rows[f"{group}.{name}"])
    for name in ("same", "bare"):
        compared += _compare_application(city, servers, rows["apply.office"], rows[f"apply.{name}"])
    return compared


def _compare(servers: Mapping[str, Server], ours: Row, theirs: Row) -> int:
    pairs = list(zip(ours.calls, theirs.calls, strict=True))[:SAMPLE]
    for one, other in pairs:
        expected, found = (_answer(servers, row, at) for row, at in ((ours, one), (theirs, other)))
        if plain(expected) != plain(found):
            raise Differs(f"{theirs.label} answers {other.path} with {found}, Hagukumi with {expected}.")
    return len(pairs)


def _compare_application(city: Served, servers: Mapping[str, Server], ours: Row, theirs: Row) -> int:
    """The same person in the same session, once with each, and the rows that this leaves."""
    seen = []
    for row in (ours, theirs):
        answer = _answer(servers, row, row.calls[0])
        seen.append((_without(plain(answer), _OF_ONE), fetch(city.database, _WRITTEN)))
        reset(city.database)
    if seen[0] != seen[1]:
        raise Differs(f"{theirs.label} leaves {seen[1]}, Hagukumi {seen[0]}.")
    return 1


def _answer(servers: Mapping[str, Server], row: Row, call: Call) -> Any:
    with Connection(servers[row.server].url, row.headers) as connection:
        answer = connection.ask(call.path, call.body, call.headers)
    if answer.status != row.status:
        raise Differs(f"{row.label} answers {call.path} with {answer.status}: {answer.body.decode()[:500]}")
    return answer.json()


def plain(answer: Any) -> Any:
    """Instants as such, however they are written; of a cursor only whether there is one, as each signs its own."""
    if isinstance(answer, dict):
        return {name: bool(each) if name == "next_cursor" else plain(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [plain(each) for each in answer]
    if isinstance(answer, str) and _INSTANT.fullmatch(answer):
        return datetime.fromisoformat(answer)
    return answer


def _without(answer: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: each for name, each in answer.items() if name not in names}
