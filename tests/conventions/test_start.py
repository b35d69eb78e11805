"""What a run of a few tests has to wait for."""

import subprocess
import sys

import pytest

from scripts.environment import ROOT
from tests.conftest import PURE

HEAVY = ("alembic", "asyncpg", "fastapi", "httpx", "pydantic", "sqlalchemy", "sqlmodel")
PLAN = """
import sys, pytest
code = pytest.main(["-q", "-p", "no:cacheprovider", "--setup-plan", *sys.argv[2:]])
print("imported:", *[name for name in sys.argv[1].split() if name in sys.modules])
sys.exit(code)
"""


@pytest.mark.slow
def test_tests_of_rules_need_neither_the_database_nor_the_application() -> None:
    """Planned together in a process of their own, so that a fixture they cannot have is missed, too."""
    files = [str(path) for path in (ROOT / "tests").glob("*/test_*.py") if path.name in PURE]
    assert len(files) > len(PURE)
    command = [sys.executable, "-c", PLAN, " ".join(HEAVY), *files]
    planned = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stdout
    assert planned.stdout.splitlines()[-1] == "imported:"


@pytest.mark.xdist_group("one")
def test_tests_of_a_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    """Else each process makes the city of a group anew."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@one")
