"""Rules of the structure that linters do not have."""

import ast
from collections.abc import Iterator
from tomllib import loads

from sqlmodel.main import default_registry

from app.kit.settings import Settings
from app.main import build_app
from scripts.environment import ROOT

APP = ROOT / "app"
COMMITS = {"account.py", "facts.py", "jobs.py", "kit/database.py", "kit/replicas.py", "seed/__main__.py"}
"""The edge of a request or of a job, and commands of an operator."""


def modules(pattern: str = "**/*.py") -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(APP.glob(pattern)):
        yield str(path.relative_to(APP)), ast.parse(path.read_text())


def called(tree: ast.AST, *names: str) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in names for call in calls)


def test_relationships_are_loaded_explicitly() -> None:
    build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    mappers = default_registry.mappers
    eager = [str(relation) for mapper in mappers for relation in mapper.relationships if relation.lazy != "raise"]
    assert eager == []


def test_only_the_edge_commits() -> None:
    assert {name for name, tree in modules() if called(tree, "commit")} == COMMITS


def test_routes_hold_no_decision_and_no_query() -> None:
    """A route of a few lines: no `if`, no `try`, no WHERE."""
    found = []
    for name, tree in modules("*/routes.py"):
        for route in (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)):
            branches = any(isinstance(node, ast.If | ast.Try | ast.For | ast.While) for node in ast.walk(route))
            if branches or called(route, "where", "join", "execute", "scalar", "scalars"):
                found.append(f"{name}: {route.name}")
    assert found == []


def pure_modules() -> Iterator[tuple[str, ast.Module]]:
    """The modules that the linter's contract "Rules are pure" names."""
    contracts = loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (contract for contract in contracts if contract["name"] == "Rules are pure")
    for module in contract["source_modules"]:
        yield from modules(module.removeprefix("app.").replace(".", "/") + ".py")


def test_rules_neither_await_nor_read_the_clock() -> None:
    found = []
    for name, tree in pure_modules():
        waits = any(isinstance(node, ast.Await | ast.AsyncFunctionDef) for node in ast.walk(tree))
        if waits or called(tree, "now", "today"):
            found.append(name)
    assert found == []
