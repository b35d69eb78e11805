"""The requested day and the day up to which personnel orders count as published, as one value.

It is made once for each request (`Principal.as_of`), so that the two days cannot be mixed. A statement that is built
before they are known refers to `DAY` and `PUBLISHED_BY` and is run with `AsOf.params`, which also say who asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy import BindParameter, Date, DateTime, bindparam

DAY = bindparam("day", type_=Date)
PUBLISHED_BY = bindparam("published_by", type_=Date)
TODAY = bindparam("today", type_=Date)
NOW = bindparam("now", type_=DateTime(timezone=True))


class Params(Protocol):
    """Values of a statement's parameters, typed where they are made."""

    @property
    def params(self) -> Mapping[str, object]: ...


@dataclass(frozen=True)
class AsOf:
    """`today` is None where nothing depends on it; `caller` has the parameters that say who asks."""

    day: date
    published_by: date
    today: date | None = None
    caller: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def params(self) -> Mapping[str, object]:
        """Values of the parameters of a statement that was built for any day and caller."""
        return {"day": self.day, "published_by": self.published_by, "today": self.today, **self.caller}


def arguments(as_of: AsOf | None) -> tuple[date | BindParameter[date], date | BindParameter[date]]:
    """The first two arguments of a database function: the value's own days, or the parameters where it is None."""
    return (DAY, PUBLISHED_BY) if as_of is None else (as_of.day, as_of.published_by)
