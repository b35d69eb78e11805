"""Conditions on what is published."""

from sqlalchemy import ColumnElement, and_, inspect, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.kit.as_of import TODAY
from app.people.models import Absence, Employment, Post


def pending(model: type[Employment | Post | Absence]) -> ColumnElement[bool]:
    """Whether something of the row is not published yet; always false for callers who do not know of it. Such rows are
    few, and looked for among those that are recorded, of which either day has an index."""
    recorded = aliased(inspect(model).mapper.class_)
    lies_ahead = or_(col(model.published_on) > TODAY, col(model.end_published_on) > TODAY).is_(True)
    rows = (select(col(recorded.id)).where(day > TODAY) for day in (recorded.published_on, recorded.end_published_on))
    return and_(col(model.id).in_(union_all(*rows)), lies_ahead)
