"""The project's own virtual environment, made from a hash-locked file with nothing but Python.

One `.venv` serves both uses: the development lock holds the runtime lock's pins and more.
"""

import sys

if sys.version_info < (3, 11):
    raise SystemExit("Hagukumi needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])

import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "scripts/runtime.lock"
DEVELOPMENT = "scripts/development.lock"


def enter(module: str, *, development: bool) -> NoReturn:
    """Goes on as that module, with this process's arguments, under the Python of the environment."""
    python = str(ready(development))
    os.execv(python, [python, "-P", "-m", module, *sys.argv[1:]])  # noqa: S606 - our own interpreter, no shell


def ready(development: bool) -> Path:
    """The Python of an environment that holds what the lock says; installs only what has changed."""
    with one_at_a_time(ROOT / ".venv.lock"):
        return prepare(ROOT, DEVELOPMENT if development else RUNTIME)


def prepare(root: Path, lock: str) -> Path:
    """The environment under `root`, made anew when it was never finished or the folder has moved."""
    venv = root / ".venv"
    python = venv / "bin" / "python"
    seals = [noted.read_text() for noted in venv.glob("*.stamp")]
    if not (python.exists() and any(noted.endswith(f" {root}") for noted in seals)):
        say("Making the environment in .venv")
        run(sys.executable, "-m", "venv", "--clear", str(venv))
    if not is_installed(root, lock):
        install(root, python, lock)
    return python


def is_installed(root: Path, lock: str) -> bool:
    """Whether this very lock was the last of its name to be installed, and for a project at this place."""
    noted = stamp(root, lock)
    return noted.exists() and noted.read_text() == seal(root, lock)


def install(root: Path, python: Path, lock: str) -> None:
    """Installs the lock by hash, makes the project importable and notes what is there now."""
    started = time.monotonic()
    say(f"Installing the packages of {lock}; the first time takes a minute or two")
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--only-binary", ":all:"]
    run(*pip, "--require-hashes", "--requirement", str(root / lock))
    for packages in (root / ".venv").glob("lib/python*/site-packages"):
        (packages / "hagukumi.pth").write_text(f"{root}\n")
    for name in {lock, RUNTIME}:
        stamp(root, name).write_text(seal(root, name))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def stamp(root: Path, lock: str) -> Path:
    return root / ".venv" / f"{Path(lock).name}.stamp"


def seal(root: Path, lock: str) -> str:
    return f"{hashlib.sha256((root / lock).read_bytes()).hexdigest()} {root}"


def run(*command: str) -> None:
    """Runs a step of the set-up; what failed stands on stderr in its own words."""
    try:
        code = subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        raise SystemExit("Stopped; the next start makes the environment anew.") from None
    if code:
        raise SystemExit(f"The environment could not be made: {' '.join(command[:4])} failed.")


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Lets a second process wait until the first has finished; the lock ends with its holder."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another process that makes the environment")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(ready(development="--runtime" not in sys.argv[1:]))
