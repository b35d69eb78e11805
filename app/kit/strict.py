"""Strict reading of requests: valid JSON, known parameters, accepted media types."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo
from starlette.exceptions import HTTPException

PATCHES = "application/merge-patch+json"
_TEXT = r"[\x20-\x7e]{0,255}"
HEADERS = {
    "Accept-Language": _TEXT,
    "If-Match": _TEXT,
    "If-None-Match": _TEXT,
    "Idempotency-Key": r"[\x21-\x7e]{1,255}",
}
"""The headers that are read, and their form."""
_FORMS = {name.lower().encode(): (name, re.compile(form.encode())) for name, form in HEADERS.items()}


class StrictRequest(Request):
    """NaN and lone surrogates pass here, so that the validator can name their field."""

    async def json(self) -> JsonValue:
        try:
            parsed: JsonValue = json.loads((await self.body()).decode(), object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error
        return parsed


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field is given twice")
    return fields


class Parameter(Protocol):
    """What is used of a parameter as FastAPI declares it."""

    @property
    def alias(self) -> str: ...
    @property
    def field_info(self) -> FieldInfo: ...


def parameter_names(dependant: Dependant) -> frozenset[str]:
    own = {name for field in dependant.query_params for name in _names(field)}
    return frozenset(own.union(*(parameter_names(below) for below in dependant.dependencies)))


def _names(field: Parameter) -> Iterator[str]:
    kind = field.field_info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (info.alias or name for name, info in kind.model_fields.items())
    else:
        yield field.alias


def refuse_unreadable(request: Request, known: frozenset[str]) -> None:
    """422 for parameters that the operation does not know and headers that are not of their form."""
    unknown = [name for name in request.query_params if name not in known]
    malformed = list(_malformed(request.scope["headers"]))
    if unknown or malformed:
        raise RequestValidationError(
            [
                *({"type": "extra_forbidden", "loc": ("query", name)} for name in unknown),
                *({"type": "string_pattern_mismatch", "loc": ("header", name)} for name in malformed),
            ]
        )


def _malformed(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[str]:
    for key, value in headers:
        if key in _FORMS and not _FORMS[key][1].fullmatch(value):
            yield _FORMS[key][0]


def refuse_other_media_types(request: Request) -> None:
    """415 for a body that is not JSON; forms are checked by the framework."""
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not _has_body(request):
        return
    accepted = {"application/json", PATCHES} if request.method == "PATCH" else {"application/json"}
    if given not in accepted:
        raise HTTPException(415, headers={"Accept-Patch": PATCHES} if request.method == "PATCH" else {})


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
