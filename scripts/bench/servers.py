"""Hagukumi with its city, and the peers on the same database, each as one process on a port of its own."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts import embedded, serving
from scripts.bench.processes import Meter, listener, postmaster
from scripts.checking import clean
from scripts.children import child
from scripts.options import parse

PEERS = ("flat", "same", "bare")
PATIENCE = 1800  # seconds to load a city


@dataclass(frozen=True)
class Server:
    url: str
    meter: Meter


@dataclass(frozen=True)
class Served:
    """A city behind Hagukumi; `loaded` are the seconds from nothing to a full database, None if it was there."""

    people: int
    data: Path
    server: Server
    loaded: float | None

    @property
    def database(self) -> str:
        return embedded.start(self.data / "postgres")

    @property
    def keys(self) -> Path:
        return self.data / "keys"


@contextmanager
def hagukumi(people: int, data: Path) -> Iterator[Served]:
    """`scripts/serve` with its defaults, but for the port and the city."""
    port, there = free_port(), (data / "postgres" / "PG_VERSION").exists()
    arguments = ("--port", str(port), "--data", str(data), "--employees", str(people))
    began = time.monotonic()
    with child("scripts.serving", *arguments, environment=clean(dict(os.environ))) as running:
        await_answer(port, "/readyz", running)
        loaded = None if there else time.monotonic() - began
        meter = Meter(listener(running.pid, "uvicorn"), postmaster(data))
        yield Served(people, data, Server(f"http://127.0.0.1:{port}", meter), loaded)


@contextmanager
def peer(name: str, city: Served) -> Iterator[Server]:
    """A peer under the same server with the same options, as one process."""
    port = free_port()
    _, _, *options = serving.uvicorn(parse(["--port", str(port)]))
    environment = clean(dict(os.environ)) | {"BENCH_DATABASE": city.database, "BENCH_KEYS": str(city.keys)}
    with child("uvicorn", f"scripts.bench.peers.{name}:app", *options, environment=environment) as running:
        await_answer(port, "/", running)
        yield Server(f"http://127.0.0.1:{port}", Meter(running.pid, city.server.meter.database))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def await_answer(port: int, path: str, running: subprocess.Popen[bytes]) -> None:
    """Wait for an answer that is no 503; a peer has nothing at `/`, and says so."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if running.poll() is not None:
            raise SystemExit(f"A server of the bench ended by itself (exit code {running.returncode}).")
        with suppress(OSError, http.client.HTTPException), closing(_connection(port)) as connection:
            connection.request("GET", path)
            if connection.getresponse().status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                return
        time.sleep(0.1)
    raise SystemExit(f"A server of the bench did not answer within {PATIENCE} seconds.")


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=10)
