"""The base of stored records, and the kinds of columns and constraints that packages use."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    SQLColumnExpression,
    String,
    Uuid,
    and_,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute, declared_attr
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import Field, Relationship, SQLModel
from uuid6 import uuid7 as _uuid7

from app.kit import clock
from app.kit.fields import Characters

R = TypeVar("R", bound=SQLModel)

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


def uuid7() -> UUID:
    return UUID(int=_uuid7().int)


class Record(SQLModel):
    """A stored row. Its id sorts by time of creation; ETag and If-Match carry its version."""

    __audited__: ClassVar[bool] = True

    if not TYPE_CHECKING:

        def __init__(self, **values: object) -> None:
            """With defaults: SQLModel makes them, too, but asks for the signature of each factory at each record."""
            super().__init__(**{name: make() for name, make in _factories(type(self)) if name not in values}, **values)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    created_at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(
        default_factory=clock.now, sa_type=DateTime(timezone=True), sa_column_kwargs={"onupdate": clock.now}
    )
    row_version: int = Field(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:  # noqa: N805 - called on the class
        return {"version_id_col": cls.__table__.c.row_version} if hasattr(cls, "__table__") else {}


@cache
def _factories(model: type[SQLModel]) -> Sequence[tuple[str, Callable[[], Any]]]:
    made = ((name, field.default_factory) for name, field in model.model_fields.items())
    return [(name, cast("Callable[[], Any]", factory)) for name, factory in made if factory]


def relationship(**options: str) -> Any:
    """A relationship that is loaded only by a query that names it."""
    return Relationship(sa_relationship_kwargs={"lazy": "raise", **options})


def as_attribute(relation: object) -> QueryableAttribute[object]:
    """A relationship as loaders take it: `joinedload(as_attribute(Course.skills))`; SQLModel types it as its rows."""
    assert isinstance(relation, QueryableAttribute)  # noqa: S101 - what a mapped class has in its place
    return relation


def enum_column(**options: Any) -> Any:
    """A column for a StrEnum, stored as its value: a new value needs no migration."""
    return Field(sa_type=String, **options)


def text_array(**options: Any) -> Any:
    return _array(String, **options)


def uuid_array(**options: Any) -> Any:
    return _array(Uuid, **options)


def int_array(**options: Any) -> Any:
    return _array(Integer, **options)


def date_array(**options: Any) -> Any:
    return _array(Date, **options)


def _array(kind: Any, **options: Any) -> Any:
    """A column with an array of values, empty by default."""
    empty = {"server_default": text("'{}'")}
    return Field(default_factory=list, sa_type=ARRAY(kind), sa_column_kwargs=empty, **options)


def instant(**options: Any) -> Any:
    """A column with an instant: timestamptz."""
    return Field(sa_type=DateTime(timezone=True), **options)


def jsonb(**options: Any) -> Any:
    return Field(sa_type=JSONB, **options)


def well_formed(name: str, column: str, form: Characters) -> CheckConstraint:
    """The column's text has the form, however it is written."""
    return CheckConstraint(f"{column} ~ '{form.pattern}'", name=name)


def no_overlap(name: str, *equal: str, where: str | None = None, deferred: bool = False) -> ExcludeConstraint:
    """Rows equal in these columns must not overlap in valid_from / valid_to; `deferred`: checked at commit."""
    period = (text("daterange(valid_from, valid_to)"), "&&")
    return ExcludeConstraint(
        *((Column(column), "=") for column in equal),
        period,
        name=name,
        using="gist",
        where=text(where) if where else None,
        deferrable=deferred or None,
        initially="DEFERRED" if deferred else None,
    )


def in_force(
    start: SQLColumnExpression[date | None],
    end: SQLColumnExpression[date | None],
    day: date | SQLCoreOperations[date | None],
) -> ColumnElement[bool]:
    """The half-open period from `start` to `end` contains the day; null ends are open (SQL: `in_force`)."""
    return and_(start <= day, or_(end.is_(None), end > day))


async def remove(db: AsyncSession, record: SQLModel) -> None:
    await db.delete(record)
    await db.flush()


async def add(db: AsyncSession, record: R) -> R:
    db.add(record)
    await db.flush()
    return record
