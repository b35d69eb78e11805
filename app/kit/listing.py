"""Lists: the requested page, by offset or keyset cursor, with its count and the link to the next page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, Table, and_, func, or_, select, tuple_

from app.kit import cursors
from app.kit.as_of import AsOf, Params
from app.kit.database import Db, planned_for_values
from app.kit.filters import COUNTED_IF_ASKED, Column, ListQuery, Order, element, python_type
from app.kit.reading import require_existing

T = TypeVar("T")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class ResultSet(BaseModel):
    count: int | None = Field(description="Rows that match; null where not counted")
    count_is_limited: bool = Field(description="Whether more rows match than `count`, which is exact otherwise")
    limit: int
    offset: int | None = Field(description="null when a cursor was given")


class Metadata(BaseModel):
    resultset: ResultSet
    next_cursor: str | None = Field(description="null on the last page")


class DatedMetadata(Metadata):
    as_of: date = Field(description="The day of the data")


class Page(BaseModel, Generic[T]):
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

    async def fetch(self, statement: Select[T], query: ListQuery, as_of: AsOf | None = None) -> Rows[T]:
        """Rows of one entity. `as_of` gives the days of a statement that is built without them."""
        rows = await self.fetch_rows(statement, query, as_of)
        return Rows([row[0] for row in rows.rows], rows.metadata, as_of)

    async def fetch_rows(
        self, statement: Select[*Ts], query: ListQuery, as_of: AsOf | None = None, further: Params | None = None
    ) -> Rows[Row[*Ts]]:
        """Rows of several columns. `further` gives the statement's parameters besides its days."""
        for mark, codes in query.codes():
            await require_existing(self._db, mark.column, codes, mark.error)
        params = {**(as_of.params if as_of else {}), **(further.params if further else {})}
        identity, order = query.identity(self._request.url.path), query.order()
        found = (await self._db.execute(self._page(statement, query, identity, order), params)).all()
        more, found = len(found) > query.limit, found[: query.limit]
        next_cursor = cursors.encode(self._keys, identity, list(found[-1][-len(order) :])) if more else None
        if next_cursor:
            self._link(query, next_cursor)
        resultset = await self._resultset(statement, query, params, None if more else len(found))
        return Rows(found, Metadata(resultset=resultset, next_cursor=next_cursor), as_of)

    def _page(self, statement: Select[*Ts], query: ListQuery, identity: bytes, order: Order) -> Select[*Ts]:
        skipped, filtered = query.skipped(), statement.where(*query.conditions())
        if query.cursor:
            filtered = filtered.where(_after(order, cursors.decode(self._keys, identity, query.cursor)))
        page = _ordered(filtered, order).limit(query.limit + 1)
        if skipped:
            page = _skipping(skipped, page, _ordered(statement, order), type(query).key)
        return planned_for_values(page.add_columns(*(column for column, _ in order)))

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
        narrow = statement.where(*query.conditions()).with_only_columns(type(query).key).limit(most + 1)
        counted = planned_for_values(select(func.count()).select_from(narrow.subquery()))
        count = await self._db.scalar(counted, params) or 0
        return of(count=min(count, most), count_is_limited=count > most)

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


def _ordered(statement: Select[*Ts], order: Order) -> Select[*Ts]:
    return statement.order_by(*(column.desc() if descends else column.asc() for column, descends in order))


def _skipping(rows: int, page: Select[*Ts], ordered: Select[*Ts], key: Column) -> Select[*Ts]:
    """The page after so many rows, which are skipped by their keys alone: what a row shows besides is computed, and
    would be computed for each row that is skipped. A function with rows of its own is run once, as a whole."""
    if not isinstance(getattr(key, "table", None), Table):
        return page.offset(rows)
    return ordered.where(key.in_(page.with_only_columns(key).offset(rows).correlate(None)))


def _after(order: Order, position: cursors.Position) -> ColumnElement[bool]:
    """Rows after the position: one row comparison where all keys have one direction, so that an index serves it."""
    values: list[object] = [
        TypeAdapter(python_type(column)).validate_python(value)
        for (column, _), value in zip(order, position, strict=True)
    ]
    columns = [column for column, _ in order]
    directions = {descends for _, descends in order}
    if len(directions) == 1:
        left, right = tuple_(*columns), tuple_(*values, types=[element(column).type for column in columns])
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
