"""The project's own virtual environment, made from a hash-locked file with nothing but Python.

One `.venv` serves both uses: the development lock holds the runtime lock's pins and more.
"""

import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"


def ready(development: bool) -> Path:
    """The Python of an environment that holds what the lock says, installing only what has changed."""
    if sys.version_info < OLDEST:
        raise SystemExit("Hagukumi needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])
    with one_at_a_time(ROOT / ".venv.lock"):
        return prepare(ROOT, development)


def prepare(root: Path, development: bool) -> Path:
    """The environment under `root`, made anew when it was never finished."""
    venv = root / ".venv"
    python = venv / "bin" / "python"
    if not (python.exists() and any(venv.glob("*.sha256"))):
        say("Making the environment in .venv")
        run(sys.executable, "-m", "venv", "--clear", str(venv))
    lock = root / (DEVELOPMENT if development else RUNTIME)
    if not is_current(venv, lock):
        install(root, python, lock)
    return python


def is_current(venv: Path, lock: Path) -> bool:
    """Whether this very lock was the last of its name to be installed."""
    stamp = stamp_of(venv, lock)
    return stamp.exists() and stamp.read_text() == digest(lock)


def install(root: Path, python: Path, lock: Path) -> None:
    """Installs the lock by hash, makes the project importable and stamps what is there now."""
    venv, started = root / ".venv", time.monotonic()
    say(f"Installing the packages of {lock.name}; the first time takes a minute or two")
    pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "--only-binary", ":all:")
    run(str(python), *pip, "--require-hashes", "--requirement", str(lock))
    for packages in venv.glob("lib/python*/site-packages"):
        (packages / "hagukumi.pth").write_text(f"{root}\n")
    for name in {lock.name, RUNTIME}:
        stamp_of(venv, root / name).write_text(digest(root / name))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def stamp_of(venv: Path, lock: Path) -> Path:
    return venv / f"{lock.name}.sha256"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(*command: str) -> None:
    """Runs a step of the set-up; its own words on stderr say what failed."""
    if subprocess.run(command, check=False).returncode:
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
