"""Generated requests, valid and invalid, against the running server: every response is as documented.

With HAGUKUMI_THOROUGH=1 it looks longer, and at the edges of every member and parameter too (its coverage phase:
12,000 requests); else the three callers take about two minutes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.checking import clean
from scripts.environment import ROOT
from tests.served import Served, launch
from tests.thoroughness import sample

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("schemathesis")]
CONFIGURATION = Path(__file__).parent / "schemathesis.toml"
CALLERS = ("admin", "training", "employee", "leader")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A town of its own: much is written into it."""
    served = launch(tmp_path_factory.mktemp("schemathesis") / "data", "--employees", "60")
    try:
        served.until_output("Hagukumi is ready")
        yield served
    finally:
        served.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def accounts(town: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The callers and their tokens, as a Web Fuzzing Commons file."""
    tokens = {name: town.sign_in(name).json()["access_token"] for name in CALLERS}
    headers = {name: [{"name": "Authorization", "value": f"Bearer {token}"}] for name, token in tokens.items()}
    file = tmp_path_factory.mktemp("accounts") / "accounts.json"
    file.write_text(json.dumps({"auth": [{"name": name, "fixedHeaders": sent} for name, sent in headers.items()]}))
    return file


def judge(town: Served, accounts: Path, who: str, phases: str) -> None:
    """Run schemathesis as a caller (`user = "admin"`), or as several who must not see what is another's (`peers`)."""
    configuration = accounts.with_name("schemathesis.toml")
    configuration.write_text(f'{CONFIGURATION.read_text()}\n[auth.wfc]\npath = "{accounts}"\n{who}\n')
    server = f"http://127.0.0.1:{town.port}"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run"]
    command += [f"{server}/openapi.json", "--url", server, "--checks", "all", "--no-color"]
    command += sample(["--max-examples", "2", "--phases", phases], ["--max-examples", "50"])
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=clean(dict(os.environ)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 passed" not in ran.stdout


def test_an_administrator_meets_nothing_that_the_document_does_not_say(town: Served, accounts: Path) -> None:
    judge(town, accounts, 'user = "admin"', "examples,stateful")


def test_nor_does_a_training_officer(town: Served, accounts: Path) -> None:
    judge(town, accounts, 'user = "training"', "fuzzing")


def test_nor_do_two_employees_who_see_nothing_of_each_other(town: Served, accounts: Path) -> None:
    judge(town, accounts, 'peers = ["employee", "leader"]', "fuzzing")
