"""Finds the route of a request in a table, where the framework compares the path with one pattern after another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Place:
    """A step of paths, `/employees` or `/{id}`, with what follows it and the routes that end there, by method."""

    literal: dict[str, "Place"] = field(default_factory=dict)
    parameter: "Place | None" = None
    routes: dict[str, Route] = field(default_factory=dict)

    def below(self, step: str) -> "Place":
        if not _is_parameter(step):
            return self.literal.setdefault(step, Place())
        self.parameter = self.parameter or Place()
        return self.parameter


class Dispatch:
    """What it does not find, the framework looks for: other paths and methods, and their errors."""

    def __init__(self, otherwise: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._otherwise, self._root = otherwise, Place()
        for route in (each for each in routes if isinstance(each, Route)):
            place = self._root
            for step in route.path.split("/"):
                place = place.below(step)
            place.routes |= {method: route for method in route.methods or () if method not in place.routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self.find(scope) if scope["type"] == "http" else None
        if found is None:
            await self._otherwise(scope, receive, send)
            return
        route, values = found
        scope["path_params"] = dict(zip(_parameters(route.path), values, strict=True))
        scope["endpoint"], scope["route"] = route.endpoint, route
        await route.handle(scope, receive, send)

    def find(self, scope: Scope) -> tuple[Route, list[str]] | None:
        place, values = self._root, list[str]()
        for step in scope["path"].split("/"):
            following = place.literal.get(step)
            if following is None:
                following = place.parameter if step else None
                values.append(step)
            if following is None:
                return None
            place = following
        route = place.routes.get(scope["method"])
        return (route, values) if route else None


def _is_parameter(step: str) -> bool:
    return step.startswith("{")


def _parameters(path: str) -> Iterator[str]:
    return (step[1:-1] for step in path.split("/") if _is_parameter(step))
