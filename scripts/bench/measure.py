"""One measurement of a row: a load, and the CPU that the server and PostgreSQL spend on it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scripts.bench import load, pgbench
from scripts.bench.database import fetch, reset
from scripts.bench.progress import progress
from scripts.bench.rows import Row
from scripts.bench.servers import Served, Server

MOST_A_SECOND = 4000
"""Applications that are made ready for each second; where they are used up, less is measured."""

PATIENCE = (1, 4, 16)
_APPLICANTS = "SELECT count(*) AS count FROM bench.applicant"

Sample = Mapping[str, float]
"""rate: requests a second; p50, p99: ms; app, database, client: CPU in microseconds a request; bytes of an answer;
megabytes: resident memory of the app."""


@dataclass(frozen=True)
class Bench:
    city: Served
    servers: Mapping[str, Server]
    connections: int
    most: int | None = None  # calls, for a trial

    def measure(self, row: Row, seconds: float) -> Sample:
        server = self.servers[row.server]
        calls = row.calls[: self.most or (round(MOST_A_SECOND * seconds) if row.writes else None)]
        once = row.writes or self.most is not None
        before = server.meter.spent()
        for patience in PATIENCE:  # a slow row may end no request within some seconds
            found = load.run(
                server.url, calls, row.headers, connections=self.connections, seconds=seconds * patience, once=once
            )
            if found["counted"]:
                break
            self._take_back(row)
        time.sleep(0.05)  # what was sent last is answered
        after = server.meter.spent()
        if set(found["statuses"]) != {str(row.status)} or found["errors"]:
            raise SystemExit(f"{row.label}: {found['statuses']} and {found['errors']} errors, not {row.status} alone.")
        self._take_back(row)
        return {
            "rate": found["counted"] / found["seconds"],
            "p50": found["p50"],
            "p99": found["p99"],
            "app": (after.app - before.app) / found["all"] * 1e6,
            "database": (after.database - before.database) / found["all"] * 1e6,
            "client": found["cpu"] / found["all"],
            "bytes": found["bytes"] / found["all"],
            "megabytes": server.meter.megabytes(),
        }

    def _take_back(self, row: Row) -> None:
        if row.writes:
            reset(self.city.database)

    def alone(self, group: str, script: str, seconds: float) -> Sample:
        """pgbench, without any server."""
        writes = group in {"apply", "hot"}
        most = fetch(self.city.database, _APPLICANTS)[0]["count"] if writes else None
        seconds = 1 if self.most else seconds
        found = pgbench.run(self.city, script, connections=self.connections, seconds=seconds, most=most)
        if writes:
            reset(self.city.database)
        return found


Task = tuple[str, Callable[[float], Sample]]
"""The key of a row, and its measurement for some seconds."""


def interleaved(tasks: Sequence[Task], rounds: int, seconds: float, *, warm: bool = True) -> Mapping[str, list[Sample]]:
    """Every row once a round, forth and back in turn, so that what changes in the machine meets all alike."""
    for at, (key, task) in enumerate(tasks if warm else (), 1):
        progress(f"warming up {at}/{len(tasks)}: {key}")
        task(1.0)
    samples: dict[str, list[Sample]] = {key: [] for key, _ in tasks}
    for turn in range(rounds):
        for at, (key, task) in enumerate(tasks if turn % 2 == 0 else tasks[::-1], 1):
            progress(f"round {turn + 1}/{rounds}, {at}/{len(tasks)}: {key}")
            samples[key].append(task(seconds))
    progress("")
    return samples
