"""The OpenAPI document: what FastAPI derives, completed by what every operation has in common."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

from app.kit import errors, problems, words
from app.kit.errors import Problem
from app.kit.problems import DomainError
from app.kit.strict import PATCHES

Json = dict[str, Any]

ABOUT: Json = {
    "title": "Hagukumi",
    "version": "0.1.0",
    "summary": "The register in which a city office develops its digital talent",
    "docs_url": None,
    "redoc_url": None,
    "servers": [{"url": "/", "description": "This server"}],
}
CORS: Json = {
    "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id"],
    "expose_headers": ["ETag", "Link", "Location", "X-Request-Id", "Idempotency-Replayed", "Retry-After"],
}
_COMMON: dict[int, type[DomainError]] = {
    401: problems.Unauthenticated,
    403: problems.Forbidden,
    404: problems.NotFound,
    409: problems.Conflict,
    412: problems.StaleVersion,
    422: problems.Invalid,
    428: problems.VersionRequired,
    503: problems.Unavailable,
}
_EVERY_STATUS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 500, 503)
_METHODS = ("get", "post", "patch", "put", "delete")


def install(app: FastAPI) -> None:
    derive = app.openapi

    @cache
    def document() -> Json:
        return complete(derive())

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_json() -> JSONResponse:
        return JSONResponse(document())

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(openapi_url="/openapi.json", title="Hagukumi")


def complete(document: Json) -> Json:
    """Add to each operation its texts, headers, problem answers and examples."""
    schemas: Json = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _problem_schemas()
    document["components"]["responses"] = {_name(status): _problem(status) for status in _EVERY_STATUS}
    for path, method, operation in operations(document):
        operation["summary"], operation["description"] = _texts(operation)
        operation["responses"] = _responses(path, method, operation, schemas)
        operation["parameters"] = [*map(_by_comma, operation.get("parameters", [])), *_headers(path, method)]
        _describe_body(method, operation, schemas)
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _texts(operation: Json) -> tuple[str, str]:
    description = " ".join(operation.get("description", "").split())
    return description.split(". ")[0].rstrip("."), description


def _problem_schemas() -> Json:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _headers(path: str, method: str) -> list[Json]:
    text = {"type": "string", "maxLength": 255}
    found = [_header("Accept-Language", "`ja` (default) or `en`: the language of problems", text | {"example": "ja"})]
    if method == "post" and not path.endswith("/auth/token"):
        found.append(_header("Idempotency-Key", "The same key and body within 24 h gives the first answer again", text))
    if method in {"patch", "delete"}:
        found.append(_header("If-Match", "The ETag that was read, or `*`", text, required=True))
    if method == "get" and path.endswith("}"):
        found.append(_header("If-None-Match", "The ETag that is held: 304 when it is current", text))
    return found


def _header(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _by_comma(parameter: Json) -> Json:
    schema = parameter.get("schema", {})
    several = [schema, *schema.get("anyOf", [])]
    if parameter["in"] == "query" and any(kind.get("type") == "array" for kind in several):
        return {**parameter, "style": "form", "explode": False}
    return parameter


def _responses(path: str, method: str, operation: Json, schemas: Json) -> Json:
    kept = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    for answer in kept.values():
        answer["headers"] = {"X-Request-Id": {"schema": {"type": "string"}, "description": "The id of this call"}}
        for content in answer.get("content", {}).values():
            _show(content, schemas)
    if method == "get" and "If-None-Match" in {header["name"] for header in _headers(path, method)}:
        kept["304"] = {"description": "The ETag that you hold is current"}
    problems_met = {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"}
        for status in _statuses(path, method, operation)
    }
    return kept | problems_met


def _statuses(path: str, method: str, operation: Json) -> list[int]:
    found = [500, 503]
    if operation.get("parameters") or "requestBody" in operation:
        found += [422]
    if "requestBody" in operation:
        found += [400, 413, 415]
    if operation.get("security"):
        found += [401, 403]
    if path.endswith("/auth/token"):
        found += [401]
    if "{" in path:
        found += [404]
    if method != "get" and operation.get("security"):
        found += [409]
    if method in {"patch", "delete"}:
        found += [412, 428]
    return sorted(found)


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "").replace("-", "")


def _problem(status: int) -> Json:
    kind = _COMMON.get(status)
    code, ja, en = (kind.code_of(), kind.ja, kind.title_en()) if kind else errors.of_status(status)
    example: Json = {
        "type": f"urn:hagukumi:problem:{code}",
        "title": ja,
        "status": status,
        "detail": ja,
        "instance": "/api/v1/…",
        "code": code,
    }
    if status == 422:
        said = words.say("missing", {})[0]
        example["errors"] = [{"pointer": "/name", "code": "missing", "detail": said}]
    content = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": en, "content": content}


def _describe_body(method: str, operation: Json, schemas: Json) -> None:
    body = operation.get("requestBody")
    if body is None:
        return
    if method == "patch" and "application/json" in body["content"]:
        body["content"] = {PATCHES: body["content"]["application/json"]}
    for content in body["content"].values():
        _show(content, schemas)


def _show(content: Json, schemas: Json) -> None:
    """An example of the whole: the schema's own, or put together from what its members show."""
    example = example_of(content.get("schema", {}), schemas)
    if example is not None and "example" not in content:
        content["example"] = example


def example_of(schema: Json, schemas: Json) -> Any:
    if "$ref" not in schema:
        items = example_of(schema["items"], schemas) if "items" in schema else None
        return None if items is None else [items]
    name = schema["$ref"].rsplit("/", 1)[1]
    known = schemas[name]
    if known.get("examples"):
        return known["examples"][0]
    if "results" in known.get("properties", {}):
        return _example_page(known, schemas)
    return _example_input(name, known, schemas)


def _example_page(page: Json, schemas: Json) -> Json:
    metadata: Json = {"resultset": {"count": 1, "limit": 50, "offset": 0}, "next_cursor": None}
    if page["properties"]["metadata"]["$ref"].endswith("DatedMetadata"):
        metadata["as_of"] = "2026-11-23"
    return {"metadata": metadata, "results": example_of(page["properties"]["results"], schemas) or []}


def _example_input(name: str, known: Json, schemas: Json) -> Json | None:
    """An input's example is its resource's, without what the server sets."""
    if all("examples" in member for member in known["properties"].values()):
        return {member: schema["examples"][0] for member, schema in known["properties"].items()}
    read = schemas.get(name.removesuffix("Fields").removesuffix("Create").removesuffix("Update") + "Read", {})
    shown = (read.get("examples") or [None])[0]
    return shown and {member: shown[member] for member in known["properties"] if member in shown}
