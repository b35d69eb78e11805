"""The OpenAPI document: current, valid and complete."""

import inspect
import json
import tomllib
from collections import Counter
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from openapi_spec_validator import validate

from app import VERSION
from app.identity.gate import public
from app.kit import contract
from app.kit.contract import FILES
from app.kit.problems import Language
from app.kit.settings import Settings
from app.main import build_app
from scripts import export_openapi
from scripts.environment import ROOT
from scripts.openapi import walk
from scripts.openapi.walk import operations
from tests.fixtures import SignIn

DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())
OPERATIONS = {operation["operationId"]: (path, method, operation) for path, method, operation in operations(DOCUMENT)}


@pytest.mark.parametrize("language", FILES)
def test_the_committed_document_is_current(language: Language) -> None:
    assert export_openapi.is_current(language), f"run {export_openapi.COMMAND} and commit openapi/"


@pytest.mark.slow
def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_operation_ids_are_unique() -> None:
    seen = Counter(operation["operationId"] for _, _, operation in operations(DOCUMENT))
    assert [name for name, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_documented(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    assert operation["tags"]
    assert 3 < len(operation["summary"]) < 120
    assert operation["description"].endswith((".", "。"))
    assert {"500", "503"} <= set(operation["responses"])
    if operation["security"]:
        assert {"401", "403"} <= set(operation["responses"])
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [response for status, response in operation["responses"].items() if status < "300"]
    for body in bodies:
        for content in body.get("content", {}).values():
            assert "example" in content, (
                f"{name} lacks an example: run scripts/dev contract {name}, which sends what openapi/inputs.json gives"
            )


def test_no_text_of_a_client_is_unbounded() -> None:
    """Every string that a client sends in JSON has a longest length or a format, every number its bounds."""
    schemas = DOCUMENT["components"]["schemas"]
    inputs = walk.reached(walk.bodies(DOCUMENT), schemas)
    loose = {f"{name}: {part}" for name in inputs for part in walk.parts(schemas[name]) if _is_loose(part)}
    assert sorted(loose) == []


def _is_loose(kind: dict[str, Any]) -> bool:
    if kind.get("type") == "string":
        return not ({"maxLength", "format", "enum", "const", "pattern"} & set(kind))
    if kind.get("type") in {"integer", "number"}:
        return not {"maximum", "minimum"} <= set(kind) and not {"enum", "const"} & set(kind)
    return kind.get("type") == "array" and "maxItems" not in kind


def test_every_route_has_a_gate_or_is_marked_as_public() -> None:
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    open_routes = []
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if not path.startswith("/api/"):
            continue
        calls = list(_calls(route.dependant))
        if public not in calls and not any(hasattr(call, "permissions") for call in calls):
            open_routes.append(f"{route.methods} {path}")
    assert open_routes == []


def test_no_dependency_waits_for_a_thread() -> None:
    """FastAPI calls a class and a plain function in a thread, which takes longer than most of them do."""
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    routes = [route for route in iter_route_contexts(app.routes) if (route.path or "").startswith("/api/")]
    calls = {call for route in routes for below in route.dependant.dependencies for call in _calls(below)}
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    plain = [call for call in calls if not any(kind(call) or kind(type(call).__call__) for kind in kinds)]
    assert plain == []


def _calls(dependant: Any) -> Any:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)


PATHS = sorted({path for path, _, _ in OPERATIONS.values()})


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_names_all_its_methods(api: SignIn, path: str) -> None:
    """405 and OPTIONS list in `Allow` the methods of the document, and HEAD works wherever GET does."""
    methods = {method.upper() for known, method, _ in OPERATIONS.values() if known == path}
    expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    client = await api("admin")
    place = "http://test" + path.replace("{id}", "0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6")
    options, refused = await client.options(place), await client.put(place)
    assert (options.status_code, refused.status_code) == (204, 405)
    for response in (options, refused):
        assert set(response.headers["Allow"].split(", ")) == expected
    head = await client.head(place)
    assert (head.status_code == 405, head.content) == ("GET" not in methods, b"")


def test_the_package_and_the_contract_have_one_version() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert package["project"]["dynamic"] == ["version"]
    assert package["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "app.VERSION"}
    assert DOCUMENT["info"]["version"] == VERSION
