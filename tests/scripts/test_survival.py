"""`scripts/serve` and its PostgreSQL when one of them is killed, and what either finds in its place."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import embedded, holders
from tests.served import PATIENCE, Served, descendants, free_port, launch, living

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("survival")]


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def gone(pids: set[int]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while pids & set(living()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_ready(run: Served) -> bool:
    return run.get("/readyz").status_code == 200


def sentence(run: Served) -> str:
    """What a start says that is refused."""
    assert run.process.wait(PATIENCE) == 1
    said = run.output.read_text()
    assert "Traceback" not in said
    return said


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a database in it, so that each start is quick."""
    data = tmp_path_factory.mktemp("survival") / "data"
    run = launch(data, "--no-demo")
    run.until_output("Hagukumi is ready")
    assert run.end(signal.SIGTERM) == 0
    return data


@pytest.fixture
def run(data: Path) -> Iterator[Served]:
    run = launch(data, "--no-demo", "--workers", "2")
    run.until_output("Hagukumi is ready")
    yield run
    if run.process.poll() is None:
        assert run.end(signal.SIGTERM) == 0


def test_a_database_that_dies_is_started_again(run: Served) -> None:
    former = postmaster(run.data)
    os.kill(former, signal.SIGKILL)
    run.until_output("PostgreSQL has ended by itself: starting it again")
    run.until(lambda: is_ready(run))
    assert postmaster(run.data) != former
    assert run.get("/api/v1/vocabulary").status_code == 200


def test_a_serve_that_is_killed_leaves_no_process_and_can_be_started_at_once(run: Served) -> None:
    family = descendants(run.process.pid)
    run.process.kill()
    run.process.wait()
    second = launch(run.data, "--no-demo")
    second.until_output("Hagukumi is ready")
    assert gone(family)
    assert second.end(signal.SIGTERM) == 0


def test_a_second_start_says_who_has_the_directory_and_who_has_the_port(run: Served, tmp_path: Path) -> None:
    same_directory = sentence(launch(run.data, "--no-demo"))
    assert f"{run.data} is in use by process {run.process.pid}, port {run.port}" in same_directory
    same_port = sentence(launch(tmp_path / "data", "--port", str(run.port)))
    assert f"port {run.port}: process " in same_port
    named = int(same_port.partition("process ")[2].split()[0])
    assert named in descendants(run.process.pid)
    assert is_ready(run)


def test_the_holder_of_a_port_is_found_when_it_is_another_program(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    other = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while holders.listener(port) == "another process":
            time.sleep(0.05)
        assert f"process {other.pid} (" in sentence(launch(tmp_path / "data", "--port", str(port)))
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("name", ["secret", "signing.pem"])
def test_a_key_file_that_is_empty_is_refused_with_what_to_do(data: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "data" / "keys" / name).touch()
    said = sentence(launch(tmp_path / "data", "--no-demo"))
    assert f"{tmp_path / 'data' / 'keys' / name} is empty: restore it" in said
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert f"{tmp_path / 'data'} cannot be used" in sentence(launch(tmp_path / "data"))


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "postgres" / "server.log").mkdir(parents=True)
    (tmp_path / "data" / "postgres" / "PG_VERSION").write_text("18\n")
    assert "server.log cannot be used" in sentence(launch(tmp_path / "data", "--no-demo"))


def test_files_that_are_no_database_are_refused(tmp_path: Path) -> None:
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "file").touch()
    with pytest.raises(embedded.Failed, match="holds files, but no database"):
        embedded.start(tmp_path / "database", embedded.THROWAWAY)


@pytest.mark.parametrize("version", ["16\n", ""])
def test_a_database_of_another_version_is_refused(tmp_path: Path, version: str) -> None:
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "PG_VERSION").write_text(version)
    with pytest.raises(embedded.Failed, match="and this is PostgreSQL"):
        embedded.start(tmp_path / "database", embedded.THROWAWAY)


def test_a_database_that_lost_a_file_ends_with_a_sentence(tmp_path: Path) -> None:
    run = launch(tmp_path / "data", "--no-demo")
    run.until_output("Hagukumi is ready")
    family = descendants(run.process.pid)
    control = run.data / "postgres" / "global" / "pg_control"
    control.rename(control.with_name("aside"))
    os.kill(postmaster(run.data), signal.SIGKILL)
    assert "PostgreSQL did not start" in sentence(run)
    assert gone(family)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("locks") / "database"
    embedded.start(directory, embedded.THROWAWAY)
    embedded.stop(directory)
    return directory


@pytest.mark.parametrize("name", ["database", "x" * 120], ids=["plain", "long"])
def test_a_server_that_was_killed_comes_back_at_the_same_address(tmp_path: Path, name: str) -> None:
    """Also where the path is too long for a socket, which is elsewhere then."""
    directory = tmp_path / name
    address = embedded.start(directory, embedded.THROWAWAY)
    assert not embedded.has_ended(directory)
    os.kill(holders.servers_of(directory)[0], signal.SIGKILL)
    while not embedded.has_ended(directory):
        time.sleep(0.02)
    embedded.restart(directory, embedded.THROWAWAY)
    assert embedded.start(directory, embedded.THROWAWAY) == address
    embedded.stop(directory)


@pytest.mark.parametrize(
    "content",
    ["", "\n", "4194000\n", f"{os.getpid()}\n", "garbage\n"],
    ids=["empty", "blank", "of nobody", "of another process", "garbage"],
)
@pytest.mark.parametrize("name", ["postmaster.pid", ".s.PGSQL.5432.lock"])
def test_an_old_lock_file_needs_no_hand(database: Path, name: str, content: str) -> None:
    """Empty, of a process that is no more, of another program that has its number, or not one of PostgreSQL's."""
    (database / name).write_text(content)
    assert not embedded.is_running(database)
    embedded.start(database, embedded.THROWAWAY)
    assert embedded.is_running(database)
    embedded.stop(database)


def test_a_server_whose_lock_file_is_lost_is_stopped(database: Path) -> None:
    """As one that another process has left behind."""
    code = (
        f"import time; from scripts import embedded; embedded.start(embedded.Path({str(database)!r}));"
        " print('started', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout
        assert other.stdout.readline() == "started\n"
        (server,) = holders.servers_of(database)
        (database / "postmaster.pid").write_text("")
        embedded.stop(database)
        assert gone({server})
    finally:
        other.kill()
        other.communicate()
