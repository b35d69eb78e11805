"""Every check in order, the quick ones first; stops at the first that fails."""

import os
import subprocess
import sys
from pathlib import Path

from scripts.environment import ROOT

BIN = Path(sys.executable).parent
STEPS = (
    ("Format", ("ruff", "format", "--check", "--quiet", ".")),
    ("Lint", ("ruff", "check", "--quiet", ".")),
    ("Types", ("mypy", "--no-error-summary")),
    ("Floors", ("lint-imports", "--no-logo")),
    ("Node packages", ("python", "-P", "-m", "scripts.node")),
)
TESTS = ("pytest", "--numprocesses", "2", "--dist", "loadgroup")


def main(arguments: list[str]) -> int:
    """The exit code of the first step that fails, else of pytest."""
    for name, command in (*STEPS, ("Tests", (*TESTS, *arguments))):
        print(f"== {name}", flush=True)
        code = subprocess.run(
            [BIN / command[0], *command[1:]], cwd=ROOT, env=clean(dict(os.environ)), check=False
        ).returncode
        if code:
            break
    return code


def clean(environment: dict[str, str]) -> dict[str, str]:
    """Without the settings of a service that may run beside: tests make their own."""
    return {name: value for name, value in environment.items() if not name.startswith("APP_")}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
