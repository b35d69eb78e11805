"""Lists: the requested page, by offset or keyset cursor, with its count and the link to the next page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import partial
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Integer, Row, Select, Table, and_, bindparam, func, or_, select, tuple_

from app.kit import clock, cursors
from app.kit.as_of import AsOf, Params
from app.kit.column_types import python_type
from app.kit.database import Db, planned_for_values
from app.kit.filters import Column
from app.kit.list_query import COUNTED_IF_ASKED, Given, ListQuery, Order, conditions, has_few, order_of
from app.kit.once import built_once
from app.kit.reading import element, fetched, require_existing
from app.kit.shown import Shown

T = TypeVar("T")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")
Keys = tuple[Callable[[object], object], ...]
"""Reads the values of the sort keys in a cursor."""


class ResultSet(Shown):
    count: int | None = Field(description="Rows that match; null where not counted")
    count_is_limited: bool = Field(description="Whether more rows match than `count`, which is exact otherwise")
    limit: int
    offset: int | None = Field(description="null when a cursor was given")


class Metadata(Shown):
    resultset: ResultSet
    next_cursor: str | None = Field(description="null on the last page")


class DatedMetadata(Metadata):
    as_of: date = Field(description="The day of the data")


class Page(Shown, Generic[T]):
    metadata: Metadata
    results: list[T]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name of the schema: `CourseReadPage`."""
        return f"{params[0].__name__}{cls.__name__}"


class DatedPage(Page[T]):
    metadata: DatedMetadata


@dataclass(frozen=True)
class Rows(Generic[T]):
    """The rows of one page; `page` takes the read models that a package makes from them."""

    rows: Sequence[T]
    metadata: Metadata
    as_of: AsOf | None

    def page(self, results: Sequence[R]) -> Page[R]:
        return Page(metadata=self.metadata, results=list(results))

    def dated_page(self, results: Sequence[R]) -> DatedPage[R]:
        assert self.as_of is not None  # noqa: S101 - a list by day is fetched as of a day
        metadata = DatedMetadata(**dict(self.metadata), as_of=self.as_of.day)
        return DatedPage(metadata=metadata, results=list(results))


class Pager:
    """Fetches the requested page: one statement, and a second where the rows have to be counted."""

    def __init__(self, request: Request, response: Response, db: Db) -> None:
        self._request, self._response, self._db = request, response, db
        self._keys = request.app.state.keys

    async def fetch(
        self, statement: Select[T], query: ListQuery, as_of: AsOf | None = None, **values: object
    ) -> Rows[T]:
        """Rows of one entity. `as_of` and `values` give the parameters of a statement that is built without them."""
        rows = await self.fetch_rows(statement, query, as_of, **values)
        return Rows([row[0] for row in rows.rows], rows.metadata, as_of)

    async def fetch_rows(
        self,
        statement: Select[*Ts],
        query: ListQuery,
        as_of: AsOf | None = None,
        further: Params | None = None,
        /,
        **values: object,
    ) -> Rows[Row[*Ts]]:
        """Rows of several columns. `further` gives typed parameters besides the days."""
        for mark, codes in query.codes():
            await require_existing(self._db, mark.column, codes, mark.error)
        now: dict[str, object] = {"now": clock.now(), "today": clock.today()}
        params = {**now, **(as_of.params if as_of else {}), **(further.params if further else {}), **values}
        params |= query.params
        sorting, identity, skipped = query.sorting(), query.identity(self._request.url.path), query.skipped()
        start = Start.AFTER if query.cursor else Start.SKIP if skipped else Start.FIRST
        page, keys = _page(statement, type(query), query.given(), sorting, start)
        found = await fetched(self._db, page, params | self._place(query, keys, identity))
        more, found = len(found) > query.limit, found[: query.limit]
        next_cursor = cursors.encode(self._keys, identity, list(found[-1][-len(keys) :])) if more else None
        if next_cursor:
            self._link(query, next_cursor)
        resultset = await self._resultset(statement, query, params, None if more else len(found))
        return Rows(found, Metadata(resultset=resultset, next_cursor=next_cursor), as_of)

    def _place(self, query: ListQuery, keys: Keys, identity: bytes) -> dict[str, object]:
        """Parameters for the place in the list."""
        place: dict[str, object] = {"page_rows": query.limit + 1, "skipped_rows": query.skipped()}
        if query.cursor:
            position = cursors.decode(self._keys, identity, query.cursor)
            values = (read(value) for read, value in zip(keys, position, strict=True))
            place |= {f"after_{index}": value for index, value in enumerate(values)}
        return place

    async def _resultset(
        self, statement: Select[*Ts], query: ListQuery, params: dict[str, object], last: int | None
    ) -> ResultSet:
        """Rows are counted only where the number of rows on the last page does not give it."""
        offset, most = None if query.cursor else query.offset or 0, query.counted()
        of = partial(ResultSet, limit=query.limit, offset=offset)
        if most is None:
            return of(count=None, count_is_limited=False)
        if last is not None and offset is not None and (last or not offset):
            return of(count=offset + last, count_is_limited=False)
        counted = await fetched(self._db, _counting(statement, type(query), query.given(), most), params)
        count = counted[0][0]
        return of(count=min(count, most), count_is_limited=count > most)

    def link(self, query: ListQuery, page: Rows[T]) -> None:
        """The link to the next page, for a page that was fetched for an earlier request."""
        if page.metadata.next_cursor:
            self._link(query, page.metadata.next_cursor)

    def _link(self, query: ListQuery, next_cursor: str) -> None:
        given = list(self._request.query_params.multi_items())
        following = None if query.offset is None else query.offset + query.limit
        by_offset = following is not None and following <= COUNTED_IF_ASKED
        changed = ("offset", str(following)) if by_offset else ("cursor", next_cursor)
        parameters = [pair for pair in given if pair[0] not in {"offset", "cursor"}] + [changed]
        self._response.headers["Link"] = f'<{self._request.url.path}?{urlencode(parameters)}>; rel="next"'


