"""Which process holds what this program needs: a port, or the files of a database."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LISTENS = "0A"  # a state of /proc/net/tcp
SHOWN = 60  # characters of a command


def listener(port: int) -> str:
    """Who listens on the port, as far as this account may see it."""
    with suppress(OSError):
        sockets = {f"socket:[{inode}]" for inode in _listening(port)}
        for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
            if sockets & set(_open_files(process)):
                return describe(int(process.name))
    found = _output("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t").split()
    return describe(int(found[0])) if found else "another process"


def describe(pid: int) -> str:
    command = _output("ps", "-o", "args=", "-p", str(pid)).strip()
    return f"process {pid} ({command[:SHOWN]}{'…' * (len(command) > SHOWN)})" if command else f"process {pid}"


def servers_of(directory: Path) -> list[int]:
    """The PostgreSQL servers that run on the directory, by their command lines."""
    lines = _output("ps", "-ww", "-eo", "pid=,args=").splitlines()
    end = re.compile(rf"/postgres -D {re.escape(str(directory))}$")
    return [int(line.split()[0]) for line in lines if end.search(line.rstrip())]


def _listening(port: int) -> Iterator[str]:
    """The inodes of sockets that listen on the port."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for row in table.read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _open_files(process: Path) -> Iterator[str]:
    with suppress(OSError):
        for file in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(file.readlink())


def _output(*command: str) -> str:
    """Empty where the machine lacks the program."""
    with suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stdout
    return ""
