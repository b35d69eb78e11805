"""What every operation returns besides its own result: headers and problems."""

from app.kit import error_handlers, problems, validation_texts
from app.kit.error_handlers import Problem
from app.kit.limits import TooManyRequests
from app.kit.problems import DomainError
from scripts.openapi.operations import Operation
from scripts.openapi.walk import Json, reference

_DEFINED: dict[int, type[DomainError]] = {
    401: problems.Unauthenticated,
    403: problems.Forbidden,
    404: problems.NotFound,
    409: problems.Conflict,
    412: problems.StaleVersion,
    422: problems.Invalid,
    428: problems.IfMatchRequired,
    429: TooManyRequests,
    503: problems.Unavailable,
}
_STATUSES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503)
_SUCCESS = {"200": "Success", "201": "Created", "204": "Done; no content"}
_TEXT: Json = {"type": "string", "maxLength": 2000, "pattern": r"^[\x20-\x7e]*$"}
HEADERS: dict[str, tuple[str, Json]] = {
    "X-Request-Id": ("The id of this request, also in the log", _TEXT | {"maxLength": 64}),
    "Access-Control-Allow-Origin": ("The origin whose pages may read the response, if the operator allows it", _TEXT),
    "ETag": ("The version of the resource, for If-Match and If-None-Match", _TEXT),
    "Location": ("The path of the new resource", _TEXT),
    "Link": ("The next page, `rel=next`", _TEXT),
    "Idempotency-Replayed": ("`true` when this is the first response again", _TEXT),
    "RateLimit": (
        '`"calls";r=59998;t=41`: requests left to you in this server process, and seconds until the window resets',
        _TEXT,
    ),
    "RateLimit-Policy": ('`"calls";q=300000;w=60`: the requests allowed in a window of so many seconds', _TEXT),
    "Retry-After": (
        "Seconds to wait before sending the request again",
        {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86_400},
    ),
}
_ALWAYS = ("X-Request-Id", "Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy")
DEPRECATED: dict[str, Json] = {  # written out where they are needed: without a deprecated operation nothing uses them
    "Deprecation": {"description": "Deprecated since this instant, `@` and seconds (RFC 9745)", "schema": dict(_TEXT)},
    "Sunset": {"description": "Available until this instant (RFC 8594); see `Link`", "schema": dict(_TEXT)},
}


def components() -> Json:
    """The responses and headers that operations refer to."""
    headers = {name: {"description": text, "schema": dict(schema)} for name, (text, schema) in HEADERS.items()}
    return {"responses": {_name(status): _problem(status) for status in _STATUSES}, "headers": headers}


def problem_schemas() -> Json:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def complete(operation: Operation) -> Json:
    """The operation's own responses with their headers, and the problems that it can meet."""
    written = operation.content["responses"]
    kept: Json = {status: response for status, response in written.items() if status < "400"}
    for status, response in kept.items():
        response["description"] = _SUCCESS[status]
        response["headers"] = _headers(*_ALWAYS, *_own_headers(operation, status))
    if operation.method == "get" and operation.versioned:
        kept["304"] = {"description": "The ETag sent is still current", "headers": _headers(*_ALWAYS, "ETag")}
    if operation.content.get("deprecated"):
        for response in kept.values():
            response["headers"] |= _headers("Link") | DEPRECATED
    return kept | {str(s): {"$ref": f"#/components/responses/{_name(s)}"} for s in sorted(_problems(operation))}


def _own_headers(operation: Operation, status: str) -> list[str]:
    found = []
    if operation.versioned and status in {"200", "201"}:
        found += ["ETag"]
    if operation.versioned and status == "201":
        found += ["Location"]
    if operation.paged:
        found += ["Link"]
    if operation.takes_idempotency_key:
        found += ["Idempotency-Replayed"]
    return found


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems(operation: Operation) -> set[int]:
    """The statuses of the problems: what the request can get wrong, who may send it, what the state forbids."""
    found = {422, 429, 500, 503}
    if operation.has_body:
        found |= {400, 413, 415}
    if operation.needs_sign_in:
        found |= {401, 403}
    if operation.issues_tokens:
        found |= {401}
    if operation.has_path_parameters:
        found |= {404}
    if operation.can_conflict:
        found |= {409}
    if operation.takes_if_match:
        found |= {412}
    if operation.requires_if_match:
        found |= {428}
    return found


def _name(status: int) -> str:
    """The problem's own name: Python's phrases for statuses change from version to version."""
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
        detail = validation_texts.message_for("missing", {})[1]
        example["errors"] = [{"pointer": "/name", "code": "missing", "detail": detail}]
    content = {error_handlers.MEDIA_TYPE: {"schema": reference("Problem"), "example": example}}
    waiting = ["Retry-After"] if status in {409, 429, 503} else []
    return {"description": en, "content": content, "headers": _headers(*_ALWAYS, *waiting)}
