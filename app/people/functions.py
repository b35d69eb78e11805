"""Database functions of personnel facts as tables, and conditions on them. Each takes an `AsOf`, or None: then the days
are parameters of the statement (`kit.as_of`), so that it can be built before they are known."""

from typing import Any
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
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.kit.as_of import DAY, PUBLISHED_BY, AsOf, arguments
from app.kit.records import in_force
from app.kit.text import like
from app.people.models import EmployeeNumber, OrgUnit, Post

_POST = [column(each.name, each.type) for each in Post.__table__.c]  # type: ignore[attr-defined]


def workforce_on(as_of: AsOf | None = None, name: str = "workforce") -> TableValuedAlias:
    """Everybody employed on the day: primary unit, terms, in the policy's scope or not, absent or not."""
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


def heads_on(as_of: AsOf | None = None, name: str = "heads") -> TableValuedAlias:
    """The posts of heads and acting heads who are in office on the day: not of those on leave."""
    return func.heads_on(*arguments(as_of)).table_valued(*_POST).alias(name)


WORKFORCE = workforce_on()
KnownPost = aliased(Post, func.posts_known(PUBLISHED_BY).table_valued(*_POST).alias("known_post"), adapt_on_names=True)
"""A post as published by the day: without an order, an end or a time of change that is not."""


UNIT_NAME_KANA = func.coalesce(col(OrgUnit.name_kana), "")


def valid_on(model: Any, day: Any = DAY) -> ColumnElement[bool]:
    """The row's period contains the day."""
    return in_force(col(model.valid_from), col(model.valid_to), day)


def unit_named(text: str) -> ColumnElement[bool]:
    pattern = like(text)
    return or_(*(func.lower(name).like(pattern) for name in (col(OrgUnit.name), col(OrgUnit.name_kana))))


def below_unit(top: UUID) -> ColumnElement[bool]:
    """Units below `top`, and `top` itself."""
    return col(OrgUnit.lineage).contains([top])


def in_subtree(unit_id: Any, top: UUID) -> ColumnElement[bool]:
    """The unit is `top` or below it."""
    return cast(unit_id, Uuid).in_(select(col(OrgUnit.id)).where(below_unit(top)))


def overlaps(lineage: Any, units: frozenset[UUID]) -> ColumnElement[bool]:
    """The unit with this lineage is one of the units or below one."""
    return cast(lineage, ARRAY(Uuid)).op("&&", is_comparison=True)(cast(list(units), ARRAY(Uuid)))


def has_number(employee_id: Any, numbers: list[str]) -> ColumnElement[bool]:
    """Has one of these employee numbers, now or formerly."""
    theirs = col(EmployeeNumber.employee_id) == employee_id
    return exists().where(theirs, col(EmployeeNumber.number).in_(numbers))


def holds_rank(employee_id: Any, ranks: list[str]) -> ColumnElement[bool]:
    posts = posts_on(name="their_posts")
    return exists().where(and_(posts.c.employee_id == employee_id, posts.c.position_rank.in_(ranks)))


def works_under(employee_id: Any, units: frozenset[UUID], as_of: AsOf | None = None) -> ColumnElement[bool]:
    """Holds a post on the day in one of the units or below: a concurrent post counts, so both heads see the person."""
    posts = posts_on(as_of, "colleague_posts")
    below = select(col(OrgUnit.id)).where(overlaps(OrgUnit.lineage, units))
    return cast(employee_id, Uuid).in_(select(posts.c.employee_id).where(posts.c.org_unit_id.in_(below)))
