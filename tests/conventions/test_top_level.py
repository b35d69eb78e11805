"""What stands at the top of the repository: everything else has its place below."""

import re
import subprocess

from scripts.environment import ROOT

TOP = {
    "app",
    "migrations",
    "openapi",
    "tests",
    "scripts",
    "alembic.ini",
    "pyproject.toml",
    "Dockerfile",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
}


def test_the_top_level_is_as_given() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    present = {path.split("/")[0] for path in listed.splitlines()}
    assert {name for name in present if not re.match(r"\.", name)} == TOP
