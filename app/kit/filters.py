"""Query parameters of lists, declared as models whose fields carry their filters; sorting and paging."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from sqlalchemy import ColumnElement, SQLColumnExpression, TypeDecorator, literal
from sqlalchemy.orm import QueryableAttribute

from app.kit import clock, search
from app.kit.fields import Day, Instant
from app.kit.problems import DomainError, Invalid
from app.kit.reading import pointers
from app.kit.text import like

T = TypeVar("T")
V = TypeVar("V")
Column = SQLColumnExpression[object]
Sorts = Mapping[str, Column]
Order = list[tuple[Column, bool]]
"""Columns, each with whether it descends."""
COUNTED, COUNTED_IF_ASKED = 1_000, 10_000
"""Rows that a list counts, by default and if it is asked to; page numbers reach as far as the latter. Both read every
row up to there: without a bound one call would cost as much as the city is large, and with a bound of thousands a count
by default more than its page."""


class Filter(ABC, Generic[V]):
    """Marks a field of a query model as a condition on the rows."""

    @abstractmethod
    def condition(self, value: V) -> ColumnElement[bool]: ...


@dataclass(frozen=True)
class Eq(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: T) -> ColumnElement[bool]:
        return self.column == value


@dataclass(frozen=True)
class In(Filter[Collection[T]]):
    column: SQLColumnExpression[T]

    def condition(self, value: Collection[T]) -> ColumnElement[bool]:
        return self.column.in_(value)


@dataclass(frozen=True)
class Since(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: T) -> ColumnElement[bool]:
        return self.column >= value


@dataclass(frozen=True)
class Until(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: T) -> ColumnElement[bool]:
        return self.column < value


@dataclass(frozen=True)
class Contains(Filter[str]):
    """Free text in a column of folded text."""

    column: SQLColumnExpression[str]

    def condition(self, value: str) -> ColumnElement[bool]:
        return self.column.like(like(value))


@dataclass(frozen=True)
class Found(Contains):
    """The same in a column whose letters are indexed (`search.letters_of`)."""

    def condition(self, value: str) -> ColumnElement[bool]:
        return search.found(self.column, literal(search.sought(value)))


@dataclass(frozen=True)
class Where(Filter[V]):
    """Any other condition: `Where(lambda value: …)`. One that depends on a day refers to `kit.as_of`."""

    build: Callable[[V], ColumnElement[bool]]

    def condition(self, value: V) -> ColumnElement[bool]:
        return self.build(value)


@dataclass(frozen=True)
class Listed:
    """Marks a field that takes codes of a list: an unknown one is refused."""

    column: SQLColumnExpression[str]
    error: type[DomainError]


class UnknownSortKey(Invalid):
    """The list cannot be sorted by this key."""

    ja = "このキーでは並べ替えできません。"
    detail_ja = "使えるキー: {keys}"
    detail_en = "Possible keys: {keys}"


class OffsetTooDeep(Invalid):
    """Page numbers end before this offset: follow next_cursor, which reaches every row."""

    ja = "ページ番号で読める範囲を超えています。その先は next_cursor をたどってください。"
    detail_ja = "offset は {most} 以下です。その先の行は next_cursor をたどると読めます。"
    detail_en = "An offset is at most {most}; next_cursor reaches the rows beyond."


class OffsetWithCursor(Invalid):
    """Give either an offset or a cursor."""

    ja = "offset と cursor は同時に指定できません。"


class ListQuery(BaseModel):
    """Parameters of every list; a package adds filters, `sorts`, `default_sort` and the tie-breaking `key`."""

    model_config = ConfigDict(extra="forbid")

    sorts: ClassVar[Sorts]
    default_sort: ClassVar[str]
    key: ClassVar[Column]

    limit: int = Field(default=50, ge=1, le=200, description="Rows per page")
    offset: int | None = Field(
        default=None,
        ge=0,
        json_schema_extra={"maximum": COUNTED_IF_ASKED},
        description="Rows to skip, for page numbers; beyond the maximum follow `next_cursor`",
    )
    cursor: str | None = Field(
        default=None, max_length=1000, pattern=r"^[A-Za-z0-9_-]*$", description="`next_cursor` of the previous page"
    )
    include_count: bool | None = Field(
        default=None,
        description=f"Count the rows, up to {COUNTED_IF_ASKED}; default: up to {COUNTED}, and only without a cursor",
    )
    sort: str | None = Field(default=None, max_length=200, description="Keys separated by commas, `-` for descending")

    def conditions(self) -> list[ColumnElement[bool]]:
        conditions = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None:
                conditions += [mark.condition(value) for mark in field.metadata if isinstance(mark, Filter)]
        return conditions

    def codes(self) -> list[tuple[Listed, dict[str, str]]]:
        """The codes of lists that are asked for, each by its JSON Pointer."""
        asked = []
        for name, field in type(self).model_fields.items():
            given = getattr(self, name) or []
            values = [given] if isinstance(given, str) else given
            marks = [mark for mark in field.metadata if isinstance(mark, Listed)]
            asked += [(mark, pointers(f"/query/{name}", values)) for mark in marks if values]
        return asked

    def order(self) -> Order:
        """The sort columns; the key breaks ties."""
        chosen: Order = []
        for key in (self.sort or self.default_sort).split(","):
            descends, name = key.startswith("-"), key.removeprefix("-")
            if name not in self.sorts:
                raise UnknownSortKey(pointer="/query/sort", keys=", ".join(self.sorts))
            chosen.append((_in_code_order(self.sorts[name]), descends))
        return [*chosen, (type(self).key, chosen[-1][1])]  # of the class: a mapped column is a descriptor

    def skipped(self) -> int:
        """How many rows stand before the page; none where a cursor says where it begins."""
        if self.offset is not None and self.cursor:
            raise OffsetWithCursor(pointer="/query/offset")
        if self.offset is not None and self.offset > COUNTED_IF_ASKED:
            raise OffsetTooDeep(pointer="/query/offset", most=COUNTED_IF_ASKED)
        return self.offset or 0

    def counted(self) -> int | None:
        """How many rows are counted at most; None: they are not counted."""
        if self.include_count is None:
            return None if self.cursor else COUNTED
        return COUNTED_IF_ASKED if self.include_count else None

    def identity(self, path: str) -> bytes:
        """What a cursor is bound to: the list, its filters and its order, not the page size."""
        paging = {"limit", "offset", "cursor", "include_count"}
        return to_json([path, self.model_dump(mode="json", exclude=paging)])


class ChangedQuery(ListQuery):
    """A list of rows with a time of change; `updated` is its column."""

    updated: ClassVar[Column]

    since: Instant | None = Field(default=None, description="Changed at or after this instant")
    until: Instant | None = Field(default=None, description="Changed before this instant")

    def conditions(self) -> list[ColumnElement[bool]]:
        after = [type(self).updated >= self.since] if self.since else []
        before = [type(self).updated < self.until] if self.until else []
        return [*super().conditions(), *after, *before]


class DatedQuery(BaseModel):
    """Mixed into a query: the list depends on the day."""

    as_of: Day = Field(default_factory=clock.today, description="The day of the data; default: today in Tokyo")


DayParam = Annotated[
    Day, Query(alias="as_of", default_factory=clock.today, description="The day of the data; default: today in Tokyo")
]


def element(column: SQLColumnExpression[T]) -> ColumnElement[T]:
    """The expression of a mapped attribute; any other column is one."""
    found = column.expression if isinstance(column, QueryableAttribute) else column
    assert isinstance(found, ColumnElement)  # noqa: S101 - SQLColumnExpression is the type of these two only
    return found


def python_type(column: Column) -> type:
    kind = element(column).type
    return (
        kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    ).python_type  # AutoString has no python_type of its own


@cache
def _in_code_order(column: Column) -> Column:
    """Text in the order of its code points, whatever the locale of the database."""
    return column.collate("C") if python_type(column) is str else column
