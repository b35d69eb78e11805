"""Database functions of personnel data as tables, and conditions on them.

Without an `AsOf` the days are parameters of the statement (`kit.as_of`), so that it can be built before they are known.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    TableValuedAlias,
    Uuid,
    and_,
    cast,
    column,
    exists,
    func,
    inspect,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.kit.as_of import DAY, PUBLISHED_BY, AsOf, arguments
from app.kit.fields import Period
from app.kit.records import in_force
from app.kit.text import like
from app.people.models import EmployeeNumber, OrgUnit, Post

IdColumn = SQLCoreOperations[UUID | None] | UUID | None
"""A column of ids; SQLModel types an attribute of a model as the value in a row."""
DayColumn = SQLCoreOperations[date | None] | date
"""A day, or a column or parameter that holds one."""

_POST = [column(each.name, each.type) for each in inspect(Post).local_table.c]


def workforce_on(as_of: AsOf | None = None, name: str = "workforce") -> TableValuedAlias:
    """People employed on the day: primary unit, terms of service, whether in scope, whether absent."""
    return (
        func.workforce_on(*arguments(as_of))
        .table_valued(
            column("employee_id", Uuid),
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


def heads_on() -> TableValuedAlias:
    """Posts of heads and acting heads in office on the statement's day; a head on leave is not in office."""
    return func.heads_on(DAY, PUBLISHED_BY).table_valued(*_POST).alias("heads")


WORKFORCE = workforce_on()
KnownPost = aliased(Post, func.posts_known(PUBLISHED_BY).table_valued(*_POST).alias("known_post"), adapt_on_names=True)
"""A post as published by the day; what is published later is masked."""


UNIT_NAME_KANA = func.coalesce(col(OrgUnit.name_kana), "")


def valid_on(model: type[Period], day: DayColumn = DAY) -> ColumnElement[bool]:
    """The row's period contains the day."""
    return in_force(col(model.valid_from), col(model.valid_to), day)


def unit_named(text: str) -> ColumnElement[bool]:
    """The unit's name or its reading contains the text."""
    pattern = like(text)
    return or_(*(func.lower(name).like(pattern) for name in (col(OrgUnit.name), col(OrgUnit.name_kana))))


def below_unit(top: UUID) -> ColumnElement[bool]:
    """The unit is `top` or below it."""
    return col(OrgUnit.lineage).contains([top])


def in_subtree(unit_id: IdColumn, top: UUID) -> ColumnElement[bool]:
    """The unit with this id is `top` or below it."""
    return cast(unit_id, Uuid).in_(select(col(OrgUnit.id)).where(below_unit(top)))


def overlaps(lineage: SQLCoreOperations[list[UUID]] | list[UUID], units: frozenset[UUID]) -> ColumnElement[bool]:
    """The unit with this lineage is one of `units` or below one of them."""
    return cast(lineage, ARRAY(Uuid)).op("&&", is_comparison=True)(cast(list(units), ARRAY(Uuid)))


def has_number(employee_id: IdColumn, numbers: list[str]) -> ColumnElement[bool]:
    """The person has, or once had, one of these employee numbers."""
    theirs = col(EmployeeNumber.employee_id) == employee_id
    return exists().where(theirs, col(EmployeeNumber.number).in_(numbers))


def holds_rank(employee_id: IdColumn, ranks: list[str]) -> ColumnElement[bool]:
    """The person holds a post of one of these ranks on the statement's day."""
    posts = posts_on(name="their_posts")
    return exists().where(and_(posts.c.employee_id == employee_id, posts.c.position_rank.in_(ranks)))


def works_under(employee_id: IdColumn, units: frozenset[UUID], as_of: AsOf | None = None) -> ColumnElement[bool]:
    """Holds a post on the day in one of the units or below; a concurrent post counts, so both heads see them."""
    posts = posts_on(as_of, "colleague_posts")
    below = select(col(OrgUnit.id)).where(overlaps(OrgUnit.lineage, units))
    return cast(employee_id, Uuid).in_(select(posts.c.employee_id).where(posts.c.org_unit_id.in_(below)))