async def pager(request: Request, response: Response, db: Db) -> Pager:
    return Pager(request, response, db)


Pages = Annotated[Pager, Depends(pager)]


class Start(Enum):
    """How the place in a list is given."""

    FIRST = auto()
    AFTER = auto()
    SKIP = auto()


@built_once
def _page(
    statement: Select[*Ts], query: type[ListQuery], given: Given, sorting: str, start: Start
) -> tuple[Select[*Ts], Keys]:
    """The statement of a page for a shape of question, with the sort columns as its last ones."""
    order = order_of(query, sorting)
    asked = [*conditions(query, given), *([_after(order)] if start is Start.AFTER else [])]
    page = _ordered(statement.where(*asked), order).limit(bindparam("page_rows", type_=Integer))
    if start is Start.SKIP:
        page = _skipping(page, _ordered(statement, order), query.key)
    keyed = page.add_columns(*(element(column).label(f"order_{index}") for index, (column, _) in enumerate(order)))
    planned = keyed if has_few(query, given) else planned_for_values(keyed)
    return planned, tuple(TypeAdapter(python_type(column)).validate_python for column, _ in order)


@built_once
def _counting(statement: Select[*Ts], query: type[ListQuery], given: Given, most: int) -> Select[int]:
    narrow = statement.where(*conditions(query, given)).with_only_columns(query.key).limit(most + 1)
    counting = select(func.count()).select_from(narrow.subquery())
    return counting if has_few(query, given) else planned_for_values(counting)


def _ordered(statement: Select[*Ts], order: Order) -> Select[*Ts]:
    return statement.order_by(*(column.desc() if descends else column.asc() for column, descends in order))


def _skipping(page: Select[*Ts], ordered: Select[*Ts], key: Column) -> Select[*Ts]:
    """The page after so many rows, which are skipped by their keys alone: what a row shows besides is computed, and
    would be computed for each row that is skipped. A function with rows of its own is run once, as a whole."""
    skipped = bindparam("skipped_rows", type_=Integer)
    if not isinstance(getattr(key, "table", None), Table):
        return page.offset(skipped)
    return ordered.where(key.in_(page.with_only_columns(key).offset(skipped).correlate(None)))


def _after(order: Order) -> ColumnElement[bool]:
    """Rows after the position: one row comparison where all keys have one direction, so that an index serves it."""
    columns = [column for column, _ in order]
    values = [bindparam(f"after_{index}", type_=element(column).type) for index, column in enumerate(columns)]
    directions = {descends for _, descends in order}
    if len(directions) == 1:
        left, right = tuple_(*columns), tuple_(*values)
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
