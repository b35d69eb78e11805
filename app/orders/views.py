"""What is public of a row, for its read model."""

from datetime import date

from app.orders.rules import is_published
from app.people.models import Absence, Employment, Post


def public_valid_to(row: Employment | Post | Absence, today: date) -> date | None:
    """The end that everybody knows today."""
    return row.valid_to if is_published(row.end_published_on, today) else row.public_valid_to
