"""What every operation answers besides its own: problems and headers."""

from app.kit import error_handlers, problems, words
from app.kit.error_handlers import Problem
from app.kit.limits import TooManyCalls
from app.kit.openapi.walk import Json
from app.kit.problems import DomainError

_DEFINED: dict[int, type[DomainError]] = {
    401: problems.Unauthenticated,
    403: problems.Forbidden,
    404: problems.NotFound,
    409: problems.Conflict,
    412: problems.StaleVersion,
    422: problems.Invalid,
    428: problems.VersionRequired,
    429: TooManyCalls,
    503: problems.Unavailable,
}
_STATUSES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503)
_SUCCESS = {"200": "The answer", "201": "Created", "204": "Done; there is nothing to say"}
_TEXT: Json = {"type": "string", "maxLength": 2000, "pattern": r"^[\x20-\x7e]*$"}
HEADERS: dict[str, tuple[str, Json]] = {
    "X-Request-Id": ("The id of this call, also in the log", _TEXT | {"maxLength": 64}),
    "Access-Control-Allow-Origin": ("For a browser's page from an origin that the operator allows", _TEXT),
    "ETag": ("The version of the resource, for If-Match and If-None-Match", _TEXT),
    "Location": ("The path of the new resource", _TEXT),
    "Link": ("The next page, `rel=next`", _TEXT),
    "Idempotency-Replayed": ("`true` when this is the first answer again", _TEXT),
    "RateLimit": (
        '`"calls";r=59998;t=41`: calls left to you in this process, and seconds until they begin anew',
        _TEXT,
    ),
    "RateLimit-Policy": ('`"calls";q=60000;w=60`: the most calls within so many seconds', _TEXT),
    "Retry-After": (
        "Seconds to wait before the request is sent again",
        {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86_400},
    ),
}
_ALWAYS = ("X-Request-Id", "Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy")
FAREWELL: dict[str, Json] = {  # written out where they are needed: while nothing is deprecated, nothing refers to them
    "Deprecation": {"description": "Deprecated since this instant, `@` and seconds (RFC 9745)", "schema": dict(_TEXT)},
    "Sunset": {"description": "Answers until this instant (RFC 8594); `Link` says more", "schema": dict(_TEXT)},
}


def components() -> Json:
    """The responses and headers that operations refer to."""
    headers = {name: {"description": text, "schema": dict(schema)} for name, (text, schema) in HEADERS.items()}
    return {"responses": {_name(status): _problem(status) for status in _STATUSES}, "headers": headers}


def problem_schemas() -> Json:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def complete(path: str, method: str, operation: Json, *, versioned: bool) -> Json:
    """The operation's own answers with their headers, and the problems that it can meet."""
    kept = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    for status, answer in kept.items():
        if answer["description"] == "Successful Response":
            answer["description"] = _SUCCESS.get(status, "Done")
        answer["headers"] = _headers(*_ALWAYS, *_own_headers(method, status, answer, versioned=versioned))
    if method == "get" and versioned:
        kept["304"] = {"description": "The ETag that you hold is current", "headers": _headers(*_ALWAYS, "ETag")}
    if operation.get("deprecated"):
        for answer in kept.values():
            answer["headers"] |= _headers("Link") | FAREWELL
    statuses = _statuses(path, method, operation) | (_version_statuses(path, method) if versioned else set())
    return kept | {str(s): {"$ref": f"#/components/responses/{_name(s)}"} for s in sorted(statuses)}


def _own_headers(method: str, status: str, answer: Json, *, versioned: bool) -> list[str]:
    found = []
    if versioned and status in {"200", "201"}:
        found += ["ETag"]
    if versioned and status == "201":
        found += ["Location"]
    if method == "get" and any("Page_" in content["schema"].get("$ref", "") for content in _json(answer)):
        found += ["Link"]
    if method == "post":
        found += ["Idempotency-Replayed"]
    return found


def _json(answer: Json) -> list[Json]:
    return [content for kind, content in answer.get("content", {}).items() if kind == "application/json"]


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _statuses(path: str, method: str, operation: Json) -> set[int]:
    found = {422, 429, 500, 503}
    if "requestBody" in operation:
        found |= {400, 413, 415}
    if operation.get("security"):
        found |= {401, 403}
    if path.endswith("/auth/token"):
        found |= {401}
    if "{" in path:
        found |= {404}
    if method != "get" and operation.get("security"):
        found |= {409}
    return found


def _version_statuses(path: str, method: str) -> set[int]:
    """If-Match may be wrong, or missing where it is required."""
    if method == "get" or "{" not in path:
        return set()
    return {412, 428} if method in {"patch", "delete"} else {412}


def _name(status: int) -> str:
    """After the problem's own name: Python's phrases for statuses change from version to version."""
    if status in _DEFINED:
        return _DEFINED[status].__name__
    return "".join(word.capitalize() for word in error_handlers.of_status(status)[0].split("_"))


def _problem(status: int) -> Json:
    kind = _DEFINED.get(status)
    code, ja, en = (kind.code_of(), kind.ja, kind.title_en()) if kind else error_handlers.of_status(status)
    example: Json = {
        "type": f"urn:hagukumi:problem:{code}",
        "title": ja,
        "status": status,
        "detail": ja,
        "instance": "/api/v1/…",
        "code": code,
    }
    if status == 422:
        said = words.say("missing", {})[1]
        example["errors"] = [{"pointer": "/name", "code": "missing", "detail": said}]
    content = {error_handlers.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    waiting = ["Retry-After"] if status in {409, 429, 503} else []
    return {"description": en, "content": content, "headers": _headers(*_ALWAYS, *waiting)}
