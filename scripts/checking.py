"""Every check in order, the quick ones first; stops at the first that fails."""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.environment import ROOT

Steps = Mapping[str, Sequence[str]]

BIN = Path(sys.executable).parent
STATIC: Steps = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy", "--no-error-summary"),
    "layers": ("lint-imports", "--no-logo"),
}
FIXES: Steps = {
    "lint": ("ruff", "check", "--fix", "--quiet"),
    "format": ("ruff", "format"),
}
NODE: Steps = {"node packages": ("python", "-P", "-m", "scripts.node")}
TESTS = ("pytest", "--numprocesses", "2", "--dist", "loadgroup")


def main(arguments: list[str]) -> int:
    """The exit code of the first step that fails, else of pytest."""
    steps: Steps = {**STATIC, **NODE, "tests": TESTS}
    parser = argparse.ArgumentParser(prog="scripts/test", add_help=False, allow_abbrev=False)
    parser.add_argument("--only", choices=steps)
    chosen, passed = parser.parse_known_args(arguments)
    wanted = {name: command for name, command in steps.items() if chosen.only in {None, name}}
    if "tests" in wanted:
        wanted["tests"] = (*TESTS, *passed)
    return run(wanted)


def run(steps: Steps) -> int:
    """The exit code of the first step that fails, else 0."""
    for name, command in steps.items():
        print(f"== {name.capitalize()}", flush=True)
        program, *arguments = command
        done = subprocess.run([BIN / program, *arguments], cwd=ROOT, env=clean(dict(os.environ)), check=False)
        if done.returncode:
            return done.returncode
    return 0


def clean(environment: dict[str, str]) -> dict[str, str]:
    """Without the settings of a service that may run beside: tests make their own."""
    return {name: value for name, value in environment.items() if not name.startswith("APP_")}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
