"""The production image holds what the service needs and no made-up city."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.kit import contract
from app.kit.settings import Settings
from scripts.environment import ROOT
from tests.fixtures import copied

FORBIDDEN = {"scripts", "tests"}
# `scripts` is blocked, and the path to this repository taken away: only the files of the image are left.
PRELUDE = f"""
import pkgutil, runpy, sys
sys.path[:] = [path for path in sys.path if path not in ("", {str(ROOT)!r})]
sys.path.insert(0, ".")
sys.modules["scripts"] = None
"""
IMPORT_ALL = f"""{PRELUDE}
import app
for module in pkgutil.walk_packages(app.__path__, "app."):
    if not module.name.endswith("__main__"):
        __import__(module.name)
"""
ASK_FOR_THE_DOCUMENT = f"""{PRELUDE}
import asyncio
from pathlib import Path
from httpx import ASGITransport, AsyncClient
from app.kit.settings import Settings
from app.main import build_app

app = build_app(Settings(embedded_url="postgresql://nobody@/nothing", keys=Path("keys")))

async def ask():
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        for language in ("en", "ja"):
            answer = await client.get("/openapi.json", params={{"lang": language}})
            assert answer.status_code == 200, answer.text
            Path(f"sent.{{language}}.json").write_bytes(answer.content)
        assert (await client.get("/docs")).status_code == 200

asyncio.run(ask())
assert app.openapi_schema is None, "FastAPI's own document was derived"
"""
LOAD_POLICY = f"""{PRELUDE}
runpy.run_module("app.seed", run_name="__main__")
"""
OPEN_ACCOUNT = f"""{PRELUDE}
import io
sys.argv[1:], sys.stdin = ["sato", "admin"], io.StringIO("a password of the city" + chr(10))
runpy.run_module("app.account", run_name="__main__")
"""


def imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, at its beginning or later."""
    nodes = list(ast.walk(tree))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | named}


def test_the_service_imports_no_script_and_no_test() -> None:
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    assert sources
    found = [str(path.relative_to(ROOT)) for path in sources if imported(ast.parse(path.read_text())) & FORBIDDEN]
    assert found == []


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the Dockerfile copies, as it lays them out."""
    root = tmp_path_factory.mktemp("image")
    for line in re.findall(r"^COPY (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            copy(ROOT / source, root / target, into=target.endswith("/"))
    return root


def copy(source: Path, target: Path, *, into: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        return
    (target if into else target.parent).mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def run(image: Path, program: str, **environment: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=image, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr


def test_the_image_holds_only_the_scripts_that_make_its_environment(image: Path) -> None:
    programs = {path.name for path in (image / "scripts").rglob("*") if path.suffix in {"", ".py"}}
    assert programs == {"__init__.py", "environment.py"}
    assert not (image / "tests").exists()


@pytest.mark.slow
def test_every_module_of_the_service_can_be_imported_from_the_image(image: Path) -> None:
    run(image, IMPORT_ALL)


@pytest.mark.slow
def test_the_image_sends_the_committed_documents_and_has_no_source_of_them(image: Path) -> None:
    run(image, ASK_FOR_THE_DOCUMENT)
    for language, file in contract.FILES.items():
        assert (image / f"sent.{language}.json").read_bytes() == file.read_bytes()
    assert {path.name for path in (image / "openapi").iterdir()} == {file.name for file in contract.FILES.values()}


@pytest.mark.slow
async def test_the_policy_is_loaded_from_the_image(image: Path, template: Settings) -> None:
    settings = await copied(template, "policy_of_the_image")
    for _ in range(2):
        run(image, LOAD_POLICY, APP_DATABASE_URL=str(settings.embedded_url))
    engine = create_async_engine(settings.url, poolclass=NullPool)
    async with engine.connect() as connection:
        roles = set(await connection.scalars(text("SELECT code FROM role")))
        people = await connection.scalar(text("SELECT count(*) FROM employee"))
    await engine.dispose()
    assert roles == {"manager", "leader", "advisor", "general", "childcare"}
    assert people == 0


@pytest.mark.slow
async def test_the_first_account_is_opened_from_the_image(image: Path, template: Settings) -> None:
    settings = await copied(template, "first_account_of_the_image")
    run(image, OPEN_ACCOUNT, APP_DATABASE_URL=str(settings.embedded_url))
    engine = create_async_engine(settings.url, poolclass=NullPool)
    async with engine.connect() as connection:
        accounts = (await connection.execute(text("SELECT username, grants FROM account"))).all()
    await engine.dispose()
    assert [tuple(account) for account in accounts] == [("sato", ["admin"])]
