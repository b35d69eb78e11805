"""The methods of a path: the framework lists only those of the first route that matches."""

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

_ORDER = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")


def allowed(request: Request) -> list[str]:
    """All methods of the request's path, in the usual order."""
    path, found = request.url.path, {"OPTIONS"}
    for route in iter_route_contexts(request.app.routes):
        if route.path and compile_path(route.path)[0].match(path):
            found |= route.methods or set()
    if "GET" in found:
        found.add("HEAD")
    return [method for method in _ORDER if method in found]
