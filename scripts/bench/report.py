"""The tables of a result in Markdown, as they are printed and as they stand in the README."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.bench.results import Grown, Measured, Result
from scripts.bench.rows import GROUPS
from scripts.environment import ROOT

README = ROOT / "README.md"
CHART = "![Requests a second](scripts/bench/measured.svg)"
MARKS = "<!-- measured: written by scripts/dev bench --readme -->", "<!-- end of measured -->"


def report(result: Result) -> str:
    machine = result["machine"]
    how = (
        f"Measured on {result['at'][:10]} at commit `{result['commit']}`: {result['people']:,} people, one process"
        f" each, {result['connections']} connections, medians of {result['rounds']} interleaved rounds of"
        f" {result['seconds']:g} s; {machine['cores']} cores for servers, PostgreSQL {machine['postgresql']} and load"
        f" generator together; Python {machine['python']}, {machine['libraries']}. CPU is in microseconds a request."
        f" {result['compared']} answers of (b') and (c) were compared with Hagukumi's and are equal."
    )
    lines = [
        how,
        "",
        *rows(result["rows"]),
        "",
        *targets(result),
    ]
    if grown := result.get("growth"):
        lines += ["", *growth(grown)]
    return "\n".join(lines)


def rows(measured: Sequence[Measured]) -> Iterator[str]:
    """A table; ratios are those of the medians to (b), (b') and (c) of the same group."""
    yield "| request, and who answers | requests/s | (b) | (b') | (c) | p50 / p99 ms | CPU app | CPU database | MB |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for group, title in GROUPS.items():
        theirs = [row for row in measured if row["group"] == group]
        rates = {row["key"].partition(".")[2]: row["median"]["rate"] for row in theirs}
        if theirs:
            yield f"| **{title}** | | | | | | | | |"
        for row in theirs:
            at = row["median"]
            ratios = [f"{at['rate'] / rates[name]:.2f} ×" if name in rates else "" for name in ("flat", "same", "bare")]
            cells = [
                f"{number(at['rate'])} ({number(min(row['rates']))}–{number(max(row['rates']))})",
                *ratios,
                f"{at['p50']:.3g} / {at['p99']:.3g}",
                number(at["app"]) if "app" in at else "",
                number(at["database"]),
                number(at["megabytes"]) if "megabytes" in at else "",
            ]
            yield line(row["label"], cells)


def targets(result: Result) -> Iterator[str]:
    yield "| target: ratio in one run, median of the rounds | wanted | measured | |"
    yield "|---|---|---|---|"
    for each in result["targets"]:
        met = "met" if each["met"] else "**missed**"
        yield f"| {each['text']} | {each['bound']} | {each['value']:.2f} | {met} |"


def growth(cities: Sequence[Grown]) -> Iterator[str]:
    """Requests a second by size of the city, beside the smallest."""
    first = cities[0]
    yield f"The same requests by size of the city, measured on {first['at'][:10]} at commit `{first['commit']}`:"
    yield ""
    yield line("requests/s by people in the city", [f"{city['people']:,}" for city in cities])
    yield f"|---{'|---' * len(cities)}|"
    for at, row in enumerate(first["rows"]):
        rates = [city["rows"][at]["median"]["rate"] for city in cities]
        cells = [f"{number(rate)} ({100 * (rate / rates[0] - 1):+.0f} %)" for rate in rates]
        yield line(f"{GROUPS[row['group']]}: {row['label'].removeprefix('(a) Hagukumi, ')}", cells)
    loaded = [f"{city['loaded']:.0f} s" if city["loaded"] else "" for city in cities]
    yield line("loading, with initdb and migration", loaded)
    yield line("database on disk", [f"{number(city['disk'])} MB" for city in cities])
    memory = [max(row["median"]["megabytes"] for row in city["rows"]) for city in cities]
    yield line("memory of the process under load", [f"{number(each)} MB" for each in memory])


def line(title: str, cells: Sequence[str]) -> str:
    return f"| {title} | {' | '.join(cells)} |"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def section(text: str, result: Result) -> str:
    """The README with chart and tables of this result between its marks."""
    return between(MARKS, text, f"{CHART}\n\n{report(result)}")


def between(marks: tuple[str, str], text: str, inside: str) -> str:
    start, end = (re.escape(mark) for mark in marks)
    replaced, times = re.subn(f"{start}.*{end}", lambda _: f"\n\n{inside}\n\n".join(marks), text, flags=re.DOTALL)
    if times != 1:
        raise SystemExit(f"The page needs the marks {' and '.join(marks)} once.")
    return replaced


def write(result: Result, readme: Path = README) -> None:
    readme.write_text(section(readme.read_text(), result))
