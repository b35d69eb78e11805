"""PostgreSQL is killed under writers: it is back by itself, and nothing that was acknowledged is lost.

Two rounds; twenty with HAGUKUMI_THOROUGH=1. Odd rounds kill the whole server, even ones a process that serves a
connection, after which PostgreSQL ends all others and recovers. Twenty take their time, as `scripts/serve` gives up a
database that ends too often in a while. --log-cli-level=INFO shows the figures.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from scripts.serving import A_WHILE, MOST_RESTARTS
from tests.served import Served, launch
from tests.thoroughness import sample

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("survival")]

log = logging.getLogger(__name__)
ROUNDS = sample(2, 20)
WRITERS = 4
BACK_WITHIN = 10  # seconds
PAUSE = sample(0.0, A_WHILE / MOST_RESTARTS / 2)  # seconds before each round; the server ends in every second one


@dataclass
class Writer:
    """Adds one rank after the other, and repeats each with its key until it is acknowledged."""

    client: httpx.Client
    name: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Ids by code."""
    refused: list[str] = field(default_factory=list)

    def write(self, stop: Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            code = f"{self.name}-{number}"
            while (saved := self.attempt(code)) is None and not stop.is_set():
                time.sleep(0.05)
            if saved:
                self.acknowledged[code] = saved

    def attempt(self, code: str) -> str | None:
        """The id, once it is acknowledged; only a 503 and a broken connection are tried again."""
        body = {"code": code, "name": "試験", "ordinal": 900, "is_head": False}
        try:
            response = self.client.post("/position_ranks", json=body, headers={"Idempotency-Key": code})
        except httpx.TransportError:
            return None
        if response.status_code == 201:
            return str(response.json()["id"])
        if response.status_code != 503 and response.json()["code"] != "request_in_progress":
            self.refused.append(response.text)
        return None


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    run = launch(tmp_path_factory.mktemp("crashes") / "data", "--employees", "60", "--workers", "2")
    run.until_output("Hagukumi is ready")
    yield run
    assert run.end(signal.SIGTERM) == 0


@pytest.fixture(scope="module")
def admin(run: Served) -> Iterator[httpx.Client]:
    token = run.sign_in("admin").json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{run.port}/api/v1"
    with httpx.Client(base_url=base, headers=headers, timeout=30, trust_env=False) as client:
        yield client


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def kill(data: Path, which: int) -> None:
    """The server, or one of its processes that serve a connection."""
    pid = postmaster(data)
    if which % 2 == 0:
        command = ["ps", "-ww", "-eo", "pid=,ppid=,args="]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        rows = (line.split(None, 2) for line in listed)
        pid = next(int(row[0]) for row in rows if int(row[1]) == pid and "postgres hagukumi" in row[2])
    os.kill(pid, signal.SIGKILL)


def is_back(admin: httpx.Client, code: str) -> bool:
    """Ready, and something can be saved."""
    ready = admin.get(str(admin.base_url).replace("/api/v1/", "/readyz")).status_code == 200
    return ready and Writer(admin, "").attempt(code) is not None


def stored(admin: httpx.Client) -> dict[str, str]:
    found: dict[str, str] = {}
    page, parameters = {"next_cursor": ""}, {"limit": "200", "sort": "code", "include_count": "false"}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        response = admin.get("/position_ranks", params=parameters | cursor).raise_for_status().json()
        found |= {row["code"]: row["id"] for row in response["results"]}
        page = response["metadata"]
    return found


@pytest.mark.parametrize("which", range(1, ROUNDS + 1))
def test_a_killed_database_is_back_within_ten_seconds_with_all_that_was_acknowledged(
    run: Served, admin: httpx.Client, which: int
) -> None:
    time.sleep(PAUSE)
    stop = Event()
    writers = [Writer(admin, f"W{which}-{at}") for at in range(WRITERS)]
    threads = [Thread(target=writer.write, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    run.until(lambda: all(len(writer.acknowledged) > 3 for writer in writers))
    killed = time.monotonic()
    kill(run.data, which)
    time.sleep(0.2)
    run.until(lambda: is_back(admin, f"B{which}-{time.monotonic_ns()}"))
    took = time.monotonic() - killed
    before = sum(len(writer.acknowledged) for writer in writers)
    run.until(lambda: sum(len(writer.acknowledged) for writer in writers) > before + WRITERS)
    stop.set()
    for thread in threads:
        thread.join()
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    log.info("round %d: back after %.1f s, %d acknowledged", which, took, acknowledged)
    kept = stored(admin)
    lost = {code for writer in writers for code, saved in writer.acknowledged.items() if kept.get(code) != saved}
    assert lost == set()
    assert [text for writer in writers for text in writer.refused] == []
    assert took < BACK_WITHIN
