"""Rules of personnel data, as pure functions."""

from dataclasses import dataclass
from datetime import date

from app.people.enums import EmployeeStatus


def status_on(day: date, hired_on: date, *, employed: bool, absent: bool) -> EmployeeStatus:
    if not employed:
        return EmployeeStatus.UPCOMING if day < hired_on else EmployeeStatus.LEFT
    return EmployeeStatus.ABSENT if absent else EmployeeStatus.ACTIVE


def covers(valid_from: date, valid_to: date | None, start: date, end: date | None) -> bool:
    """The half-open period from `valid_from` to `valid_to` covers the one from `start` to `end`; None is open."""
    return valid_from <= start and (valid_to is None or (end is not None and end <= valid_to))


@dataclass(frozen=True)
class End:
    """The end of a post; without a day of publication it is public at once."""

    valid_to: date | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Order:
    """A post: `terms` are its other fields, `former_end` is the public end until `end` is published."""

    terms: tuple[object, ...]
    published_on: date | None
    end: End
    former_end: End = End()

    def known(self, published_by: date) -> tuple[tuple[object, ...], End] | None:
        """What is public on a day: terms and end, None before the order is published (SQL: `posts_known`)."""
        if not is_published(self.published_on, published_by):
            return None
        end = self.end if is_published(self.end.published_on, published_by) else self.former_end
        return (*self.terms, self.published_on), end


def is_published(published_on: date | None, published_by: date) -> bool:
    return published_on is None or published_on <= published_by


def former_end(order: Order, end: End, today: date) -> End:
    """The end that stays public until the new `end` is published."""
    known = order.known(today)
    return End() if known is None or is_published(end.published_on, today) else known[1]
