"""Programs that we start and never leave behind: each is ended as soon as we are told to stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

GRACE = 15  # seconds that a child has to end by itself
GLANCE = 0.1  # seconds between two looks

stopping = threading.Event()


class Stopped(Exception):
    """Somebody asked us to stop."""


class Broken(Exception):
    """A step failed; the text is for the person at the terminal."""


def heed_signals() -> None:
    """Signals only set a flag, so that nothing is left half-started: whoever waits looks at it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stopping.set())


def go_on() -> None:
    """Raises when we have been told to stop."""
    if stopping.is_set():
        raise Stopped


def step(what: str, *module: str, environment: Mapping[str, str]) -> None:
    """Runs `python -m module` to its end."""
    with child(*module, environment=environment) as running:
        code = wait(running)
    if code:
        raise Broken(f"{what} failed (exit code {code}).")


@contextmanager
def child(*module: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module` in a session of its own, so that Ctrl-C reaches us alone; gone when the block ends."""
    command = [sys.executable, "-P", "-m", *module]
    running = subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield running
    finally:
        end(running)


def wait(running: subprocess.Popen[bytes]) -> int:
    """The exit code, unless we are told to stop first."""
    while True:
        go_on()
        with suppress(subprocess.TimeoutExpired):
            return running.wait(GLANCE)


def end(running: subprocess.Popen[bytes]) -> None:
    """Asks the child to end, then ends it and whatever it has started."""
    running.terminate()
    with suppress(subprocess.TimeoutExpired):
        running.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
