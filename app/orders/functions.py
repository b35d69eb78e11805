"""Conditions on what is published."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from app.kit.as_of import TODAY
from app.people.models import Absence, Employment, Post


def pending(model: type[Employment | Post | Absence]) -> ColumnElement[bool]:
    """Whether something of the row is not published yet; always false for callers who do not know of it."""
    return or_(col(model.published_on) > TODAY, col(model.end_published_on) > TODAY).is_(True)
