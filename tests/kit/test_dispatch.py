"""The table finds the route that the framework finds, and operations are carried out by a plan."""

from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from app.kit import operations
from app.kit.dispatch import Dispatch
from app.kit.settings import Settings
from app.main import build_app

APP = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
ROUTES = [route for route in APP.routes if isinstance(route, APIRoute)]
TABLE = Dispatch(APP.router.app, ROUTES)


def found_by_the_framework(scope: Scope) -> object:
    return next((route for route in ROUTES if route.matches(dict(scope))[0] == Match.FULL), None)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.name}")
def test_the_table_finds_what_the_framework_finds(route: APIRoute) -> None:
    given = str(uuid4())
    steps = [given if step.startswith("{") else step for step in route.path.split("/")]
    for method in route.methods or ():
        scope: Scope = {"type": "http", "method": method, "path": "/".join(steps), "headers": []}
        found = TABLE.find(scope)
        assert found is not None
        assert found[0] is found_by_the_framework(scope)
        assert found[1] == [given] * route.path.count("{")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/employees/",
        "/api/v1/employees//skill_gap",
        "/api/v1/employees/a/b/c",
    ],
)
def test_what_is_no_path_is_left_to_the_framework(path: str) -> None:
    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    assert (TABLE.find(scope), found_by_the_framework(scope)) == (None, None)


def test_every_operation_but_the_form_is_carried_out_by_a_plan() -> None:
    """A dependency that is no coroutine, or a response of another kind, would have it carried out by the framework."""
    slow = {route.name for route in ROUTES if not operations.can_be_planned(route) and route.path.startswith("/api/")}
    assert slow == {"identity_sign_in"}
