"""`scripts/serve` as a user runs it: real processes, a real port, a made-up town of sixty people."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import embedded
from tests.served import PATIENCE, Served, descendants, free_port, launch, living

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
Start = Callable[..., Served]


@pytest.fixture
def start() -> Iterator[Start]:
    runs: list[Served] = []

    def begin(data: Path, *arguments: str, **environment: str) -> Served:
        runs.append(launch(data, *arguments, migrated=False, **environment))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.terminate()
        run.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A second start, with the town that a first one has loaded; each of the two leaves no process."""
    data = tmp_path_factory.mktemp("serve") / "data"
    first = launch(data, "--employees", "60")
    first.until_output("Hagukumi is ready")
    assert first.end(signal.SIGTERM) == 0
    second = launch(data, "--workers", "2")
    second.until_output("Ctrl-C")
    yield second
    assert second.end(signal.SIGINT) == 0


def test_a_second_start_serves_the_town_that_is_there(served: Served) -> None:
    assert "Loading" not in served.output.read_text()
    assert served.get("/readyz").status_code == 200
    assert served.get("/docs").status_code == 200


def test_each_demonstration_account_that_is_announced_can_sign_in(served: Served) -> None:
    announced = served.output.read_text().partition("password demo:\n")[2].splitlines()[0]
    names = announced.strip().split(", ")
    assert len(names) == 10
    assert {name: served.sign_in(name).status_code for name in names} == dict.fromkeys(names, 200)


def test_no_two_servers_share_a_directory_or_a_port(served: Served, start: Start, tmp_path: Path) -> None:
    same_directory = start(served.data)
    assert same_directory.process.wait(PATIENCE) == 1
    assert "--data" in same_directory.output.read_text()
    same_port = start(tmp_path / "other", "--port", str(served.port))
    assert same_port.process.wait(PATIENCE) == 1
    assert "--port" in same_port.output.read_text()
    assert served.get("/readyz").status_code == 200


def test_an_operators_database_is_served_without_demonstration(served: Served, start: Start, tmp_path: Path) -> None:
    """Even of a database with the town in it, no made-up account is accepted."""
    operators = start(tmp_path / "data", APP_DATABASE_URL=embedded.start(served.data / "postgres"))
    operators.until_output("Hagukumi is ready")
    assert "emonstration" not in operators.output.read_text()
    assert operators.sign_in("admin").status_code in {400, 401}
    assert operators.end(signal.SIGTERM) == 0
    assert served.sign_in("admin").status_code == 200


def test_a_stop_while_loading_leaves_no_process(start: Start, tmp_path: Path) -> None:
    served = start(tmp_path / "data", "--employees", "5000")
    served.until_output("Loading the policy")
    time.sleep(2)  # it is loading
    assert served.end(signal.SIGINT) == 0


def arguments_of(pids: set[int]) -> str:
    which = ",".join(map(str, pids))
    return subprocess.run(["ps", "-o", "args=", "-p", which], capture_output=True, text=True, check=False).stdout


def test_a_stop_during_the_migration_leaves_no_process(start: Start, tmp_path: Path) -> None:
    served = start(tmp_path / "data", "--no-demo")
    served.until_output("Bringing the tables up to date")
    assert served.end(signal.SIGTERM) == 0


def test_a_server_that_dies_takes_the_database_along_and_says_so(start: Start, tmp_path: Path) -> None:
    served = start(tmp_path / "data", "--no-demo")
    served.until_output("Hagukumi is ready")
    family = descendants(served.process.pid)
    web = next(pid for pid in family if "app.main:create" in arguments_of({pid}))
    os.kill(web, signal.SIGKILL)
    assert served.process.wait(PATIENCE) == 1
    assert "ended by itself" in served.output.read_text()
    assert not family & set(living())


def test_a_database_that_does_not_answer_is_reported_without_its_password(start: Start, tmp_path: Path) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/none"
    served = start(tmp_path / "data", APP_DATABASE_URL=url)
    assert served.process.wait(PATIENCE) == 1
    output = served.output.read_text()
    assert "does not answer" in output
    assert "secret" not in output
