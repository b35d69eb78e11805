"""What `scripts/serve` does inside the environment: database, migrations, first data, API; and all of it back."""

import fcntl
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app.kit import demonstration, keys
from scripts import embedded
from scripts.children import GLANCE, Broken, Stopped, child, go_on, heed_signals, step, wait
from scripts.environment import ROOT
from scripts.options import Options, parse
from scripts.state import state

OLDEST_POSTGRES = 15
CONNECTIONS_PER_WORKER = 100  # two pools of forty, and some for tools beside
READY_WITHIN = 60  # seconds
GIVEN_BY_US = ("APP_DATABASE_URL", "APP_EMBEDDED_URL", "APP_DEMONSTRATION")


def main() -> int:
    """0 when told to stop, 1 when something broke."""
    heed_signals()
    try:
        serve(parse())
    except Stopped:
        say("Stopped.")
        return 0
    except (Broken, embedded.Failed) as failed:
        say(f"scripts/serve: {failed}")
    return 1


def serve(options: Options) -> None:
    """Runs until told to stop."""
    check_address(options)
    with only_one(options.data), database(options) as given:
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN_BY_US} | given
        secrets = environment.setdefault("APP_KEYS", str(options.data / "keys"))
        keys.ensure(Path(secrets))
        prepare(options, environment)
        with child("uvicorn", *uvicorn(options), environment=environment) as server:
            await_readiness(options, server)
            announce(options)
            raise Broken(f"The server ended by itself (exit code {wait(server)}).")


def prepare(options: Options, environment: Mapping[str, str]) -> None:
    """Brings tables and first data to where they should be; quick when they are there."""
    found = state(environment.get("APP_DATABASE_URL") or environment["APP_EMBEDDED_URL"])
    if found.major < OLDEST_POSTGRES:
        raise Broken(f"The database is PostgreSQL {found.major}; Hagukumi needs {OLDEST_POSTGRES} or newer.")
    if not found.is_current:
        say("Bringing the tables up to date")
        step("The migration", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head", environment=environment)
    if options.demo and not found.loaded:
        say(f"Loading the policy and a made-up city of {options.employees} people")
        step("Loading", "scripts.city", "--employees", str(options.employees), environment=environment)


def check_address(options: Options) -> None:
    """Tells early what would keep the server from listening."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        socket.create_server((options.host, options.port), family=family).close()
    except OSError as refused:
        reason = f"{refused.strerror}; choose another port with --port."
        raise Broken(f"Cannot listen on {options.host} port {options.port}: {reason}") from None


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Keeps a second server away from the same directory for as long as this one runs."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "serve.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken(f"Another scripts/serve uses {data}; choose another directory with --data.") from None
        yield


@contextmanager
def database(options: Options) -> Iterator[dict[str, str]]:
    """The settings that say where the data are: the operator's server, or the embedded one while it runs."""
    if options.database_url:
        yield {"APP_DATABASE_URL": options.database_url}
        return
    directory = options.data / "postgres"
    connections = {"max_connections": str(CONNECTIONS_PER_WORKER * (options.workers + 1))}
    say("Starting PostgreSQL")
    try:
        url = embedded.start(directory, {**embedded.DURABLE, **connections})
        go_on()
        yield {"APP_EMBEDDED_URL": url, "APP_DEMONSTRATION": str(options.demo).lower()}
    finally:
        embedded.stop(directory)


def uvicorn(options: Options) -> list[str]:
    """The arguments of the web server."""
    listen = ["--host", options.host, "--port", str(options.port), "--workers", str(options.workers)]
    quick = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    # A worker on a busy machine takes more than the usual 5 seconds to say its first word.
    patient = ["--timeout-worker-healthcheck", "30", "--timeout-graceful-shutdown", "5"]
    return ["--factory", "app.main:create", *listen, *quick, *patient, "--no-server-header"]


def await_readiness(options: Options, server: subprocess.Popen[bytes]) -> None:
    """Waits until /readyz answers 200."""
    deadline = time.monotonic() + READY_WITHIN
    while not is_ready(options):
        go_on()
        if server.poll() is not None:
            raise Broken(f"The server did not start (exit code {server.returncode}).")
        if time.monotonic() > deadline:
            raise Broken(f"The server was not ready within {READY_WITHIN} seconds.")
        time.sleep(GLANCE)


def is_ready(options: Options) -> bool:
    connection = http.client.HTTPConnection(options.host, options.port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def announce(options: Options) -> None:
    """Where to look, and as whom."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    say(f"\nHagukumi is ready.\n  API   http://{host}:{options.port}/api/v1\n  Docs  http://{host}:{options.port}/docs")
    if options.demo:
        say(f"  Demonstration accounts, password demo:\n    {', '.join(demonstration.ACCOUNTS)}")
    say("Ctrl-C stops it." if options.database_url else "Ctrl-C stops the server and the database.")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
