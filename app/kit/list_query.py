"""Query parameters of lists, declared as models whose fields carry their filters; sorting and paging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from sqlalchemy import BindParameter, ColumnElement, bindparam

from app.kit import clock
from app.kit.column_types import python_type, sql_type
from app.kit.fields import Day, Instant
from app.kit.filters import Column, Few, Filter, Is, Listed, Since, Until
from app.kit.problems import Invalid
from app.kit.reading import pointers

Sorts = Mapping[str, Column]
Order = list[tuple[Column, bool]]
"""Columns, each with whether it descends."""
COUNTED, COUNTED_IF_ASKED = 1_000, 10_000
"""Rows that a list counts, by default and if it is asked to; page numbers reach as far as the latter. Both read every
row up to there: without a bound one call would cost as much as the city is large, and with a bound of thousands a count
by default more than its page."""
Given = tuple[tuple[str, bool | None], ...]
"""The filters that are asked for, by name. A flag has its value here, as it makes another condition."""


@dataclass(frozen=True)
class Filtered:
    """A field with its filter, and the parameter that takes its value."""

    name: str
    mark: Filter[Any] | Is
    parameter: BindParameter[Any]

    def condition(self, flag: bool | None) -> ColumnElement[bool]:
        if isinstance(self.mark, Is):
            return self.mark.condition(wanted=bool(flag))
        return self.mark.condition(self.parameter)


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

    @classmethod
    def filters(cls) -> Iterator[tuple[str, Filter[Any] | Is]]:
        for name, field in cls.model_fields.items():
            yield from ((name, mark) for mark in field.metadata if isinstance(mark, Filter | Is))

    def given(self) -> Given:
        asked = ((one.name, getattr(self, one.name)) for one in filtered(type(self)))
        return tuple((name, value if isinstance(value, bool) else None) for name, value in asked if value is not None)

    @property
    def params(self) -> Mapping[str, object]:
        """Values of the parameters of the filters."""
        asked = ((one, getattr(self, one.name)) for one in filtered(type(self)))
        return {
            one.parameter.key: one.mark.bound(value)
            for one, value in asked
            if value is not None and isinstance(one.mark, Filter)
        }

    def codes(self) -> list[tuple[Listed, dict[str, str]]]:
        """The codes of lists that are asked for, each by its JSON Pointer."""
        asked = []
        for name, field in type(self).model_fields.items():
            given = getattr(self, name) or []
            values = [given] if isinstance(given, str) else given
            marks = [mark for mark in field.metadata if isinstance(mark, Listed)]
            asked += [(mark, pointers(f"/query/{name}", values)) for mark in marks if values]
        return asked

    def sorting(self) -> str:
        """The sort keys as given or by default; unknown ones are refused."""
        chosen = self.sort or self.default_sort
        if any(key.removeprefix("-") not in self.sorts for key in chosen.split(",")):
            raise UnknownSortKey(pointer="/query/sort", keys=", ".join(self.sorts))
        return chosen

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

    @classmethod
    def filters(cls) -> Iterator[tuple[str, Filter[Any] | Is]]:
        yield from super().filters()
        yield from (("since", Since(cls.updated)), ("until", Until(cls.updated)))


class DatedQuery(BaseModel):
    """Mixed into a query: the list depends on the day."""

    as_of: Day = Field(default_factory=clock.today, description="The day of the data; default: today in Tokyo")


DayParam = Annotated[
    Day, Query(alias="as_of", default_factory=clock.today, description="The day of the data; default: today in Tokyo")
]


@cache
def filtered(query: type[ListQuery]) -> tuple[Filtered, ...]:
    """The filters of a list, each with its parameter."""
    kinds = {name: sql_type(query.model_fields[name].annotation) for name, _ in query.filters()}
    return tuple(Filtered(name, mark, bindparam(f"asked_{name}", type_=kinds[name])) for name, mark in query.filters())


def conditions(query: type[ListQuery], given: Given) -> Iterator[ColumnElement[bool]]:
    asked = dict(given)
    return (one.condition(asked[one.name]) for one in filtered(query) if one.name in asked)


def has_few(query: type[ListQuery], given: Given) -> bool:
    """A filter that is asked for leaves few rows, whatever its value."""
    asked = dict(given)
    return any(one.name in asked and isinstance(one.mark, Few) for one in filtered(query))


def order_of(query: type[ListQuery], sorting: str) -> Order:
    """The sort columns; the key breaks ties."""
    keys = [(key.removeprefix("-"), key.startswith("-")) for key in sorting.split(",")]
    chosen: Order = [(_in_code_order(query.sorts[name]), descends) for name, descends in keys]
    return [*chosen, (query.key, chosen[-1][1])]


@cache
def _in_code_order(column: Column) -> Column:
    """Text in the order of its code points, whatever the locale of the database."""
    return column.collate("C") if python_type(column) is str else column
