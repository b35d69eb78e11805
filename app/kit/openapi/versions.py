"""Which operations speak of versions: those that ask for `kit.etag.Etag`."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.kit.etag import Versions


def versioned(app: FastAPI) -> frozenset[tuple[str, str]]:
    """Path and method of each."""
    return frozenset(
        (context.path or "", method.lower())
        for context in iter_route_contexts(app.routes)
        if Versions in _calls(getattr(context, "dependant", None))
        for method in context.methods or ()
    )


def _calls(dependant: Dependant | None) -> Iterator[Any]:
    if dependant:
        yield dependant.call
        for below in dependant.dependencies:
            yield from _calls(below)
