"""PgBouncer for its tests: the machine's own, or Debian's package unpacked in .venv, which needs no root."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scripts.environment import ROOT, one_at_a_time, say

UNPACKED = ROOT / ".venv" / "pgbouncer"
_LIBRARIES = re.compile(r"lib(?:event|c-ares)[\w.-]*")  # the others are on every Debian


class Program(NamedTuple):
    path: Path
    environment: Mapping[str, str]


def find() -> Program | None:
    """None where it is not installed and `apt-get` cannot fetch it."""
    installed = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    if installed:
        return Program(Path(installed), {})
    with one_at_a_time(ROOT / ".venv.lock"), suppress(OSError, subprocess.CalledProcessError):
        program = UNPACKED / "usr" / "sbin" / "pgbouncer"
        if not program.exists():
            unpack()
        return Program(program, {"LD_LIBRARY_PATH": os.pathsep.join(map(str, UNPACKED.glob("usr/lib/*/")))})
    return None


def unpack() -> None:
    say("Fetching PgBouncer")
    unfinished = UNPACKED.with_name("pgbouncer.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    download("pgbouncer", into=unfinished)
    (package,) = unfinished.glob("*.deb")
    needed = run("dpkg-deb", "--field", str(package), "Depends", cwd=unfinished)
    download(*_LIBRARIES.findall(needed), into=unfinished)
    for package in unfinished.glob("*.deb"):
        run("dpkg-deb", "--extract", str(package), str(unfinished), cwd=unfinished)
    unfinished.rename(UNPACKED)


def download(*packages: str, into: Path) -> None:
    """A new machine may not know the packages yet."""
    try:
        run("apt-get", "download", *packages, cwd=into)
    except subprocess.CalledProcessError:
        run("apt-get", "update", cwd=into)
        run("apt-get", "download", *packages, cwd=into)


def run(*command: str, cwd: Path) -> str:
    """Its output."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    print(find())
