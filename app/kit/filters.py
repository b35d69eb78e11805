"""Marks on the fields of a list's query model: which condition on the rows each parameter is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, any_, not_

from app.kit import search
from app.kit.problems import DomainError
from app.kit.reading import element
from app.kit.text import like

T = TypeVar("T")
V = TypeVar("V")
Column = SQLColumnExpression[object]


class Filter(ABC, Generic[V]):
    """Marks a field of a query model as a condition on the rows. It is built once, with a parameter for the value."""

    @abstractmethod
    def condition(self, value: BindParameter[V]) -> ColumnElement[bool]: ...

    def bound(self, value: V) -> object:
        """The parameter's value."""
        return value


@dataclass(frozen=True)
class Eq(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: BindParameter[T]) -> ColumnElement[bool]:
        return self.column == value


@dataclass(frozen=True)
class Few(Eq[T]):
    """Of each value there are few rows, such as those of a person or a unit: the plan that is best for one of them is
    best for all, and is kept."""


@dataclass(frozen=True)
class In(Filter[list[T]]):
    column: SQLColumnExpression[T]

    def condition(self, value: BindParameter[list[T]]) -> ColumnElement[bool]:
        return self.column == any_(value)


@dataclass(frozen=True)
class Since(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: BindParameter[T]) -> ColumnElement[bool]:
        return self.column >= value


@dataclass(frozen=True)
class Until(Filter[T]):
    column: SQLColumnExpression[T]

    def condition(self, value: BindParameter[T]) -> ColumnElement[bool]:
        return self.column < value


@dataclass(frozen=True)
class Contains(Filter[str]):
    """Free text in a column of folded text."""

    column: SQLColumnExpression[str]

    def condition(self, value: BindParameter[str]) -> ColumnElement[bool]:
        return self.column.like(value)

    def bound(self, value: str) -> str:
        return like(value)


@dataclass(frozen=True)
class Found(Contains):
    """The same in a column whose letters are indexed (`search.letters_of`)."""

    def condition(self, value: BindParameter[str]) -> ColumnElement[bool]:
        return search.found(self.column, value)

    def bound(self, value: str) -> str:
        return search.sought(value)


@dataclass(frozen=True)
class Where(Filter[V]):
    """Any other condition: `Where(lambda value: …)`. The value is a parameter; a day or the time is one, too
    (`kit.as_of`), as the condition outlives the request."""

    build: Callable[[BindParameter[V]], ColumnElement[bool]]

    def condition(self, value: BindParameter[V]) -> ColumnElement[bool]:
        return self.build(value)


@dataclass(frozen=True)
class Is:
    """Marks a boolean field: the condition holds, or it does not."""

    column: SQLColumnExpression[bool]

    def condition(self, *, wanted: bool) -> ColumnElement[bool]:
        return element(self.column) if wanted else not_(self.column)


@dataclass(frozen=True)
class Listed:
    """Marks a field that takes codes of a list: an unknown one is refused."""

    column: SQLColumnExpression[str]
    error: type[DomainError]
