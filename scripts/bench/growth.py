"""The same requests in cities of several sizes, all served at once and asked in turn."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import quote

from scripts.bench import material, results, servers
from scripts.bench.callers import PREFIX
from scripts.bench.database import megabytes
from scripts.bench.load import Call
from scripts.bench.material import Material
from scripts.bench.measure import Bench, Task, interleaved
from scripts.bench.results import Grown, measured
from scripts.bench.rows import Row, ours, rows

SIZES = (10_000, 100_000, 1_000_000)
KEYS = {"get.office", "get.head", "list.office", "pages.office", "pages.head", "apply.office", "search.office"}
_LETTERS = ("佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本", "中村")


def grow(sizes: Sequence[int], data: Path, *, connections: int, rounds: int, seconds: float) -> list[Grown]:
    with ExitStack() as open_until_the_end:
        cities = [open_until_the_end.enter_context(servers.hagukumi(size, data / str(size))) for size in sizes]
        asked = [chosen(material.gather(city)) for city in cities]
        tasks: list[Task] = []
        for key in asked[0]:
            for city, each in zip(cities, asked, strict=True):
                bench = Bench(city, {"hagukumi": city.server}, connections)
                tasks.append((f"{key} of {city.people}", partial(bench.measure, each[key])))
        samples = interleaved(tasks, rounds, seconds)
        return [
            Grown(
                at=results.now(),
                commit=results.commit(),
                people=city.people,
                loaded=city.loaded,
                disk=megabytes(city.database),
                rows=[measured(key, row.label, samples[f"{key} of {city.people}"]) for key, row in each.items()],
            )
            for city, each in zip(cities, asked, strict=True)
        ]


def chosen(it: Material) -> Mapping[str, Row]:
    calls = [Call(f"{PREFIX}/employees?q={quote(letters)}&limit=50&include_count=false") for letters in _LETTERS]
    search = ours("search", "office", "the training office", it.office, calls)
    return {row.key: row for row in (*rows(it), search) if row.key in KEYS}
