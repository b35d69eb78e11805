"""Who may see whose rows, by purpose: the only module outside `identity` that reads a caller's standing.

A row that a caller may not see does not exist for them: it is in no list, count or total, and reading it is a 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, false, or_, true

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.people.functions import IdColumn, works_under


class Purpose(Enum):
    """The kind of rows that are read, about a person or a unit."""

    PEOPLE = auto()
    SKILLS = auto()
    ENROLLMENTS = auto()
    FORMER_MEMBERS = auto()
    ROLES = auto()
    VACANCIES = auto()
    ANSWERS = auto()
    FIGURES = auto()


@dataclass(frozen=True)
class Reach:
    """Callers with the permission `everybody` see all rows; others see their own and those of the units set here."""

    everybody: Permission
    own_unit: bool = False
    headed: bool = False
    served: bool = False
    led: bool = False


REACH: Mapping[Purpose, Reach] = {
    Purpose.PEOPLE: Reach(Permission.READ_PEOPLE, headed=True, served=True),
    Purpose.SKILLS: Reach(Permission.READ_SKILLS_ALL, headed=True),
    Purpose.ENROLLMENTS: Reach(Permission.READ_ENROLLMENTS_ALL, headed=True, served=True),
    Purpose.FORMER_MEMBERS: Reach(Permission.READ_ENROLLMENTS_ALL, headed=True),
    Purpose.ROLES: Reach(Permission.READ_PEOPLE, headed=True),
    Purpose.VACANCIES: Reach(Permission.READ_PEOPLE, own_unit=True, headed=True, led=True),
    Purpose.ANSWERS: Reach(Permission.RUN_SURVEYS),
    Purpose.FIGURES: Reach(Permission.READ_FIGURES, headed=True),
}


def sees_everybody(who: Principal, purpose: Purpose) -> bool:
    return who.may(REACH[purpose].everybody)


def units_in_sight(who: Principal, purpose: Purpose) -> frozenset[UUID]:
    """Units whose rows the caller sees besides their own, including the units below."""
    reach, standing = REACH[purpose], who.standing
    own = frozenset({who.unit_id} if who.unit_id else ())
    return frozenset().union(
        standing.headed if reach.headed else (),
        standing.led if reach.led else (),
        own if reach.own_unit or (reach.served and who.may(Permission.APPLY_FOR_UNIT)) else (),
    )


def units_above(who: Principal) -> frozenset[UUID]:
    """The unit that the caller works in today, and those above it."""
    return who.standing.own_lineage


def is_own(who: Principal, employee_id: IdColumn) -> ColumnElement[bool]:
    return cast(employee_id, Uuid) == who.employee_id if who.employee_id else false()


def sees_person(
    who: Principal, purpose: Purpose, employee_id: IdColumn, as_of: AsOf | None = None
) -> ColumnElement[bool]:
    """The caller may see this person's rows, by the units in which the person works on the day (default: today)."""
    if sees_everybody(who, purpose):
        return true()
    own, units = is_own(who, employee_id), units_in_sight(who, purpose)
    return or_(own, works_under(employee_id, units, as_of or who.as_of_today)) if units else own


def leads_a_unit(who: Principal) -> bool:
    """Leads a unit today, by an appointment."""
    return bool(who.standing.led)


@dataclass(frozen=True)
class CountScope:
    """Units whose people are counted (None = all), and whether people are whose gaps the caller may not see."""

    visible: frozenset[UUID] | None
    with_others: bool

    @property
    def is_empty(self) -> bool:
        return self.visible is not None and not self.visible


def count_scope(who: Principal, *, narrowed: bool) -> CountScope:
    """Heads count the people whose gaps they may see; leaders count their unit as a whole, never a part of it."""
    if sees_everybody(who, Purpose.FIGURES):
        return CountScope(None, with_others=False)
    headed = units_in_sight(who, Purpose.FIGURES)
    with_others = not narrowed and not who.standing.led <= headed
    return CountScope(headed | who.standing.led if with_others else headed, with_others)
