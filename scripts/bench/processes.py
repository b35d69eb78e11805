"""CPU and memory of a server and of PostgreSQL, with all their processes."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Spent:
    """CPU seconds since the start of the processes."""

    app: float
    database: float


@dataclass(frozen=True)
class Meter:
    """`app` is None where only the database works."""

    app: int | None
    database: int

    def spent(self) -> Spent:
        return Spent(_cpu(self.app) if self.app else 0.0, _cpu(self.database))

    def megabytes(self) -> float:
        """Resident memory of the server without the database."""
        return psutil.Process(self.app).memory_info().rss / 1e6 if self.app else 0.0


def _cpu(pid: int) -> float:
    """Of the process, its living children, and those that have ended."""
    process, seconds = psutil.Process(pid), 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def listener(ancestor: int, module: str) -> int:
    """The process below `ancestor` that runs this module."""
    found = [each for each in psutil.Process(ancestor).children(recursive=True) if module in each.cmdline()]
    return found[0].pid if found else ancestor
