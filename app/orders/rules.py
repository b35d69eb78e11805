"""What is public of an order, and how terms of service make up service. Plain values in, decisions out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.orders.errors import OutsideEmployment


@dataclass(frozen=True)
class End:
    """The end of a row; without a day of publication it is public at once."""

    valid_to: date | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Order:
    """A row: `terms` are its other fields, `former_end` is the public end until `end` is published."""

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


def publication_of_change(before: date | None, after: date | None, today: date) -> date | None:
    """When a changed end becomes public unless an order says so: on the day from which it makes a difference. An end
    that is taken back, or makes a difference already, is public at once."""
    if after is None:
        return None
    day = after if before is None else min(before, after)
    return day if day > today else None


def later(*days: date | None) -> date | None:
    """The later day of publication; None is published already."""
    return max((day for day in days if day), default=None)


@dataclass(frozen=True)
class Terms:
    """Terms of service by their period."""

    id: UUID
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Service:
    """Terms that follow each other without a gap; `last` are the ones that end them."""

    start: date
    end: date | None
    last: UUID

    def includes(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def lasts_until(self, end: date | None) -> bool:
        return self.end is None or (end is not None and end <= self.end)


def services(terms: Iterable[Terms]) -> list[Service]:
    """A person's service, in order; terms do not overlap."""
    found: list[Service] = []
    for each in sorted(terms, key=lambda one: one.valid_from):
        follows = bool(found) and found[-1].end == each.valid_from
        start = found.pop().start if follows else each.valid_from
        found.append(Service(start, each.valid_to, each.id))
    return found


def service_on(service: Iterable[Service], day: date) -> Service | None:
    return next((each for each in service if each.includes(day)), None)


def check_within(service: Sequence[Service], start: date, end: date | None) -> None:
    """A post or an absence lies within service without a gap."""
    around = service_on(service, start)
    if around is None or not around.lasts_until(end):
        raise OutsideEmployment(pointer="/valid_to" if around else "/valid_from")
