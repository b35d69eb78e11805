"""The facts of a day as tables. `day` and `known_on` are bound when a statement runs, so statements are built once.

`known_on`: personnel orders published up to this day are taken as known.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from app.kit.records import on_day
from app.kit.text import like
from app.people.models import NumberHeld, OrgUnit, Post

DAY = bindparam("day", type_=Date)

KNOWN_ON = bindparam("known_on", type_=Date)


def scope_on(day: Any = DAY, known_on: Any = KNOWN_ON, name: str = "facts") -> Any:
    """Everybody employed on the day: primary unit, terms, in the policy's scope or not, absent or not."""
    texts = ("appointment_type", "job_service", "job_category")
    return (
        func.scope_on(day, known_on)
        .table_valued(
            column("employee_id", Uuid),
            column("org_unit_id", Uuid),
            *(column(text, String) for text in texts),
            column("in_scope", Boolean),
            column("absent", Boolean),
        )
        .alias(name)
    )


def posts_on(day: Any = DAY, known_on: Any = KNOWN_ON, name: str = "posts") -> Any:
    """Posts held on the day."""
    columns = (column(c.name, c.type) for c in Post.__table__.c)  # type: ignore[attr-defined]
    return func.posts_on(day, known_on).table_valued(*columns).alias(name)


FACTS = scope_on()


def running(model: Any, day: date) -> ColumnElement[bool]:
    return on_day(col(model.valid_from), col(model.valid_to), day)


def held(day: date) -> ColumnElement[bool]:
    """The post is held on the day, for all that the asker may know: an order that is not published ends nothing."""
    return and_(col(Post.valid_from) <= day, or_(running(Post, day), col(Post.end_published_on) > KNOWN_ON))


def published(day: Any) -> ColumnElement[bool]:
    return or_(col(Post.published_on).is_(None), col(Post.published_on) <= day)


def unit_named(text: str) -> ColumnElement[bool]:
    pattern = like(text)
    return or_(*(func.lower(member).like(pattern) for member in (col(OrgUnit.name), col(OrgUnit.name_kana))))


def numbered(employee_id: Any, numbers: list[str]) -> ColumnElement[bool]:
    """Known by one of these numbers, now or formerly."""
    held = col(NumberHeld.employee_id) == employee_id
    return exists().where(held, col(NumberHeld.number).in_(numbers))


def in_subtree(unit_id: Any, top: UUID) -> ColumnElement[bool]:
    """The unit stands under `top`, or is it."""
    return unit_id.in_(select(col(OrgUnit.id)).where(col(OrgUnit.lineage).contains([top])))  # type: ignore[no-any-return]


def holds_post(employee_id: Any, **members: Any) -> ColumnElement[bool]:
    posts = posts_on(name="their_posts")
    return exists().where(
        posts.c.employee_id == employee_id, and_(*(posts.c[name].in_(values) for name, values in members.items()))
    )


def works_under(employee_id: Any, units: frozenset[UUID], day: Any, known_on: Any) -> ColumnElement[bool]:
    """Holds a post on the day in one of the units or below: a concurrent post counts, so both heads see the person."""
    posts = posts_on(day, known_on, "colleague_posts")
    above = cast(list(units), ARRAY(Uuid))
    below = select(col(OrgUnit.id)).where(col(OrgUnit.lineage).op("&&")(above))
    return employee_id.in_(select(posts.c.employee_id).where(posts.c.org_unit_id.in_(below)))  # type: ignore[no-any-return]
