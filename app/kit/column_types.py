"""Which type of PostgreSQL a parameter of a request has, and which of Python a column."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Date, DateTime, Integer, SQLColumnExpression, String, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from app.kit.reading import element

_SQL_TYPES: Mapping[type, TypeEngine[Any]] = {
    UUID: Uuid(),
    str: String(),
    int: Integer(),
    AwareDatetime: DateTime(timezone=True),
    datetime: DateTime(timezone=True),
    date: Date(),
}


def sql_type(annotation: object) -> TypeEngine[Any]:
    """Of a field's values: `Values[Code] | None` is an array of text."""
    kinds = list(_kinds(annotation))
    one = next(sql for kind in kinds for plain, sql in _SQL_TYPES.items() if issubclass(kind, plain))
    return ARRAY(one) if any(kind is list for kind in kinds) else one


def _kinds(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for origin in (getattr(annotation, "__origin__", None), *get_args(annotation)):
        if origin is not None:
            yield from _kinds(origin)


def python_type(column: SQLColumnExpression[object]) -> type:
    kind = element(column).type
    return (
        kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    ).python_type  # AutoString has no python_type of its own
