"""The structure of `app`, where the linter has no rule for it; `app/README.md` gives the reasons."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts

from app.kit.settings import Settings
from app.main import build_app
from migrations.functions import FILES
from scripts.environment import ROOT

APP = ROOT / "app"
NOT_BY_URL = {"kit", "seed"}
PACKAGES = sorted(path.parent.name for path in APP.glob("*/__init__.py") if path.parent.name not in NOT_BY_URL)
IN_A_PACKAGE = {
    "__init__",
    "routes",
    "commands",
    "views",
    "queries",
    "schemas",
    "functions",
    "models",
    "rules",
    "errors",
    "enums",
}
MORE_FILES = {
    "audit": {"batch", "recorder"},
    "findings": {"disclosure", "pairs", "statistics"},
    "identity": {"gate", "passwords", "permissions", "principal", "tokens"},
    "people": {"sight"},
    "surveys": {"box", "questions", "secrecy"},
    "vocabulary": {"contents", "modules"},
}
ELSEWHERE = {
    "skill_gap": "insights",  # of a person, across roles, skills and sessions, which employees knows nothing of
    "results": "findings",  # of a survey: its disclosure control is that of the effectiveness
    "effectiveness": "findings",  # of a session or a course, from surveys, which both know nothing of
}
"""Sub-resources that are not in the package of their path's first segment."""


def modules(pattern: str = "*/*.py") -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(APP.glob(pattern)):
        yield str(path.relative_to(APP)), ast.parse(path.read_text())


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name of what is called: `execute` of `db.execute(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def routes() -> Iterator[tuple[list[str], str]]:
    """The segments of each path below /api/v1, and the package of its function."""
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    for context in iter_route_contexts(app.routes):
        if (context.path or "").startswith("/api/v1/"):
            path = (context.path or "").removeprefix("/api/v1/").split("/")
            yield path, context.endpoint.__module__.split(".")[1]


def test_the_first_segment_of_a_path_is_in_one_package() -> None:
    packages: dict[str, set[str]] = defaultdict(set)
    for path, package in routes():
        if path[-1] not in ELSEWHERE:
            packages[path[0]].add(package)
    assert {segment: found for segment, found in packages.items() if len(found) != 1} == {}


def test_the_exceptions_are_few_and_real() -> None:
    assert len(ELSEWHERE) <= 3
    assert {path[-1]: package for path, package in routes() if path[-1] in ELSEWHERE} == ELSEWHERE


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_the_files_of_the_table(package: str) -> None:
    files = {path.stem for path in (APP / package).glob("*.py")}
    assert files <= IN_A_PACKAGE | MORE_FILES.get(package, set())


def test_seats_and_course_sessions_share_no_verb() -> None:
    """A session is cancelled in one place; seats only move."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name, tree in modules("*/commands.py"):
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and not node.name.startswith("_"):
                owners[node.name].add(name.split("/")[0])
    assert [verb for verb, found in owners.items() if {"seats", "course_sessions"} <= found] == []


def test_what_a_route_answers_is_its_return_annotation() -> None:
    """Said once, by the annotation, so that mypy checks what a client is promised."""
    wrong = [
        f"{name}: {node.name}"
        for name, tree in modules("*/routes.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        if node.returns is None or "response_model" in {keyword.arg for keyword in decorator.keywords}
    ]
    assert wrong == []


def test_every_route_states_its_summary() -> None:
    unstated = [
        f"{name}: {node.name}"
        for name, tree in modules("*/routes.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and "summary" not in {keyword.arg for keyword in decorator.keywords}
    ]
    assert unstated == []


def test_schemas_hold_no_sql() -> None:
    found = [
        name
        for name, tree in modules("*/schemas.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy"
    ]
    assert found == []


def test_views_do_not_select() -> None:
    asks = {"select", "execute", "scalar", "scalars", "where", "join", "exists"}
    found = [
        f"{name}: {called}"
        for name, tree in modules("*/views.py")
        for called, call in calls(tree)
        if called in asks or ast.unparse(call.func) == "db.get"
    ]
    assert found == []


NOT_A_QUERY = {f"db.{verb}" for verb in ("add", "add_all", "flush", "delete", "commit")}


def test_queries_neither_present_nor_write() -> None:
    wrong = [
        f"{name}: {ast.unparse(call.func)}()"
        for name, tree in modules("*/queries.py")
        for called, call in calls(tree)
        if re.fullmatch(r"\w+Read(\.model_validate)?", ast.unparse(call.func)) or ast.unparse(call.func) in NOT_A_QUERY
    ]
    assert wrong == []


def test_queries_refuse_nothing_but_a_missing_row() -> None:
    raised = {
        f"{name}: {ast.unparse(node.exc)}"
        for name, tree in modules("*/queries.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc
    }
    assert {each for each in raised if not each.endswith((": NotFound", ": not_found or NotFound"))} == set()


def test_only_sight_asks_for_a_caller_s_standing() -> None:
    """One place says who sees whose rows; `identity` makes the standing and answers questions about offices."""
    allowed = {"people/sight.py", "identity/principal.py", "identity/views.py"}
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "standing"
    }
    assert found == allowed


def test_no_read_model_is_a_closure() -> None:
    """Only the kit has functions inside functions, where the framework wants one."""
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
        for inner in ast.walk(node)
        if inner is not node and isinstance(inner, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    assert {name for name in found if not name.startswith("kit/")} == set()


@pytest.mark.parametrize(
    "trick",
    ["__pydantic_init_subclass__", "__init_subclass__", "__subclasses__", "__mro__", "_sa_registry", "fastapi._compat"],
)
def test_no_class_is_changed_or_found_behind_the_reader_s_back(trick: str) -> None:
    assert [str(path.relative_to(APP)) for path in APP.rglob("*.py") if trick in path.read_text()] == []


def defined_in(file: str) -> list[str]:
    return re.findall(r"CREATE FUNCTION (\w+)", (APP / file).read_text())


DEFINED = {function: file.split("/")[0] for file in FILES for function in defined_in(file)}


def test_a_database_function_is_called_from_python_in_its_own_package() -> None:
    """Its typed declaration stands there; others import that, and the linter sees the layers."""
    foreign = [
        f"{name}: func.{node.attr}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "func"
        if node.attr in DEFINED and DEFINED[node.attr] != name.split("/")[0]
    ]
    assert foreign == []


def test_a_database_function_calls_none_of_a_later_file() -> None:
    """The files are installed in the order of the layers."""
    upward = [
        f"{name}: {function}"
        for position, name in enumerate(FILES)
        for later in FILES[position + 1 :]
        for function in defined_in(later)
        if re.search(rf"\b{function}\s*\(", (APP / name).read_text())
    ]
    assert upward == []
