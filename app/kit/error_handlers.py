"""Every error becomes RFC 9457 problem details, in the caller's language and without the rejected value."""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import cast

from asyncpg import InterfaceError as DriverError
from asyncpg import PostgresError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_json
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from app.kit import faults, logs, methods, problems, validation_texts
from app.kit.problems import DomainError, FieldError, Language

MEDIA_TYPE = "application/problem+json"
ErrorsByConstraint = Mapping[str, type[DomainError]]
_BY_STATE: Mapping[str, type[DomainError]] = {
    "23503": problems.InUse,
    **dict.fromkeys(("23505", "23P01"), problems.Duplicate),  # of a constraint without an error of its own
    **dict.fromkeys(("23502", "23514"), problems.Invalid),  # not null, check; likewise
    **dict.fromkeys(
        ("40001", "40P01", "55P03"), problems.ConcurrentChange
    ),  # serialization, deadlock, lock not available
    **dict.fromkeys(("57014", "25P03", "25P04"), problems.TookTooLong),  # of a statement, idle, of a transaction
    "53100": problems.StorageFull,
    "25006": problems.Unavailable,  # a standby, or made read-only by its operator
}
_BY_CLASS: Mapping[str, type[DomainError]] = {
    "22": problems.Invalid,  # values that the validators let through and the column refuses
    "53": problems.Busy,  # of connections, memory or configured limits there are too few
    **dict.fromkeys(("08", "28", "3D", "57", "58"), problems.Unavailable),  # connections, their rights, an operator
}
_MAX_FIELDS, _MAX_STEP = 100, 100  # a response about bad input does not grow with it


class ProblemField(BaseModel):
    """A field of the request that is wrong."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str | None = None
    errors: list[ProblemField] | None = None


BY_STATUS: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed", "リクエストを読み取れません。", "The request could not be read."),
    404: ("not_found", "対象が見つかりません。", "The resource does not exist."),
    405: ("method_not_allowed", "この操作は使えません。", "Method not allowed."),
    413: ("body_too_large", "本文が大きすぎます。", "The body is too large."),
    415: ("unsupported_media_type", "この形式の本文は受け付けません。", "This media type is not accepted."),
    500: ("internal_error", "サーバー内部でエラーが発生しました。", "An internal error occurred."),
}


def language_of(request: Request) -> Language:
    """English when the caller prefers it to Japanese; Japanese otherwise."""
    weights = {"ja": 0.0, "en": 0.0}
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag, _, quality = part.partition(";q=")
        primary = tag.strip().split("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _quality(quality))
    return "en" if weights["en"] > weights["ja"] else "ja"


def _quality(text: str) -> float:
    try:
        return min(max(float(text or 1), 0.0), 1.0)
    except ValueError:
        return 0.0


def respond(
    request: Request,
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    fields: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request)
    problem = Problem(
        type=f"urn:hagukumi:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        code=code,
        request_id=getattr(request.state, "request_id", None),
        errors=[_in_language(field, language) for field in fields] or None,
    )
    content = to_json(problem.model_dump(exclude_none=True))
    return Response(content, status, {**(headers or {}), "Content-Language": language}, MEDIA_TYPE)


def _in_language(field: FieldError, language: Language) -> ProblemField:
    detail = field.ja if language == "ja" else field.en
    return ProblemField(pointer=field.pointer, code=field.code, detail=detail)


def on_domain_error(request: Request, error: Exception) -> Response:
    known = cast(DomainError, error)
    language = language_of(request)
    return respond(
        request,
        known.status,
        known.code,
        known.title(language),
        known.detail(language),
        fields=known.fields,
        headers=known.headers,
    )


def on_invalid_request(request: Request, error: Exception) -> Response:
    errors: Sequence[ErrorDetails] = cast(RequestValidationError, error).errors()
    fields = [_field_error(entry, *entry["loc"]) for entry in errors[:_MAX_FIELDS]]
    return on_domain_error(request, problems.Invalid(fields=tuple(fields)))


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """For a body that a command validates itself (a merge patch)."""
    return tuple(_field_error(entry, "body", *entry["loc"]) for entry in error.errors()[:_MAX_FIELDS])


def _field_error(entry: ErrorDetails, part: str | int, *path: str | int) -> FieldError:
    """`part` of the request is body, query, path or header; `ctx` may name a field below the path."""
    context = entry.get("ctx") or {}
    if "field" in context:
        path = (*path, context["field"])
    kind = "unknown_parameter" if entry["type"] == "extra_forbidden" and part == "query" else entry["type"]
    code, ja, en = validation_texts.message_for(kind, context)
    steps = "".join("/" + _step(step) for step in path)
    return FieldError(steps if part == "body" else f"/{part}{steps}", code, ja, en)


def _step(name: str | int) -> str:
    """A field's name as a step of a JSON Pointer, with unprintable characters escaped, cut at the maximum length."""
    printable = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(name)[:_MAX_STEP])
    return printable.replace("~", "~0").replace("/", "~1")


def on_http_error(request: Request, error: Exception) -> Response:
    raised = cast(HTTPException, error)
    if raised.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = {"Allow": ", ".join(methods.allowed(request))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        raised = HTTPException(405, headers=allow)
    code, ja, en = of_status(raised.status_code)
    title = ja if language_of(request) == "ja" else en
    return respond(request, raised.status_code, code, title, title, headers=raised.headers)


def of_status(status: int) -> tuple[str, str, str]:
    """Code, Japanese and English for an error that only has a status."""
    return BY_STATUS.get(status, BY_STATUS[400 if status < 500 else 500])


def on_database_error(by_constraint: ErrorsByConstraint, request: Request, error: Exception) -> Response:
    cause, state = faults.cause_of(error), faults.sqlstate(error)
    kind = by_constraint.get(getattr(cause, "constraint_name", None) or "") or _BY_STATE.get(state)
    kind = kind or _BY_CLASS.get(state[:2])
    if kind is problems.StorageFull:
        request.app.state.database.note_full()
    if kind is None and not isinstance(cause, PostgresError):
        kind = problems.Unavailable
    return on_domain_error(request, kind(pointer=kind.member)) if kind else on_unexpected(request, error)


def on_stale(request: Request, _error: Exception) -> Response:
    """The row has changed after If-Match was compared, again and again."""
    return on_domain_error(request, problems.ConcurrentChange())


def on_unexpected(request: Request, error: Exception) -> Response:
    logs.failure("unexpected error", error, request_id=request.state.request_id)
    return on_http_error(request, HTTPException(500))


def install(app: FastAPI, by_constraint: ErrorsByConstraint) -> None:
    """`by_constraint` gives the error for each database constraint that can be violated by a request."""
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(StaleDataError, on_stale)
    for kind in (IntegrityError, DBAPIError, OperationalError, InterfaceError, PostgresError, DriverError):
        app.add_exception_handler(kind, partial(on_database_error, by_constraint))
    app.add_exception_handler(PoolTimeout, lambda request, _: on_domain_error(request, problems.Busy()))
    for lost in (ConnectionError, OSError):
        app.add_exception_handler(lost, lambda request, _: on_domain_error(request, problems.Unavailable()))
