"""What a run found, as it stands in its JSON file."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NotRequired, TypedDict

import psutil

from scripts import embedded
from scripts.bench.measure import Sample
from scripts.bench.rows import GROUPS
from scripts.bench.targets import Verdict, verdicts
from scripts.environment import ROOT

PACKAGES = ("fastapi", "sqlmodel", "sqlalchemy", "asyncpg", "pydantic", "uvicorn")


class Measured(TypedDict):
    """Medians over the rounds; `rates` are those of each."""

    key: str
    group: str
    label: str
    rates: list[float]
    median: Sample


class Grown(TypedDict):
    """A city of a size: seconds to load it (None if it was there), megabytes on disk, and the medians of each row."""

    at: str
    commit: str
    people: int
    loaded: float | None
    disk: float
    rows: list[Measured]


class Result(TypedDict):
    """`disk`: megabytes of the database."""

    at: str
    commit: str
    machine: Mapping[str, str]
    people: int
    connections: int
    rounds: int
    seconds: float
    loaded: float | None
    compared: int
    disk: float
    rows: list[Measured]
    targets: list[Verdict]
    growth: NotRequired[list[Grown]]


def measured(key: str, label: str, samples: Sequence[Sample]) -> Measured:
    names = samples[0].keys()
    medians = {name: median(sample[name] for sample in samples) for name in names}
    rates = [sample["rate"] for sample in samples]
    return Measured(key=key, group=key.partition(".")[0], label=label, rates=rates, median=medians)


def targets(samples: Mapping[str, Sequence[Sample]], labels: Mapping[str, str]) -> list[Verdict]:
    return verdicts(samples, [key for key in samples if labels[key].startswith("(a)")])


def machine() -> dict[str, str]:
    """What the figures depend on besides the code."""
    postgres = embedded.postgres("postgres", "--version").split()[-1]
    libraries = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": postgres,
        "libraries": libraries,
    }


def commit() -> str:
    """Of the clone, with a mark where files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]
    described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="minutes")


def save(result: Result, path: Path) -> None:
    """Figures of three digits: more would be noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rounded(result), ensure_ascii=False, indent=2) + "\n")


def load(path: Path) -> Result:
    result: Result = json.loads(path.read_text())
    assert all(row["group"] in GROUPS for row in result["rows"])  # noqa: S101 - a file of another version
    return result


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value
