"""How posts and absences follow the terms of service. Plain values in, decisions out."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.orders.errors import OutsideEmployment
from app.orders.rules import Service, Terms, service_on


def cut(
    start: date, ordered_to: date | None, service: Sequence[Service], changed: Terms
) -> tuple[date | None, UUID | None]:
    """The end of a post or an absence after terms were changed, and the terms that cut it.

    What would begin only after the changed terms has an empty period. Nothing begins before its terms.
    """
    around = service_on(service, start)
    if around is not None:
        return (ordered_to, None) if around.lasts_until(ordered_to) else (around.end, around.last)
    if changed.valid_to is None or start < changed.valid_to:
        raise OutsideEmployment(pointer="/valid_from")
    return start, changed.id


def earlier(*ends: date | None) -> date | None:
    """The earlier end; None is open."""
    return min((end for end in ends if end), default=None)
