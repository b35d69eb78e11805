"""Natural keys have one form, and no text is blank: in the models, in the tables and in the document."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from sqlalchemy import CheckConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import SQLModel

from app import tables
from app.kit.enums import LabelledEnum
from app.kit.fields import Characters
from app.kit.filters import Contains, Filter
from app.kit.reading import element
from app.kit.strict import HEADERS
from scripts.openapi import walk
from scripts.openapi.walk import Json
from tests.conventions.test_contract import DOCUMENT
from tests.conventions.test_lists import lists

SCHEMAS: Json = DOCUMENT["components"]["schemas"]
NAMED = re.compile(r"(.*_)?(codes?|numbers?|username)")
OTHERS = {"actor", "prerequisites", "position_rank", "position_ranks", "resource", "request_id", "pair_key"}
"""Members that take natural keys under another name."""
BLANKS = (" ", "\u3000", "\u200b\ufeff", "\u00a0\u3164")
UNLIKE = (" 1", "1\u3000", "\ufeff1", "１", "ｱ1", "\ue000", "1\u200b", "①", "葛\ufe00")
"""What a natural key is not."""


def models() -> dict[str, type[SQLModel]]:
    tables.load()
    found, waiting = {}, [SQLModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if isinstance(table := getattr(model, "__table__", None), Table):
            found[table.name] = model
    return found


def inside(annotation: object) -> Iterator[object]:
    yield annotation
    for each in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield from inside(each)


def parts(model: type[SQLModel], column: str) -> list[object]:
    field = model.model_fields[column]
    return [*inside(field.annotation), *field.metadata]


def unique(table: Table) -> set[str]:
    """Columns that take part in what must not occur twice."""
    constraints = [each for each in table.constraints if isinstance(each, UniqueConstraint | ExcludeConstraint)]
    return {column.name for each in constraints for column in each.columns} | {
        column.name for index in table.indexes if index.unique for column in index.columns
    }


def keys() -> Iterator[tuple[str, str]]:
    """Table and column of every text that identifies something, coded values left out."""
    for name, model in models().items():
        table = model.metadata.tables[name]
        for column in model.model_fields.keys() & table.columns.keys():
            found = parts(model, column)
            coded = any(isinstance(each, type) and issubclass(each, LabelledEnum) for each in found)
            if str in found and not coded and (column in unique(table) or NAMED.fullmatch(column)):
                yield name, column


KEYS = sorted(keys())


def test_there_are_natural_keys() -> None:
    assert {("account", "username"), ("employee_number", "number"), ("skill", "code")} <= set(KEYS)


@pytest.mark.parametrize(("table", "column"), KEYS)
def test_a_natural_key_has_a_form(table: str, column: str) -> None:
    model = models()[table]
    assert any(isinstance(part, Characters) for part in parts(model, column)), "Code or Key of app.kit.fields"
    if column in {"code", "username"} or column.endswith("number"):  # others refer to a key elsewhere
        checks = [each for each in model.metadata.tables[table].constraints if isinstance(each, CheckConstraint)]
        assert any(str(each.sqltext).startswith(f"{column} ~ ") for each in checks), "well_formed of app.kit.records"


def texts(schema: Json) -> Iterator[Json]:
    """The free texts of a schema, those of its entries included."""
    for part in walk.parts(schema):
        if part.get("type") == "string" and not {"enum", "const", "format"} & part.keys():
            yield part


def taken() -> Iterator[tuple[str, Json]]:
    """Where a text is sent, in a body or as a parameter, with its schema."""
    for name in walk.reached(walk.bodies(DOCUMENT), SCHEMAS):
        for member, schema in SCHEMAS[name].get("properties", {}).items():
            yield from ((f"{name}.{member}", part) for part in texts(schema))
    for path, method, operation in walk.operations(DOCUMENT):
        for each in operation["parameters"]:
            if each["name"] not in HEADERS:
                yield from ((f"{method} {path}?{each['name']}", part) for part in texts(each["schema"]))


TAKEN = list(taken())


def accepts(schema: Json, value: str) -> bool:
    return re.search(schema.get("pattern", ""), value) is not None


def test_no_text_is_blank() -> None:
    assert len(TAKEN) > 100
    assert {place for place, schema in TAKEN for blank in BLANKS if accepts(schema, blank)} == set()


def test_every_member_that_is_a_natural_key_has_a_form() -> None:
    named = [(place, schema) for place, schema in TAKEN if is_key(re.split(r"[.?]", place)[-1])]
    assert len(named) > 50
    assert {(place, value) for place, schema in named for value in UNLIKE if accepts(schema, value)} == set()


def is_key(member: str) -> bool:
    return NAMED.fullmatch(member) is not None or member in OTHERS


def test_every_reading_is_kana() -> None:
    named = [(place, schema) for place, schema in TAKEN if place.endswith("_kana")]
    assert len(named) >= 4
    assert {(place, value) for place, schema in named for value in ("山", "A", "1") if accepts(schema, value)} == set()


def test_free_text_is_sought_in_folded_text_and_readings_are_sorted_as_read() -> None:
    sought = {
        f"{kind.__name__}: {mark}"
        for kind in lists()
        for mark in (kind.model_fields["q"].metadata if "q" in kind.model_fields else ())
        if isinstance(mark, Filter) and not (isinstance(mark, Contains) and element(mark.column).key == "search_key")
    }
    ordered = {
        kind.__name__
        for kind in lists()
        if "name_kana" in getattr(kind, "sorts", {}) and element(kind.sorts["name_kana"]).key != "kana_order"
    }
    assert (sought, ordered) == (set(), set())
