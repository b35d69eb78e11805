"""The caller of a request, as plain values for rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from app.identity.permissions import Permission
from app.kit.as_of import AsOf
from app.kit.problems import Forbidden
from app.kit.write_marks import Position


@dataclass(frozen=True)
class Standing:
    """From today's posts and appointments: the caller's unit with those above it, units headed, units led."""

    own_lineage: frozenset[UUID] = frozenset()
    headed: frozenset[UUID] = frozenset()
    acting: frozenset[UUID] = frozenset()
    led: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Principal:
    account_id: UUID
    username: str
    display_name: str
    grants: tuple[str, ...]
    permissions: frozenset[Permission]
    today: date
    employee_id: UUID | None = None
    unit_id: UUID | None = None
    standing: Standing = field(default_factory=Standing)
    written: Position | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, *any_of: Permission) -> None:
        if not self.permissions.intersection(any_of):
            raise Forbidden

    def heads(self, lineage: Iterable[UUID]) -> bool:
        """Heads one of these units today."""
        return not self.standing.headed.isdisjoint(lineage)

    def offices_in(self, lineage: Iterable[UUID]) -> frozenset[UUID]:
        """The units of the lineage that the caller heads."""
        return self.standing.headed.intersection(lineage)

    def only_acts_in(self, offices: frozenset[UUID]) -> bool:
        """Is only acting head of each of these units."""
        return offices <= self.standing.acting

    def is_clerk_of(self, lineage: Iterable[UUID]) -> bool:
        """Is clerk of one of these units."""
        return self.may(Permission.APPLY_FOR_UNIT) and self.unit_id is not None and self.unit_id in set(lineage)

    def as_of(self, day: date) -> AsOf:
        """The day, with the day up to which orders count as published for this caller."""
        published_by = date.max if self.may(Permission.SEE_UNPUBLISHED) else self.today
        return AsOf(day, published_by, self.today, self.params)

    @cached_property
    def params(self) -> Mapping[str, object]:
        """Values of the parameters of a statement that was built for any caller (`people.sight`)."""
        return {
            "caller_id": self.employee_id,
            "own_unit": [self.unit_id] if self.unit_id else [],
            "own_lineage": list(self.standing.own_lineage),
            "headed": list(self.standing.headed),
            "led": list(self.standing.led),
        }

    @property
    def as_of_today(self) -> AsOf:
        return self.as_of(self.today)
