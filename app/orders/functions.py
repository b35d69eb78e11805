"""Conditions on what is published."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from app.kit.as_of import TODAY
from app.people.models import Absence, Employment, Post


def pending(model: type[Employment | Post | Absence]) -> Callable[[bool], ColumnElement[bool]]:
    """Whether something of the row is not published yet; always false for callers who do not know of it."""
    ahead = or_(col(model.published_on) > TODAY, col(model.end_published_on) > TODAY)
    return lambda wanted: ahead.is_(True) if wanted else ahead.is_not(True)
