"""The load generator: autocannon 9.0.0 (MIT, released 2026-11-06), from npm by hash, on the Node of the checks.

It needs no root and no compiler, sends many addresses and bodies, and reads every answer. Its own CPU is measured, too:
on a machine with few cores it takes some from the servers, and most from the fastest.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypedDict

from scripts import node

PROJECT = Path(__file__).parent / "autocannon"


@dataclass(frozen=True)
class Call:
    path: str
    body: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def plan(self) -> dict[str, object]:
        if self.body is None:
            return {"method": "GET", "path": self.path, "headers": self.headers}
        headers = {"content-type": "application/json", **self.headers}
        return {"method": "POST", "path": self.path, "headers": headers, "body": json.dumps(self.body)}


class Load(TypedDict):
    """What load.mjs prints."""

    seconds: float
    counted: int
    all: int
    bytes: int
    p50: float
    p99: float
    cpu: float
    errors: int
    statuses: Mapping[str, int]


def ready() -> None:
    node.ready(PROJECT)


def run(
    url: str, calls: Sequence[Call], headers: Mapping[str, str], *, connections: int, seconds: float, once: bool
) -> Load:
    """`once`: no call is made twice, so that fewer seconds may be measured."""
    connections = min(connections, len(calls))
    each = len(calls) // connections
    queues = [[call.plan() for call in islice(calls, i * each, (i + 1) * each)] for i in range(connections)]
    plan = {"url": url, "headers": headers, "queues": queues, "seconds": seconds, "once": once}
    command = [str(node.NODE), str(PROJECT / "load.mjs")]
    finished = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"The load generator failed: {finished.stderr.strip()}")
    load: Load = json.loads(finished.stdout)
    return load
