"""Clients as others write them: generated from the contract, type-checked, and run against a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from app.kit import contract
from scripts import node
from scripts.checking import clean
from scripts.environment import ROOT
from tests.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]
HERE = Path(__file__).parent
STRICT = ("--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--erasableSyntaxOnly", "--noEmit")
TARGET = ("--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom,dom.iterable")
CAST = re.compile(r"\bas\b|\bany\b|\bunknown\b|\binterface\b|@ts-|!\.|<any>")


def test_the_readme_names_the_versions_that_are_used_here() -> None:
    asked: dict[str, str] = json.loads((node.PROJECT / "package.json").read_text())["devDependencies"]
    commands = (ROOT / "README.md").read_text().partition("## Clients")[2]
    for name in ("openapi-fetch", "openapi-typescript", "typescript"):
        assert f"{name}@{asked[name]}" in commands
    assert f"openapi-python-client=={version('openapi-python-client')}" in commands


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end's project: the consumer beside the types that openapi-typescript makes."""
    project = tmp_path_factory.mktemp("typescript")
    modules = node.ready()
    (project / "node_modules").symlink_to(modules)
    (project / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "consumer.ts", project)
    generator = modules / "openapi-typescript" / "bin" / "cli.js"
    made = node.run(
        str(generator),
        str(contract.FILES["en"]),
        "-o",
        "schema.d.ts",
        "--default-non-nullable=false",
        cwd=project,
    )
    assert made.returncode == 0, made.stdout
    return project


def compiled(project: Path, *options: str) -> str:
    """The messages of the compiler; none is best."""
    program = project / "node_modules" / "typescript" / "bin" / "tsc"
    return node.run(str(program), *STRICT, *TARGET, *options, "consumer.ts", "schema.d.ts", cwd=project).stdout


def test_a_front_end_compiles_strictly_without_a_cast(typescript: Path) -> None:
    code = re.sub(r"//.*|/\*\*.*", "", (HERE / "consumer.ts").read_text())
    assert CAST.findall(code) == []
    assert compiled(typescript) == ""


def test_a_member_that_is_gone_is_told_by_the_compiler(typescript: Path, tmp_path: Path) -> None:
    project = shutil.copytree(typescript, tmp_path / "changed", symlinks=True)
    types = (project / "schema.d.ts").read_text()
    (project / "schema.d.ts").write_text(types.replace("waitlist_rank:", "rank:"))
    assert "Property 'waitlist_rank' does not exist" in compiled(project, "--skipLibCheck")


def test_a_front_end_does_the_main_job(typescript: Path, served_city: Served) -> None:
    address = f"http://127.0.0.1:{served_city.port}"
    script = (
        f"import {{ mainJob }} from './consumer.ts'; console.log(JSON.stringify(await mainJob('{address}', 10, 13)))"
    )
    outcome = node.run("--input-type=module", "--eval", script, cwd=typescript)
    assert outcome.returncode == 0, outcome.stdout
    assert json.loads(outcome.stdout) == {
        "first": ["confirmed"] * 10 + ["waitlisted"] * 3,
        "again": "already_enrolled",
        "left": "withdrawn",
        "promoted": "confirmed",
        "seats": 11,
        "waiting": 1,
        "completed": ["completed"] * 11,
        "gained": 11,
        "pairs": 11,
        "improvement": "improved",
    }


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An integrator's project: the consumer beside the package that openapi-python-client makes."""
    project = tmp_path_factory.mktemp("python")
    shutil.copy(HERE / "consumer.py", project)
    package = ("--meta", "none", "--output-path", "hagukumi_client", "--fail-on-warning")
    made = run(project, "openapi_python_client", "generate", "--path", str(contract.FILES["en"]), *package)
    assert made.returncode == 0, made.stdout
    return project


def run(project: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A module of our environment, in the project's folder."""
    programs = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [sys.executable, "-m", module, *arguments]
    environment = clean(dict(os.environ)) | programs | {"NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        command,
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_an_integration_is_well_typed(python: Path) -> None:
    strict = ("--strict", "--config-file=", "--follow-imports=silent", "--no-error-summary")
    assert run(python, "mypy", *strict, "consumer.py").stdout == ""


def test_an_integration_does_the_short_form_of_the_main_job(python: Path, served_city: Served) -> None:
    outcome = run(python, "consumer", f"http://127.0.0.1:{served_city.port}")
    assert outcome.returncode == 0, outcome.stdout
    answer: dict[str, Any] = json.loads(outcome.stdout)
    assert ["leader", "bpr"] in answer.pop("grouped")
    assert answer == {
        "first": [["confirmed", None], ["confirmed", None], ["waitlisted", 1], ["waitlisted", 2]],
        "left": "withdrawn",
        "seats": 3,
        "now": ["withdrawn", "confirmed", "confirmed", "confirmed"],
    }
