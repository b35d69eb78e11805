"""Database functions of personnel data as tables, and conditions on them.

Without an `AsOf` the days are parameters of the statement (`kit.as_of`), so that it can be built before they are known.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    FunctionElement,
    Integer,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    and_,
    any_,
    cast,
    column,
    exists,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import SQLModel, col

from app.kit.as_of import DAY, PUBLISHED_BY, AsOf, arguments
from app.kit.fields import Period
from app.kit.records import Record, in_force
from app.people.models import Absence, Employee, Employment, OrgUnit, Post

IdColumn = SQLCoreOperations[UUID | None] | UUID | None
"""A column of ids; SQLModel types an attribute of a model as the value in a row."""
DayColumn = SQLCoreOperations[date | None] | date
"""A day, or a column or parameter that holds one."""


R = TypeVar("R", bound=Record)


def _columns(model: type[SQLModel]) -> list[ColumnClause[object]]:
    return [column(each.name, each.type) for each in inspect(model).local_table.c]


_POST = _columns(Post)


def workforce_on(as_of: AsOf | None = None, name: str = "workforce") -> TableValuedAlias:
    """People employed on the day: primary post and unit, terms of service, whether in scope, whether absent."""
    return (
        func.workforce_on(*arguments(as_of))
        .table_valued(
            column("employee_id", Uuid),
            column("post_id", Uuid),
            column("org_unit_id", Uuid),
            column("appointment_type", String),
            column("job_service", String),
            column("job_category", String),
            column("in_scope", Boolean),
            column("absent", Boolean),
        )
        .alias(name)
    )


def posts_on(as_of: AsOf | None = None, name: str = "posts") -> TableValuedAlias:
    """Posts held on the day."""
    return func.posts_on(*arguments(as_of)).table_valued(*_POST).alias(name)


def employments_on(as_of: AsOf | None = None, name: str = "terms") -> TableValuedAlias:
    """Terms of service in force on the day."""
    return func.employments_on(*arguments(as_of)).table_valued(*_columns(Employment)).alias(name)


def absences_on(as_of: AsOf | None = None, name: str = "absences") -> TableValuedAlias:
    """Leave, secondment and suspension on the day."""
    return func.absences_on(*arguments(as_of)).table_valued(*_columns(Absence)).alias(name)


def heads_on() -> TableValuedAlias:
    """Posts of heads and acting heads in office on the statement's day; a head on leave is not in office."""
    return func.heads_on(DAY, PUBLISHED_BY).table_valued(*_POST).alias("heads")


WORKFORCE = workforce_on()


def _known(model: type[R], function: FunctionElement[Any], name: str) -> type[R]:
    return aliased(model, function.table_valued(*_columns(model)).alias(name), adapt_on_names=True)


KnownEmployment = _known(Employment, func.employments_known(PUBLISHED_BY), "known_terms")
KnownPost = _known(Post, func.posts_known(PUBLISHED_BY), "known_post")
KnownAbsence = _known(Absence, func.absences_known(PUBLISHED_BY), "known_absence")
"""Rows as published by the day; what is published later is masked."""


def is_known(employee_id: IdColumn) -> ColumnElement[bool]:
    """Terms of service of the person are published: before, the person does not exist."""
    return exists().where(col(KnownEmployment.employee_id) == employee_id)


def last_day_served(employee_id: IdColumn, day: DayColumn) -> ColumnElement[date | None]:
    """The last day up to this one on which the person was employed, as published by then; null if never."""
    return func.last_day_served(employee_id, day, type_=Date)


SHOWN_NAME: ColumnElement[str] = func.coalesce(col(Employee.display_name), col(Employee.name), type_=String)
"""`Employee.shown_name`."""

PERSON_CHANGED_AT: ColumnElement[datetime] = func.employee_known_change(
    col(Employee.updated_at), col(Employee.public_updated_at), PUBLISHED_BY, type_=DateTime(timezone=True)
)
"""When a person's own fields last changed, as far as the caller knows."""


def known_version(row_version: SQLCoreOperations[int] | int) -> ColumnElement[int]:
    """The version of a row for the caller: constant for those who do not know every order."""
    return func.known_version(row_version, PUBLISHED_BY, type_=Integer)


def valid_on(model: type[Period], day: DayColumn = DAY) -> ColumnElement[bool]:
    """The row's period contains the day."""
    return in_force(col(model.valid_from), col(model.valid_to), day)


def start_of(day: SQLCoreOperations[date]) -> ColumnElement[datetime]:
    """Midnight in Tokyo."""
    return func.start_of(day, type_=DateTime(timezone=True))


def below_unit(top: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """The unit is `top` or below it."""
    return col(OrgUnit.lineage).contains(array([top]))


def in_subtree(unit_id: IdColumn, top: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """The unit with this id is `top` or below it."""
    return cast(unit_id, Uuid).in_(select(col(OrgUnit.id)).where(below_unit(top)))


def overlaps(
    lineage: SQLCoreOperations[list[UUID]] | list[UUID], units: ColumnElement[Sequence[UUID]]
) -> ColumnElement[bool]:
    """The unit with this lineage is one of `units` or below one of them."""
    return cast(lineage, ARRAY(Uuid)).op("&&", is_comparison=True)(units)


def holds_rank(employee_id: IdColumn, ranks: SQLCoreOperations[list[str]]) -> ColumnElement[bool]:
    """The person holds a post of one of these ranks on the statement's day."""
    posts = posts_on(name="their_posts")
    return exists().where(and_(posts.c.employee_id == employee_id, posts.c.position_rank == any_(ranks)))


def members(units: ColumnElement[Sequence[UUID]], day: BindParameter[date]) -> Select[UUID]:
    """Ids of those who hold a post on the day in one of the units or below; a concurrent post counts, so both heads see
    them."""
    posts = func.posts_on(day, PUBLISHED_BY).table_valued(*_POST).alias("colleague_posts")
    below = select(col(OrgUnit.id)).where(overlaps(OrgUnit.lineage, units))
    return select(posts.c.employee_id).where(posts.c.org_unit_id.in_(below))
