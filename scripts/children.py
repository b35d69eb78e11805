"""Child processes that never outlive us: each is ended when a stop is requested."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from scripts.guard import Guard

GRACE = 15  # seconds that a child has to end after SIGTERM
POLL_INTERVAL = 0.1  # seconds

stopping = threading.Event()


class Stopped(Exception):
    """A signal asked this program to stop."""


class StepFailed(Exception):
    """A step failed; the text is shown at the terminal."""


def install_signal_handlers() -> None:
    """Signals only set a flag, so that nothing is left half-started; `check_stopped` reads it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stopping.set())


def check_stopped() -> None:
    """Raise Stopped when a stop was requested."""
    if stopping.is_set():
        raise Stopped


def step(what: str, *module: str, environment: Mapping[str, str]) -> None:
    """Run `python -m module` to its end."""
    with child(*module, environment=environment) as running:
        code = wait(running)
    if code:
        raise StepFailed(f"{what} failed (exit code {code}).")


@contextmanager
def child(*module: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module` in its own session, so that Ctrl-C reaches only us; ended when the block ends, or we do."""
    command = [sys.executable, "-P", "-m", *module]
    running = subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, start_new_session=True)
    guard = Guard(running.pid, signal.SIGKILL, group=True)
    try:
        yield running
    finally:
        end(running)
        guard.dismiss()


def wait(running: subprocess.Popen[bytes]) -> int:
    """The exit code; raises Stopped when a stop was requested before."""
    while True:
        check_stopped()
        with suppress(subprocess.TimeoutExpired):
            return running.wait(POLL_INTERVAL)


def end(running: subprocess.Popen[bytes]) -> None:
    """Ask the child to end, then kill it and every process of its group."""
    running.terminate()
    with suppress(subprocess.TimeoutExpired):
        running.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
