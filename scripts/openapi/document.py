"""The whole document: what FastAPI derives from the routes, completed by what every operation has in common."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.kit.strict import HEADERS, PATCHES
from scripts.openapi import bounds, examples, links, names, responses, vocabularies
from scripts.openapi.operations import Operation, declared
from scripts.openapi.walk import Json, Texts

_SERVERS: list[Json] = [
    {
        "url": "/",
        "description": "The server that this document comes from: production, or a local demonstration",
        "x-internal": False,
    }
]
_UNUSED = ("HTTPValidationError", "ValidationError")  # FastAPI's own errors; ours are problems
_PUBLIC: list[Json] = []  # written out where an operation needs no sign-in


def build(app: FastAPI, texts: Texts, sources: examples.Sources, listed: vocabularies.Listed) -> Json:
    """The document in English."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in texts["tags"].items()],
        servers=_SERVERS,
        contact={"name": "The maintainers of Hagukumi"},
        license_info={"name": "MIT", "identifier": "MIT"},
        **texts["about"],
    )
    _complete(document, app, sources)
    vocabularies.describe(document, listed)
    return document


def _complete(document: Json, app: FastAPI, sources: examples.Sources) -> None:
    """Add to each operation its texts, headers, problem responses and examples, to each schema its bounds."""
    for unused in _UNUSED:
        document["components"]["schemas"].pop(unused, None)
    names.rename(document)
    schemas: Json = document["components"]["schemas"]
    bounds.tighten(document)
    schemas |= bounds.never_null(responses.problem_schemas())
    document["components"] |= responses.components()
    examples.add(document, sources)
    for each in declared(app, document):
        _complete_operation(each, schemas)
    links.add(document)
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _complete_operation(each: Operation, schemas: Json) -> None:
    operation = each.content
    operation["description"] = " ".join(operation.get("description", "").split())
    operation["responses"] = responses.complete(each)
    own = [_sortable(_by_comma(parameter), each.sorts) for parameter in operation.get("parameters", [])]
    operation["parameters"] = [*own, *_headers(each)]
    _patch_as_merge(each)
    for content in _contents(operation):
        examples.fill(content, schemas)
    operation.setdefault("security", _PUBLIC)


def _headers(each: Operation) -> list[Json]:
    found = [_header("Accept-Language", "`ja` (default) or `en`: the language of problems", example="ja")]
    if each.takes_idempotency_key:
        found.append(_header("Idempotency-Key", "The same key and body within 24 h return the first response again"))
    if each.takes_if_match:
        found.append(_header("If-Match", "The ETag that was read, or `*`", required=each.requires_if_match))
    if each.versioned and each.method == "get":
        found.append(_header("If-None-Match", "An ETag received earlier: 304 if it is still current"))
    return found


def _header(name: str, description: str, *, required: bool = False, **more: Any) -> Json:
    schema = {"type": "string", "maxLength": 255, "pattern": f"^{HEADERS[name]}$", **more}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _by_comma(parameter: Json) -> Json:
    if parameter["in"] == "query" and parameter["schema"].get("type") == "array":
        return {**parameter, "style": "form", "explode": False}
    return parameter


def _sortable(parameter: Json, sorts: Sequence[str]) -> Json:
    """The list's own sort keys as the parameter's pattern."""
    if parameter["name"] != "sort" or not sorts:
        return parameter
    key = f"-?({'|'.join(sorts)})"
    return {**parameter, "schema": {**parameter["schema"], "pattern": f"^({key}(,{key})*)?$"}}


def _patch_as_merge(each: Operation) -> None:
    content = each.content.get("requestBody", {}).get("content", {})
    if each.method == "patch" and "application/json" in content:
        content[PATCHES] = content.pop("application/json")


def _contents(operation: Json) -> list[Json]:
    """What the operation takes and gives, problems left out."""
    own = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [content for part in own for content in part.get("content", {}).values()]
