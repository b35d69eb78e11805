"""`scripts/serve` run as a user runs it: real processes, a real port, a made-up city."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.checking import clean
from scripts.environment import ROOT
from tests.postgres import copy_migrated

PATIENCE = 240  # seconds; the machine may be busy with other tests


@dataclass
class Served:
    """One run of `scripts/serve`."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    output: Path

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False)

    def sign_in(self, username: str) -> httpx.Response:
        form = {"grant_type": "password", "username": username, "password": "demo"}
        return httpx.post(f"http://127.0.0.1:{self.port}/api/v1/auth/token", data=form, trust_env=False)

    def until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)

    def until_output(self, words: str) -> None:
        self.until(lambda: words in self.output.read_text())

    def end(self, by: signal.Signals) -> int:
        """The exit code, once no process of this run is left."""
        family = descendants(self.process.pid)
        self.process.send_signal(by)
        code = self.process.wait(PATIENCE)
        assert not family & set(living()), self.output.read_text()
        return code


def living() -> dict[int, int]:
    """The processes of the machine and their parents, without those that have ended."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def descendants(ancestor: int) -> set[int]:
    found, parents = {ancestor}, living()
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def launch(data: Path, *arguments: str, migrated: bool = True, **environment: str) -> Served:
    """A new directory gets a database that is migrated already, so a first start takes half as long."""
    if migrated and not data.exists():
        data.mkdir(mode=0o700)
        copy_migrated(data / "postgres")
    port = free_port()
    output = data.parent / f"output-{port}"
    command = [sys.executable, str(ROOT / "scripts" / "serve"), "--port", str(port), "--data", str(data), *arguments]
    with output.open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=clean(dict(os.environ)) | environment, text=True
        )
    return Served(process, port, data, output)


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """A made-up city of 1,800 behind two worker processes, for as long as it is needed."""
    run = launch(data, "--employees", "1800", "--workers", "2", migrated=False)
    try:
        run.until_output("Hagukumi is ready")
        yield run
    finally:
        run.end(signal.SIGTERM)
