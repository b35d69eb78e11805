"""Every list: filters, sorting, offsets and keyset cursors, declared as a query model with marked fields."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json
from sqlalchemy import ColumnElement, Select, TypeDecorator, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock, cursors
from app.kit.database import Db
from app.kit.fields import Day, Instant
from app.kit.problems import Invalid
from app.kit.text import like

T = TypeVar("T")
Sorts = Mapping[str, Any]
Listing = dict[str, Any]
Also = Callable[[AsyncSession, Sequence[Any]], Awaitable[Sequence[Any]]]


@dataclass(frozen=True)
class Filter:
    """Marks a field of a query model as a condition on the rows."""

    column: Any

    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        raise NotImplementedError


class Eq(Filter):
    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        return self.column == value  # type: ignore[no-any-return]


class In(Filter):
    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        return self.column.in_(value)  # type: ignore[no-any-return]


class Since(Filter):
    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        return self.column >= value  # type: ignore[no-any-return]


class Until(Filter):
    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        return self.column < value  # type: ignore[no-any-return]


class Contains(Filter):
    """Free text in a column of folded text."""

    def condition(self, value: Any, _query: "ListQuery") -> ColumnElement[bool]:
        return self.column.like(like(value))  # type: ignore[no-any-return]


class Where(Filter):
    """Any other condition: `Where(lambda value, query: …)`."""

    def condition(self, value: Any, query: "ListQuery") -> ColumnElement[bool]:
        return self.column(value, query)  # type: ignore[no-any-return]


class SortUnknown(Invalid):
    """The list cannot be sorted by this key."""

    ja = "このキーでは並べ替えできません。"
    detail_ja = "使えるキー: {keys}"
    detail_en = "Possible keys: {keys}"


class OffsetWithCursor(Invalid):
    """Give an offset or a cursor, not both."""

    ja = "offset と cursor は同時に指定できません。"


class ListQuery(BaseModel):
    """What every list takes; a room adds its filters, `sorts`, `default_sort` and `key`."""

    model_config = ConfigDict(extra="forbid")

    sorts: ClassVar[Sorts]
    default_sort: ClassVar[str]
    key: ClassVar[Any]

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page")
    offset: int | None = Field(default=None, ge=0, le=10_000_000, description="Rows to skip, for page numbers")
    cursor: str | None = Field(
        default=None, max_length=1000, pattern=r"^[A-Za-z0-9_-]*$", description="`next_cursor` of the page before"
    )
    include_count: bool | None = Field(default=None, description="Count all rows; the default is: not with a cursor")
    sort: str | None = Field(default=None, max_length=200, description="Keys by comma, `-` for descending")
    since: Instant | None = Field(default=None, description="Changed at or after this instant")
    until: Instant | None = Field(default=None, description="Changed before this instant")

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """The document names the list's own keys; rows without a time of change cannot be asked for it."""
        super().__pydantic_init_subclass__(**options)
        if not hasattr(cls, "sorts"):
            return
        key = f"-?({'|'.join(map(re.escape, cls.sorts))})"
        cls.model_fields["sort"].json_schema_extra = {"pattern": f"^({key}(,{key})*)?$"}
        if cls._updated() is None:
            del cls.model_fields["since"], cls.model_fields["until"]

    @classmethod
    def _updated(cls) -> Any:
        table = getattr(cls.key, "table", None)
        return None if table is None else table.c.get("updated_at")

    def conditions(self) -> list[ColumnElement[bool]]:
        found = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None:
                found += [mark.condition(value, self) for mark in field.metadata if isinstance(mark, Filter)]
        return found + self._changed()

    def _changed(self) -> list[ColumnElement[bool]]:
        updated = self._updated()
        return ([updated >= self.since] if self.since else []) + ([updated < self.until] if self.until else [])

    def order(self) -> list[tuple[Any, bool]]:
        """The sort columns, each with whether it descends; the id breaks ties."""
        chosen = []
        for key in (self.sort or self.default_sort).split(","):
            descends, name = key.startswith("-"), key.removeprefix("-")
            if name not in self.sorts:
                raise SortUnknown(pointer="/query/sort", keys=", ".join(self.sorts))
            chosen.append((_in_code_order(self.sorts[name]), descends))
        return [*chosen, (type(self).key, chosen[-1][1])]  # of the class: a mapped column is a descriptor

    def counts(self) -> bool:
        return self.include_count if self.include_count is not None else self.cursor is None

    def question(self, path: str) -> bytes:
        """What a cursor belongs to: the list, its filters and its order, whatever the page size."""
        paging = {"limit", "offset", "cursor", "include_count"}
        return to_json([path, self.model_dump(mode="json", exclude=paging)])


class DatedQuery(ListQuery):
    """A list that depends on the day."""

    as_of: Day = Field(default_factory=clock.today, description="The day to answer for; default: today in Tokyo")


AsOf = Annotated[Day, Query(default_factory=clock.today, description="The day to answer for; default: today in Tokyo")]


