"""Lists: the requested page, by offset or keyset cursor, with its count and the link to the next page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_

from app.kit import cursors
from app.kit.as_of import AsOf, Params
from app.kit.database import Db, planned_for_values
from app.kit.filters import ListQuery, Order, element, python_type
from app.kit.problems import Invalid
from app.kit.reading import require_existing

T = TypeVar("T")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class OffsetWithCursor(Invalid):
    """Give either an offset or a cursor."""

    ja = "offset と cursor は同時に指定できません。"


class ResultSet(BaseModel):
    count: int | None = Field(description="All rows that match; null where not counted")
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
        filtered = statement.where(*query.conditions())
        identity, order = query.identity(self._request.url.path), query.order()
        found = (await self._db.execute(self._page(filtered, query, identity, order), params)).all()
        more, found = len(found) > query.limit, found[: query.limit]
        next_cursor = cursors.encode(self._keys, identity, list(found[-1][-len(order) :])) if more else None
        if next_cursor:
            self._link(query, next_cursor)
        count = await self._count(filtered, query, params, None if more else len(found))
        offset = None if query.cursor else query.offset or 0
        resultset = ResultSet(count=count, limit=query.limit, offset=offset)
        return Rows(found, Metadata(resultset=resultset, next_cursor=next_cursor), as_of)

    def _page(self, statement: Select[*Ts], query: ListQuery, identity: bytes, order: Order) -> Select[*Ts]:
        if query.cursor and query.offset is not None:
            raise OffsetWithCursor(pointer="/query/offset")
        if query.cursor:
            statement = statement.where(_after(order, cursors.decode(self._keys, identity, query.cursor)))
        return planned_for_values(
            statement.add_columns(*(column for column, _ in order))
            .order_by(*(column.desc() if descends else column.asc() for column, descends in order))
            .limit(query.limit + 1)
            .offset(query.offset or None)
        )

    async def _count(
        self, statement: Select[*Ts], query: ListQuery, params: dict[str, object], last: int | None
    ) -> int | None:
        """Counted only where the number of rows on the last page does not give it."""
        if not query.counts():
            return None
        start = query.offset or 0
        if query.cursor is None and last is not None and (last or not start):
            return start + last
        narrow = statement.with_only_columns(type(query).key).order_by(None)
        counted = planned_for_values(select(func.count()).select_from(narrow.subquery()))
        return await self._db.scalar(counted, params) or 0

    def _link(self, query: ListQuery, next_cursor: str) -> None:
        given = list(self._request.query_params.multi_items())
        changed = ("cursor", next_cursor) if query.offset is None else ("offset", str(query.offset + query.limit))
        parameters = [pair for pair in given if pair[0] != changed[0]] + [changed]
        self._response.headers["Link"] = f'<{self._request.url.path}?{urlencode(parameters)}>; rel="next"'


async def pager(request: Request, response: Response, db: Db) -> Pager:
    return Pager(request, response, db)


Pages = Annotated[Pager, Depends(pager)]


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
