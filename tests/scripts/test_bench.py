"""The bench compares what is the same, and what it says stands in the README."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts import bench
from scripts.bench import __main__ as program
from scripts.bench import chart, load, report, results, same_answers, sizes, targets
from scripts.bench.rows import GROUPS
from scripts.environment import ROOT

KEPT = results.load(program.KEPT)
Section = Callable[[str, results.Result], str]


@pytest.mark.parametrize(("page", "section"), [(report.README, report.section), (sizes.PAGE, sizes.section)])
def test_the_tables_of_a_page_are_those_of_the_kept_result(page: Path, section: Section) -> None:
    text = page.read_text()
    assert section(text, KEPT) == text


def test_the_kept_result_is_a_whole_run_with_its_chart() -> None:
    result = KEPT
    assert (result["people"] >= 100_000, result["connections"]) == (True, 16)
    assert len(result["targets"]) == len(targets.RATIOS) + 1
    assert program.KEPT.with_suffix(".svg").read_text() == chart.chart(result)


def test_a_result_is_put_into_the_readme_once(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("\n".join(["before", *report.MARKS, "after"]))
    result = results.Result(
        at="2026-11-28T09:00+00:00",
        commit="abc",
        machine={"cores": "2", "postgresql": "18.6", "python": "3.11.7", "libraries": "fastapi 1"},
        people=100_000,
        connections=16,
        rounds=3,
        seconds=4,
        loaded=None,
        compared=82,
        disk=1500,
        rows=[],
        targets=[{"text": "get one", "bound": "≥ 2", "value": 1.5, "met": False}],
    )
    for _ in range(2):
        report.write(result, readme)
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after")
    assert text.count("| get one | ≥ 2 | 1.50 | **missed** |") == 1


def test_the_load_generator_is_locked_by_its_content_and_by_no_address() -> None:
    lock = json.loads((load.PROJECT / "package-lock.json").read_text())
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert [path for path, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []
    asked = json.loads((load.PROJECT / "package.json").read_text())["devDependencies"]
    assert asked == {name: packages[f"node_modules/{name}"]["version"] for name in asked}


def test_nothing_of_the_service_or_its_tools_uses_what_is_compared() -> None:
    folder = Path(bench.__path__[0])
    outside = [path for top in ("app", "scripts", "migrations") for path in (ROOT / top).rglob("*.py")]
    users = [path for path in outside if folder not in path.parents and "scripts.bench" in path.read_text()]
    assert users == [ROOT / "scripts" / "verbs.py"]


def test_a_ratio_is_taken_within_each_round() -> None:
    ratio = targets.Ratio("a beside b", "a", "b", at_least=2)
    rates = {"a": (10, 30, 90), "b": (5, 10, 100)}  # 2, 3, 0.9
    verdict = ratio.verdict({key: [{"rate": rate} for rate in each] for key, each in rates.items()})
    assert verdict == {"text": "a beside b", "bound": "≥ 2", "value": 2, "met": True}


def test_a_time_is_bounded_from_above() -> None:
    ratio = targets.Ratio("deep beside first", "deep", "first", at_most=1.2)
    verdict = ratio.verdict({"deep": [{"p50": 13}], "first": [{"p50": 10}]})
    assert verdict == {"text": "deep beside first", "bound": "≤ 1.2", "value": 1.3, "met": False}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"at": "2026-04-01T00:00:00Z"}, {"at": "2026-04-01T00:00:00.000+00:00"}, True),
        ({"at": "2026-04-01T00:00:00Z"}, {"at": "2026-04-01T00:00:00.001Z"}, False),
        ({"next_cursor": "abc"}, {"next_cursor": "more"}, True),
        ({"next_cursor": None}, {"next_cursor": "more"}, False),
        ([{"a": 1}], [{"a": 1, "b": None}], False),
    ],
)
def test_answers_are_the_same_but_for_how_instants_and_cursors_are_written(
    one: object, other: object, same: bool
) -> None:
    assert (same_answers.plain(one) == same_answers.plain(other)) is same


@pytest.mark.slow
def test_a_quick_run_compares_answers_and_writes_a_table_a_file_and_a_chart(tmp_path: Path) -> None:
    """In a process of its own, as the peers write without a log. `compare` ends the program where an answer of (b') or
    (c) is not Hagukumi's."""
    command = [sys.executable, "-P", "-m", "scripts.bench", "--quick", "--data", str(tmp_path)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    result = results.load(tmp_path / "result.json")
    assert result["compared"] > 50
    assert report.report(result) in printed
    groups = {row["group"] for row in result["rows"]}
    assert groups == GROUPS.keys() - {"search"}
    assert all(row["median"]["rate"] > 0 for row in result["rows"])
    texts = [text.text or "" for text in ElementTree.parse(tmp_path / "result.svg").iter() if text.tag.endswith("text")]
    assert {row["label"] for row in result["rows"]} <= set(texts)


def test_rates_by_size_are_shown_beside_the_smallest_city() -> None:
    def city(people: int, rate: float) -> results.Grown:
        median: Mapping[str, float] = {"rate": rate, "megabytes": 100.0}
        row = results.Measured(key="get.office", group="get", label="(a) Hagukumi, x", rates=[rate], median=median)
        return results.Grown(at="2026-11-28", commit="abc", people=people, loaded=12.0, disk=300.0, rows=[row])

    lines = list(report.growth([city(10_000, 200), city(100_000, 190)]))
    assert lines[2] == "| requests/s by people in the city | 10,000 | 100,000 |"
    assert lines[4] == "| Get one employee: x | 200 (+0 %) | 190 (-5 %) |"
