"""What is measured: one row for each kind of request and each who answers it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from scripts.bench.callers import PAGE, PREFIX, Caller
from scripts.bench.load import Call
from scripts.bench.material import Material

GROUPS = {
    "get": "Get one employee",
    "list": f"List {PAGE} employees of a unit",
    "pages": f"List {PAGE} employees of all that the caller sees",
    "apply": "Apply for a seat, spread over sessions",
    "hot": "Apply for a seat, all in one session",
    "search": "Search employees by two letters",
}


@dataclass(frozen=True)
class Row:
    """`writes`: each call is made once, and taken back after the measurement."""

    group: str
    name: str
    label: str
    server: str
    calls: Sequence[Call]
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    writes: bool = False

    @property
    def key(self) -> str:
        return f"{self.group}.{self.name}"


def rows(material: Material) -> list[Row]:
    """All but those of pgbench, which no load generator asks."""
    return [*_get(material), *_list(material), *_pages(material), *_apply(material), *_hot(material)]


def ours(group: str, name: str, label: str, caller: Caller, calls: Sequence[Call]) -> Row:
    return Row(group, name, f"(a) Hagukumi, {label}", "hagukumi", calls, caller.headers)


def _get(it: Material) -> Iterator[Row]:
    readers = [Call(f"{PREFIX}/employees/{each}") for each in it.readers]
    yield ours("get", "office", "the training office", it.office, readers)
    colleagues = [Call(f"{PREFIX}/employees/{each}") for each in it.colleagues]
    yield ours("get", "head", "a section head", it.head, colleagues)
    yield ours("get", "employee", "an employee", it.employee, [Call(f"{PREFIX}/employees/{it.oneself}")] * 16)
    headers = it.office.headers
    yield Row("get", "304", "(a) Hagukumi, the office has it: 304", "hagukumi", it.conditional, headers, status=304)
    yield Row("get", "flat", "(b) flat template", "flat", [Call(f"/people/{each}") for each in it.readers])
    same = [Call(f"/employees/{each}") for each in it.readers]
    yield Row("get", "same", "(b') template, same answer", "same", same)
    yield Row("get", "bare", "(c) bare asyncpg, same answer", "bare", same)


def _list(it: Material) -> Iterator[Row]:
    asked = [f"org_unit_id={unit}&limit={PAGE}" for unit in it.units]
    calls = [Call(f"{PREFIX}/employees?{query}&include_count=false") for query in asked]
    yield ours("list", "office", "the training office", it.office, calls)
    yield Row("list", "flat", "(b) flat template", "flat", [Call(f"/people?{query}") for query in asked])
    same = [Call(f"/employees?{query}") for query in asked]
    yield Row("list", "same", "(b') template, same answer", "same", same)
    yield Row("list", "bare", "(c) bare asyncpg, same answer", "bare", same)


def _pages(it: Material) -> Iterator[Row]:
    path = f"{PREFIX}/employees?limit={PAGE}&include_count=false"
    deep = f"{path}&cursor={it.cursor}"
    yield ours("pages", "office", "the training office, page 1", it.office, [Call(path)] * 16)
    yield ours("pages", "deep", f"the training office, page {it.page:,}", it.office, [Call(deep)] * 16)
    yield ours("pages", "head", "a section head, page 1", it.head, [Call(path)] * 16)


def _apply(it: Material) -> Iterator[Row]:
    wanted = list(zip(it.applicants, cycle(it.sessions), strict=False))
    office, *theirs = _seats("apply", wanted, it.office)
    yield office
    own = [_seat(f"{PREFIX}/enrollments", *each, token) for each, token in zip(wanted, it.tokens, strict=False)]
    label = "(a) Hagukumi, employees for themselves"
    yield Row("apply", "employees", label, "hagukumi", own, status=201, writes=True)
    yield from theirs


def _hot(it: Material) -> Iterator[Row]:
    yield from _seats("hot", [(person, it.hot) for person in it.applicants], it.office)


def _seats(group: str, wanted: Sequence[tuple[str, str]], office: Caller) -> Iterator[Row]:
    for name, label, server, path in (
        ("office", "(a) Hagukumi, the training office", "hagukumi", f"{PREFIX}/enrollments"),
        ("flat", "(b) flat template", "flat", "/seats"),
        ("same", "(b') template, same duties", "same", "/enrollments"),
        ("bare", "(c) bare asyncpg, same rows", "bare", "/enrollments"),
    ):
        calls = [_seat(path, *each) for each in wanted]
        yield Row(group, name, label, server, calls, office.headers, status=201, writes=True)


def _seat(path: str, person: str, session: str, token: str | None = None) -> Call:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return Call(path, {"course_session_id": session, "employee_id": person}, headers)
