"""The tools around the service: locked packages, the environment, the embedded database, the image."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from migrations import functions
from scripts import checking, embedded, environment, options, serving
from scripts.children import StepFailed
from scripts.state import State, newest_revision

ROOT = environment.ROOT
LOCKS = (environment.RUNTIME, environment.DEVELOPMENT)


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9][^ ]*==[^ ]+", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_by_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert packages
    assert all("==" in entry and "--hash=sha256:" in entry for entry in packages)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_that_packages_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"--(index|extra|find|trusted)|(^|\s)/", text)


def test_the_development_lock_holds_the_runtime_lock() -> None:
    assert pins(environment.RUNTIME) < pins(environment.DEVELOPMENT)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that would run, in place of running them."""
    seen: list[tuple[str, ...]] = []

    def note(*command: str) -> None:
        seen.append(command)
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch()

    monkeypatch.setattr(environment, "run", note)
    return seen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    for lock in LOCKS:
        (tmp_path / lock).write_text(f"the pins of {lock}")
    return tmp_path


def test_packages_are_installed_only_when_their_lock_changed(project: Path, commands: list[tuple[str, ...]]) -> None:
    environment.prepare(project, environment.RUNTIME)
    assert [command[2] for command in commands] == ["venv", "pip"]
    environment.prepare(project, environment.RUNTIME)
    assert len(commands) == 2
    (project / environment.RUNTIME).write_text("other pins")
    environment.prepare(project, environment.RUNTIME)
    assert [command[2] for command in commands] == ["venv", "pip", "pip"]
    assert "--require-hashes" in commands[-1]


def test_the_development_environment_serves_too(project: Path, commands: list[tuple[str, ...]]) -> None:
    environment.prepare(project, environment.DEVELOPMENT)
    environment.prepare(project, environment.RUNTIME)
    assert len(commands) == 2


def test_a_project_that_moved_gets_a_new_environment(project: Path, commands: list[tuple[str, ...]]) -> None:
    environment.prepare(project, environment.RUNTIME)
    moved = project.rename(project.with_name("moved"))
    with pytest.raises(FileExistsError):  # the stand-in does not clear as `venv --clear` does
        environment.prepare(moved, environment.RUNTIME)
    assert "--clear" in commands[-1]


def test_a_second_process_waits_for_the_environment(tmp_path: Path) -> None:
    code = "from scripts.environment import *; held = one_at_a_time(Path(sys.argv[1])); held.__enter__(); say('mine')"
    command = [sys.executable, "-c", code, str(tmp_path / "lock")]
    with environment.one_at_a_time(tmp_path / "lock"):
        second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert second.stderr
        assert second.stderr.readline().startswith("Waiting")
        assert second.poll() is None
    assert second.communicate(timeout=20)[1] == "mine\n"


def test_an_older_python_is_told_so() -> None:
    """Stands in for one: only the version that the module sees is old."""
    code = "import sys; sys.version_info = (3, 10, 4); import scripts.environment"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stderr == "Hagukumi needs Python 3.11 or newer; this is 3.10.\n"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", ["database", "o'clock and spaces", "x" * 120], ids=["plain", "quoted", "long"])
def test_the_embedded_database_starts_and_leaves_no_process(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    try:
        address = embedded.start(directory, embedded.THROWAWAY)
        assert embedded.start(directory) == address
        assert embedded.is_running(directory)
        assert directory.stat().st_mode & 0o777 == 0o700
        pid = int((directory / "postmaster.pid").read_text().splitlines()[0])
        sockets = embedded.socket_directory(directory)
        assert embedded.psql(sockets, "SHOW listen_addresses; SHOW fsync").split() == ["off"]
    finally:
        embedded.stop(directory)
    embedded.stop(directory)
    assert not is_alive(pid)
    assert not embedded.is_running(directory)
    assert not (sockets / ".s.PGSQL.5432").exists()


@pytest.mark.slow
def test_a_database_whose_files_were_deleted_still_stops(tmp_path: Path) -> None:
    directory = tmp_path / "database"
    embedded.start(directory, embedded.THROWAWAY)
    pid = int((directory / "postmaster.pid").read_text().splitlines()[0])
    shutil.rmtree(directory)
    embedded.stop(directory)
    assert not is_alive(pid)


@pytest.mark.slow
def test_a_half_made_database_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "database.new").mkdir()
    (tmp_path / "database.new" / "PG_VERSION").write_text("18")
    embedded.start(tmp_path / "database", embedded.THROWAWAY)
    embedded.stop(tmp_path / "database")
    assert not (tmp_path / "database.new").exists()


@pytest.mark.slow
def test_a_database_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(embedded.Failed, match=r"(?s)did not start.*no_such_setting"):
        embedded.start(tmp_path / "database", {"no_such_setting": "1"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_a_demonstration_listens_on_loopback(host: str) -> None:
    assert options.parse(["--host", host]).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_a_demonstration_listens_nowhere_else(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options.parse(["--host", host])
    assert "--no-demo" in capsys.readouterr().err
    assert not options.parse(["--host", host, "--no-demo"]).demo


def test_an_operators_database_means_no_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "postgresql://db.invalid/hagukumi")
    chosen = options.parse(["--host", "0.0.0.0"])
    assert (chosen.database_url, chosen.demo) == ("postgresql://db.invalid/hagukumi", False)


def test_another_kind_of_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "sqlite:///hagukumi")
    with pytest.raises(SystemExit):
        options.parse([])


@pytest.mark.parametrize("wrong", [["--port", "0"], ["--port", "x"], ["--workers", "0"], ["--employees", "-1"]])
def test_a_wrong_option_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        options.parse(wrong)


def test_an_old_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        serving, "state", lambda _: State(major=14, revision=None, functions=None, has_demonstration=False)
    )
    with pytest.raises(StepFailed, match="PostgreSQL 14; Hagukumi needs 15"):
        serving.prepare(options.parse([]), {"APP_DATABASE_URL": "postgresql://db.invalid/hagukumi"})


def test_the_newest_migration_file_is_the_head() -> None:
    assert newest_revision() == ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def test_checks_do_not_see_the_settings_of_a_running_service() -> None:
    assert checking.clean({"APP_DATABASE_URL": "x", "HOME": "y"}) == {"HOME": "y"}


def docker(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def is_kept(source: str, patterns: set[str]) -> bool:
    """Docker keeps what a pattern matches, and all that a folder so matched holds."""
    return any(fnmatch(source, pattern) or source.startswith(f"{pattern}/") for pattern in patterns)


def test_the_image_copies_what_exists_and_is_not_ignored() -> None:
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    sources = [source for line in docker("COPY") for source in line.split()[:-1]]
    assert sources
    assert all((ROOT / source).exists() and is_kept(source, kept) for source in sources)


def test_the_image_serves_as_the_script_does() -> None:
    wanted = serving.uvicorn(options.parse(["--host", "0.0.0.0", "--no-demo"]))
    at = wanted.index("--workers")
    assert json.loads(docker("CMD")[-1]) == ["uvicorn", *wanted[:at], *wanted[at + 2 :]]
    assert docker("USER") == ["hagukumi"]


def test_other_functions_on_the_same_tables_are_an_upgrade() -> None:
    upgraded = State(major=18, revision=newest_revision(), functions=functions.digest(), has_demonstration=True)
    assert upgraded.is_current
    assert not replace(upgraded, functions="functions of another text").is_current
