"""What `scripts/serve` runs: database, migrations, first data and API, and the shutdown of all of them."""

import errno
import fcntl
import http.client
import os
import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app.kit import demonstration, keys
from scripts import embedded, holders
from scripts.children import (
    POLL_INTERVAL,
    StepFailed,
    Stopped,
    check_stopped,
    child,
    install_signal_handlers,
    step,
)
from scripts.environment import ROOT
from scripts.options import Options, parse
from scripts.state import state

OLDEST_POSTGRES = 15
CONNECTIONS_PER_WORKER = 100  # three pools of thirty, and some for tools beside
READY_WITHIN = 60  # seconds
RESTART_WITHIN = 20  # seconds
MOST_RESTARTS, A_WHILE = 5, 60  # restarts of the database, in so many seconds
SET_BY_US = ("APP_DATABASE_URL", "APP_EMBEDDED_URL", "APP_DEMONSTRATION")


def main() -> int:
    """0 after a requested stop, 1 after a failure."""
    install_signal_handlers()
    try:
        serve(parse())
    except Stopped:
        say("Stopped.")
        return 0
    except (StepFailed, embedded.Failed) as failed:
        say(f"scripts/serve: {failed}")
    except OSError as failed:
        say(f"scripts/serve: {failed.filename or 'A file'} cannot be used: {failed.strerror}.")
    return 1


def serve(options: Options) -> None:
    """Run until a stop is requested."""
    directory = os.environ.get("APP_KEYS") or str(options.data / "keys")
    with exclusive(options.data, f"port {options.port}"):
        check_address(options)
        keys.load(Path(directory))  # a key file that cannot be used is refused before anything waits for it
        with database(options) as location:
            inherited = {name: value for name, value in os.environ.items() if name not in SET_BY_US}
            run(options, inherited | location | {"APP_KEYS": directory})


def run(options: Options, environment: Mapping[str, str]) -> None:
    """Prepare the database, then serve it."""
    prepare(options, environment)
    with child("uvicorn", *uvicorn(options), environment=environment) as server:
        await_readiness(options, server)
        announce(options)
        watch(options, server)


def prepare(options: Options, environment: Mapping[str, str]) -> None:
    """Migrate the tables and load the first data, where that is still to be done."""
    existing = state(environment.get("APP_DATABASE_URL") or environment["APP_EMBEDDED_URL"])
    if existing.major < OLDEST_POSTGRES:
        raise StepFailed(f"The database is PostgreSQL {existing.major}; Hagukumi needs {OLDEST_POSTGRES} or newer.")
    if not existing.is_current:
        say("Bringing the tables up to date")
        step("The migration", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head", environment=environment)
    if options.demo and not existing.has_demonstration:
        say(f"Loading the policy and a made-up city of {options.employees} people")
        step("Loading", "scripts.city", "--employees", str(options.employees), environment=environment)


def check_address(options: Options) -> None:
    """Fail early when the server could not listen."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        socket.create_server((options.host, options.port), family=family).close()
    except OSError as refused:
        reason = refused.strerror
        if refused.errno == errno.EADDRINUSE:
            reason = f"{holders.listener(options.port)} listens there already"
        raise StepFailed(
            f"Cannot listen on {options.host} port {options.port}: {reason}; choose another port with --port."
        ) from None


@contextmanager
def exclusive(data: Path, what: str) -> Iterator[None]:
    """Lock the directory against a second server while this one runs; the file says who holds it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "serve.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "another program"
            raise StepFailed(f"{data} is in use by {holder}; choose another directory with --data.") from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}, {what}\n")
        handle.flush()
        yield


@contextmanager
def database(options: Options) -> Iterator[dict[str, str]]:
    """Settings of the database in use: the operator's, or the embedded one while it runs."""
    if options.database_url:
        yield {"APP_DATABASE_URL": options.database_url}
        return
    directory = options.data / "postgres"
    embedded.stop(directory)  # of an earlier program that was killed: this one needs its own settings
    say("Starting PostgreSQL")
    try:
        url = embedded.start(directory, settings_of(options))
        check_stopped()
        yield {"APP_EMBEDDED_URL": url, "APP_DEMONSTRATION": str(options.demo).lower()}
    finally:
        embedded.stop(directory)


def watch(options: Options, server: subprocess.Popen[bytes]) -> None:
    """Until a stop is requested or the web server ends; a database that dies is started again."""
    directory, restarts = options.data / "postgres", deque[float](maxlen=MOST_RESTARTS)
    while True:
        check_stopped()
        if server.poll() is not None:
            raise StepFailed(f"The server ended by itself (exit code {server.returncode}).")
        if not options.database_url and embedded.has_ended(directory):
            if len(restarts) == MOST_RESTARTS and time.monotonic() - restarts[0] < A_WHILE:
                raise StepFailed(f"PostgreSQL ended again and again: {directory / 'server.log'} may say why.")
            restarts.append(time.monotonic())
            say("PostgreSQL has ended by itself: starting it again")
            restart(options)
        time.sleep(POLL_INTERVAL)


def restart(options: Options) -> None:
    """Start the embedded PostgreSQL again, as soon as the last processes of the former one have gone."""
    deadline = time.monotonic() + RESTART_WITHIN
    while True:
        check_stopped()
        try:
            embedded.restart(options.data / "postgres", settings_of(options))
        except embedded.Failed:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_INTERVAL)
        else:
            return


def settings_of(options: Options) -> Mapping[str, str]:
    """Of the embedded PostgreSQL."""
    return {**embedded.DURABLE, "max_connections": str(CONNECTIONS_PER_WORKER * (options.workers + 1))}


def uvicorn(options: Options) -> list[str]:
    """Arguments of the web server."""
    listen = ["--host", options.host, "--port", str(options.port), "--workers", str(options.workers)]
    quick = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    # A worker on a busy machine takes more than the default 5 seconds to start.
    patient = ["--timeout-worker-healthcheck", "30", "--timeout-graceful-shutdown", "5"]
    return ["--factory", "app.main:create", *listen, *quick, *patient, "--no-server-header"]


def await_readiness(options: Options, server: subprocess.Popen[bytes]) -> None:
    """Wait until /readyz responds with 200."""
    deadline = time.monotonic() + READY_WITHIN
    while not is_ready(options):
        check_stopped()
        if server.poll() is not None:
            raise StepFailed(f"The server did not start (exit code {server.returncode}).")
        if time.monotonic() > deadline:
            raise StepFailed(f"The server was not ready within {READY_WITHIN} seconds.")
        time.sleep(POLL_INTERVAL)


def is_ready(options: Options) -> bool:
    connection = http.client.HTTPConnection(options.host, options.port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def announce(options: Options) -> None:
    """Print the addresses and the demonstration accounts."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    say(f"\nHagukumi is ready.\n  API   http://{host}:{options.port}/api/v1\n  Docs  http://{host}:{options.port}/docs")
    if options.demo:
        say(f"  Demonstration accounts, password demo:\n    {', '.join(demonstration.ACCOUNTS)}")
    say("Ctrl-C stops it." if options.database_url else "Ctrl-C stops the server and the database.")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
