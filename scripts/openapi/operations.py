"""Each operation with what its route declares and FastAPI does not write into the document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from app.kit.database import READS
from app.kit.etag import version_headers
from app.kit.list_query import ListQuery
from app.kit.listing import pager
from scripts.openapi.walk import Json


@dataclass(frozen=True)
class Operation:
    path: str
    method: str
    content: Json
    """Its part of the document, completed in place."""
    has_path_parameters: bool
    has_body: bool
    versioned: bool
    """It depends on `kit.etag.Etag`."""
    paged: bool
    """It depends on `kit.listing.Pages`."""
    gated: bool
    """It depends on a gate, `identity.gate.may`, which also recognizes the retry of a POST."""
    writes: bool
    """Its transaction may write, so that constraints and other callers' changes can refuse it."""
    issues_tokens: bool
    sorts: tuple[str, ...]
    """The keys that its list can be sorted by."""

    @property
    def needs_sign_in(self) -> bool:
        return bool(self.content.get("security"))

    @property
    def takes_idempotency_key(self) -> bool:
        return self.gated and self.method == "post"

    @property
    def can_conflict(self) -> bool:
        return self.gated and self.writes

    @property
    def takes_if_match(self) -> bool:
        return self.versioned and self.method != "get" and self.has_path_parameters

    @property
    def requires_if_match(self) -> bool:
        return self.takes_if_match and self.method in {"patch", "delete"}


def declared(app: FastAPI, document: Json) -> list[Operation]:
    """The operations of the document, in the order of the routes."""
    token_urls = _token_urls(document)
    return [
        _operation(context, method.lower(), document["paths"][context.path_format], token_urls)
        for context in iter_route_contexts(app.routes)
        if getattr(context, "include_in_schema", False) and getattr(context, "dependant", None)
        for method in sorted(context.methods or ())
    ]


def _operation(context: RouteContext, method: str, item: Json, token_urls: set[str]) -> Operation:
    dependencies = list(_with_dependencies(context.dependant))
    calls = [each.call for each in dependencies]
    path = context.path_format or ""
    return Operation(
        path=path,
        method=method,
        content=item[method],
        has_path_parameters=any(each.path_params for each in dependencies),
        has_body=context.body_field is not None,
        versioned=version_headers in calls,
        paged=pager in calls,
        gated=any(hasattr(call, "permissions") for call in calls),
        writes=method.upper() not in READS,
        issues_tokens=path in token_urls,
        sorts=_sorts(dependencies),
    )


def _sorts(dependencies: Iterable[Dependant]) -> tuple[str, ...]:
    queries = [field.field_info.annotation for each in dependencies for field in each.query_params]
    lists = [query for query in queries if isinstance(query, type) and issubclass(query, ListQuery)]
    return tuple(lists[0].sorts) if lists else ()


def _token_urls(document: Json) -> set[str]:
    """The paths that the security schemes name as issuing tokens."""
    schemes = document["components"].get("securitySchemes", {}).values()
    return {flow["tokenUrl"] for scheme in schemes for flow in scheme.get("flows", {}).values() if "tokenUrl" in flow}


def _with_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _with_dependencies(below)
