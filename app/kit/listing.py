"""Every list: the page that was asked for, by offset or by keyset cursor, with its count and the way to the next."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import cursors
from app.kit.database import Db
from app.kit.filters import DatedQuery, ListQuery, python_type
from app.kit.problems import Invalid

T = TypeVar("T")
Listing = dict[str, Any]
Also = Callable[[AsyncSession, Sequence[Any]], Awaitable[Sequence[Any]]]


class OffsetWithCursor(Invalid):
    """Give an offset or a cursor, not both."""

    ja = "offset と cursor は同時に指定できません。"


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

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`CourseReadPage`, the name of the schema."""
        return f"{params[0].__name__}{cls.__name__}"


class DatedPage(Page[T]):
    metadata: DatedMetadata


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


def _after(order: list[tuple[Any, bool]], place: list[Any]) -> ColumnElement[bool]:
    """Rows behind the place: one row comparison where all keys run alike, so that an index serves it."""
    values = [
        TypeAdapter(python_type(column)).validate_python(value) for (column, _), value in zip(order, place, strict=True)
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