class ResultSet(BaseModel):
    count: int | None = Field(description="All rows of the question; null where not counted")
    limit: int
    offset: int | None = Field(description="null when a cursor was given")


class Metadata(BaseModel):
    resultset: ResultSet
    next_cursor: str | None = Field(description="null on the last page")


class DatedMetadata(Metadata):
    as_of: date = Field(description="The day that was answered for")


class Page(BaseModel, Generic[T]):
    metadata: Metadata
    results: list[T]


class DatedPage(BaseModel, Generic[T]):
    metadata: DatedMetadata
    results: list[T]


class Pager:
    """Fetches the page that a query asks for."""

    def __init__(self, request: Request, response: Response, db: Db) -> None:
        self._request, self._response, self._db = request, response, db
        self._keys = request.app.state.keys

    async def fetch(self, rows: Select[Any], query: ListQuery, also: Also | None = None, **bound: Any) -> Listing:
        """One statement for the page, one more if counted; `also` may add set-based steps for all its rows.

        `bound` gives values to the statement's parameters; `day` is the query's own as_of.
        """
        bound = {"day": query.as_of, **bound} if isinstance(query, DatedQuery) else bound
        filtered = rows.where(*query.conditions())
        question, order = query.question(self._request.url.path), query.order()
        found = await self._page(filtered, query, question, order, bound)
        more, found = len(found) > query.limit, found[: query.limit]
        width = len(rows.selected_columns) if not _one_entity(rows) else 1
        following = cursors.encode(self._keys, question, list(found[-1][-len(order) :])) if more else None
        results: Sequence[Any] = [row[0] if width == 1 else dict(list(row._mapping.items())[:width]) for row in found]
        metadata: dict[str, Any] = {
            "resultset": {
                "count": await self._total(filtered, query, bound, None if more else len(found)),
                "limit": query.limit,
                "offset": None if query.cursor else query.offset or 0,
            },
            "next_cursor": following,
        }
        if isinstance(query, DatedQuery):
            metadata["as_of"] = query.as_of
        self._link(query, following)
        return {"metadata": metadata, "results": await also(self._db, results) if also else results}

    async def _page(
        self, rows: Select[Any], query: ListQuery, question: bytes, order: list[tuple[Any, bool]], bound: Listing
    ) -> Sequence[Any]:
        if query.cursor and query.offset is not None:
            raise OffsetWithCursor(pointer="/query/offset")
        if query.cursor:
            rows = rows.where(_after(order, cursors.decode(self._keys, question, query.cursor)))
        page = (
            rows.add_columns(*(column for column, _ in order))
            .order_by(*(column.desc() if descends else column.asc() for column, descends in order))
            .limit(query.limit + 1)
            .offset(query.offset or None)
        )
        return (await self._db.execute(page, bound)).all()

    async def _total(self, rows: Select[Any], query: ListQuery, bound: Listing, last: int | None) -> int | None:
        """Counted only where a last page of so many rows does not tell."""
        if not query.counts():
            return None
        start = query.offset or 0
        if query.cursor is None and last is not None and (last or not start):
            return start + last
        narrow = rows.with_only_columns(type(query).key, maintain_column_froms=True).order_by(None)
        return await self._db.scalar(select(func.count()).select_from(narrow.subquery()), bound) or 0

    def _link(self, query: ListQuery, following: str | None) -> None:
        if following is None:
            return
        asked = [(name, value) for name, value in self._request.query_params.multi_items()]
        turned = ("cursor", following) if query.offset is None else ("offset", str(query.offset + query.limit))
        parameters = [pair for pair in asked if pair[0] != turned[0]] + [turned]
        self._response.headers["Link"] = f'<{self._request.url.path}?{urlencode(parameters)}>; rel="next"'


Pages = Annotated[Pager, Depends()]


def _one_entity(rows: Select[Any]) -> bool:
    return len(rows.column_descriptions) == 1


def _in_code_order(column: Any) -> Any:
    """Text in the order of its code points, whatever language the server speaks."""
    return column.collate("C") if _python_type(column) is str else column


def _python_type(column: Any) -> Any:
    kind = column.type
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type  # AutoString hides its own


def _after(order: list[tuple[Any, bool]], place: list[Any]) -> ColumnElement[bool]:
    """Rows behind the place: one row comparison where all keys run alike, so that an index serves it."""
    values = [
        TypeAdapter(_python_type(column)).validate_python(value)
        for (column, _), value in zip(order, place, strict=True)
    ]
    columns = [column for column, _ in order]
    directions = {descends for _, descends in order}
    if len(directions) == 1:
        left, right = tuple_(*columns), tuple_(*values, types=[column.type for column in columns])
        return left < right if directions.pop() else left > right
    return or_(
        *(
            and_(
                *(columns[j] == values[j] for j in range(i)),
                columns[i] < values[i] if order[i][1] else columns[i] > values[i],
            )
            for i in range(len(order))
        )
    )
