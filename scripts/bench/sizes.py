"""How large a service for many municipalities has to be, computed from what was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from scripts.bench.report import between, line, number
from scripts.bench.results import Result

PAGE = Path(__file__).parent / "README.md"
MARKS = "<!-- sizes: written by scripts/dev bench --readme -->", "<!-- end of sizes -->"
BUSY = 0.05
"""Of all people, those who use the service in its busiest hour, such as when applications open."""
CALLS: Mapping[str, int] = {"get.employee": 6, "list.office": 4, "apply.employees": 1}
"""What each of them asks in that hour, by row of the bench."""
LOAD = 0.5
"""Of a core, what may be used in that hour."""


@dataclass(frozen=True)
class Service:
    name: str
    municipalities: int
    people: int


SERVICES = (
    Service("a city", 1, 3_600),
    Service("a prefecture", 59, 40_000),
    Service("a shared national service", 1_700, 3_000_000),
)


def table(result: Result) -> Iterator[str]:
    yield line("", [service.name for service in SERVICES])
    yield f"|---{'|---' * len(SERVICES)}|"
    yield line("municipalities, each with a database", [f"{each.municipalities:,}" for each in SERVICES])
    yield line("people", [f"{each.people:,}" for each in SERVICES])
    for title, of in (
        ("requests a second in the busiest hour", _rate),
        ("cores for the service", lambda each: _cores(result, each, "app")),
        ("cores for PostgreSQL", lambda each: _cores(result, each, "database")),
        ("processes, at least one for each database", lambda each: _processes(result, each)),
        ("memory of the processes, GB", lambda each: _processes(result, each) * _megabytes(result) / 1000),
        ("databases on disk, GB", lambda each: each.people / result["people"] * result["disk"] / 1000),
    ):
        yield line(title, [number(float(of(each))) for each in SERVICES])


def _rate(service: Service) -> float:
    return service.people * BUSY * sum(CALLS.values()) / 3600


def _cores(result: Result, service: Service, which: str) -> float:
    spent = {row["key"]: row["median"][which] for row in result["rows"] if which in row["median"]}
    seconds = sum(times * spent[key] for key, times in CALLS.items()) / 1e6
    return service.people * BUSY * seconds / 3600 / LOAD


def _processes(result: Result, service: Service) -> int:
    return max(service.municipalities, ceil(_cores(result, service, "app")))


def _megabytes(result: Result) -> float:
    return max(row["median"].get("megabytes", 0) for row in result["rows"] if row["label"].startswith("(a)"))


def section(text: str, result: Result) -> str:
    """The page with the table between its marks."""
    return between(MARKS, text, "\n".join(table(result)))
