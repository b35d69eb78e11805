"""The OpenAPI document: what FastAPI derives, completed by what every operation has in common."""

from collections.abc import Mapping, Set
from functools import cache
from typing import Any

from fastapi import FastAPI, Response
from pydantic_core import to_json

from app.kit.openapi import answers, bounds, examples, japanese, links, listed, names, versions
from app.kit.openapi.walk import Json, operations
from app.kit.problems import Language
from app.kit.strict import HEADERS, PATCHES

_ABOUT: dict[str, Any] = {
    "title": "Hagukumi",
    "version": "0.1.0",
    "summary": "The register in which a city office develops its digital talent",
    "description": (
        "Roles, skills, trainings and their effect, for every employee and as of any day.\n\n"
        "Lists, errors (RFC 9457), versions (ETag, If-Match), retries (Idempotency-Key) and days (`as_of`) work alike "
        "everywhere. Texts of errors follow Accept-Language: `ja` (default) or `en`. `/api/v1/vocabulary` lists the "
        "labels of coded values. Examples are answers of the demonstration city, their lists cut to a few rows. "
        "日本語版: `/openapi.json?lang=ja`."
    ),
    "contact": {"name": "The maintainers of Hagukumi"},
    "license_info": {"name": "MIT", "identifier": "MIT"},
    "docs_url": None,
    "redoc_url": None,
    "servers": [
        {
            "url": "/",
            "description": "The server that gave this document: production, or a local demonstration",
            "x-internal": False,
        }
    ],
}
CORS: Json = {
    "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id"],
    "expose_headers": [
        name for name in (*answers.HEADERS, *answers.FAREWELL) if not name.startswith("Access-Control-")
    ],
}
_NOBODY: list[Json] = []  # a public operation says that it asks for nothing


def about(tags: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of FastAPI that describe the whole."""
    return _ABOUT | {"openapi_tags": [{"name": name, "description": text} for name, text in tags.items()]}


def install(app: FastAPI, texts: japanese.Texts, vocabularies: listed.Listed, answered: examples.Answers) -> None:
    """The contract at `/openapi.json`; with `lang=ja` its texts for people are Japanese."""
    derive = app.openapi

    @cache
    def document() -> Json:
        completed = complete(derive(), versions.versioned(app), answered)
        listed.say(completed, vocabularies)
        return completed

    @cache
    def written(language: Language) -> bytes:
        return to_json(japanese.translated(document(), texts) if language == "ja" else document())

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_json(lang: Language = "en") -> Response:
        return Response(written(lang), media_type="application/json")


def complete(document: Json, versioned: Set[tuple[str, str]], answered: examples.Answers) -> Json:
    """Add to each operation its texts, headers, problem answers and examples, to each schema its bounds."""
    schemas: Json = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    bounds.tighten(document)
    schemas |= bounds.never_null(answers.problem_schemas())
    document["components"] |= answers.components()
    examples.learn(document, answered)
    for path, method, operation in operations(document):
        operation["summary"], operation["description"] = _texts(operation)
        speaks = (path, method) in versioned
        operation["responses"] = answers.complete(path, method, operation, versioned=speaks)
        operation["parameters"] = [*map(_by_comma, operation.get("parameters", [])), *_headers(path, method, speaks)]
        _patch_as_merge(method, operation)
        for content in _contents(operation):
            examples.show(content, schemas)
        operation.setdefault("security", _NOBODY)
    links.add(document)
    names.rename(document)
    return document


def _texts(operation: Json) -> tuple[str, str]:
    description = " ".join(operation.get("description", "").split())
    return description.split(". ")[0].rstrip("."), description


def _headers(path: str, method: str, versioned: bool) -> list[Json]:
    found = [_header("Accept-Language", "`ja` (default) or `en`: the language of problems", example="ja")]
    if method == "post" and not path.endswith("/auth/token"):
        found.append(_header("Idempotency-Key", "The same key and body within 24 h gives the first answer again"))
    if versioned and method != "get" and "{" in path:
        required = method in {"patch", "delete"}
        found.append(_header("If-Match", "The ETag that was read, or `*`", required=required))
    if versioned and method == "get":
        found.append(_header("If-None-Match", "The ETag that is held: 304 when it is current"))
    return found


def _header(name: str, description: str, *, required: bool = False, **more: Any) -> Json:
    schema = {"type": "string", "maxLength": 255, "pattern": f"^{HEADERS[name]}$", **more}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _by_comma(parameter: Json) -> Json:
    if parameter["in"] == "query" and parameter["schema"].get("type") == "array":
        return {**parameter, "style": "form", "explode": False}
    return parameter


def _patch_as_merge(method: str, operation: Json) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    if method == "patch" and "application/json" in content:
        content[PATCHES] = content.pop("application/json")


def _contents(operation: Json) -> list[Json]:
    """What the operation takes and gives, problems left out."""
    own = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [content for part in own for content in part.get("content", {}).values()]
