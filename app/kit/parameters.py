"""Reads the parameters of a request as FastAPI does, by what is found out once about each of them.

What a parameter is called, whether it is a list and how its default is made does not change between requests, but is
asked for anew at each one by FastAPI. Values are still validated by its fields, and kinds that are not known here are
read by FastAPI itself.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from typing import Any, Protocol, cast, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.datastructures import QueryParams

Errors = list[Any]
Read = Callable[[Any], tuple[Any, Errors]]


class Field(Protocol):
    """What is used of a parameter as FastAPI declares it."""

    name: str
    field_info: FieldInfo

    @property
    def alias(self) -> str: ...

    def validate(self, value: object, values: dict[str, Any], /, *, loc: tuple[str, ...]) -> tuple[Any, Errors]: ...


@dataclass(frozen=True)
class Parameters:
    """Of one dependency: the name of each argument with what reads it from the path or from the query."""

    path: Sequence[tuple[str, Read]]
    query: Sequence[tuple[str, Read]]
    others: Sequence[Any]

    @classmethod
    def of(cls, declared: Dependant) -> "Parameters":
        path = [(field.name, _reader(field, "path")) for field in declared.path_params]
        query = [(field.name, _reader(field, "query")) for field in declared.query_params]
        return cls(path, query, declared.header_params)

    def read(self, request: Request) -> tuple[dict[str, Any], Errors]:
        values, errors = dict[str, Any](), Errors()
        for received, reads in ((request.path_params, self.path), (request.query_params, self.query)):
            for name, read in reads:
                values[name], wrong = read(received)
                errors += wrong
        if self.others:
            found, wrong = request_params_to_args(self.others, request.headers)
            values |= found
            errors += wrong
        return values, errors


def _reader(field: Field, part: str) -> Read:
    kind = field.field_info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _of_model(field, kind)
    if _is_list(kind) or field.field_info.validate_default:
        return _by_the_framework(field)
    return _of_one(field, part)


def _of_one(field: Field, part: str) -> Read:
    alias, default, otherwise = field.alias, _default(field), _by_the_framework(field)

    def read(received: Mapping[str, str]) -> tuple[Any, Errors]:
        value = received.get(alias)
        if value is not None:
            return field.validate(value, {}, loc=(part, alias))
        return (default(), []) if default else otherwise(received)

    return read


def _default(field: Field) -> Callable[[], Any] | None:
    info = field.field_info
    make = info.default_factory
    if info.is_required() or (make and signature(make).parameters):
        return None
    return cast("Callable[[], Any]", make) if make else lambda: deepcopy(info.default)


def _of_model(field: Field, model: type[BaseModel]) -> Read:
    lists = {info.alias or name for name, info in model.model_fields.items() if _is_list(info.annotation)}

    def read(received: QueryParams) -> tuple[Any, Errors]:
        given = {name: received.getlist(name) if name in lists else received[name] for name in received}
        return field.validate(given, {}, loc=("query",))

    return read


def _is_list(annotation: object) -> bool:
    """`list[X]`, or `list[X] | None`."""
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))


def _by_the_framework(field: Any) -> Read:
    def read(received: Mapping[str, str]) -> tuple[Any, Errors]:
        found, wrong = request_params_to_args([field], received)
        return found.get(field.name), wrong

    return read
