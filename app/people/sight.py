"""Who may see whose rows, by purpose: the only module outside `identity` that reads a caller's standing.

A row that a caller may not see does not exist for them: it is in no list, count or total, and reading it is a 404.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import reduce
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import SQLCoreOperations

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import TODAY
from app.people.functions import IdColumn, members, overlaps


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
    return frozenset().union(*(ids for _, ids in _sources(who, purpose)))


@dataclass(frozen=True)
class Sight:
    """Whose rows a caller sees, as a shape of conditions: who the caller is and which units are meant is left to the
    parameters of `Principal.params`. A statement is built for each shape, not for each caller."""

    everybody: bool = False
    own: bool = False
    units: tuple[str, ...] = ()
    """Names of the parameters."""

    def person(self, employee_id: IdColumn, day: BindParameter[date] = TODAY) -> ColumnElement[bool]:
        """The caller may see this person's rows, by the units in which the person works on the day. One set of people,
        as PostgreSQL reads the whole table where a row may be the caller's own or in a set."""
        if self.everybody or not self.units:
            return true() if self.everybody else self.is_own(employee_id)
        colleagues = members(self._units, day)
        people = colleagues.union_all(select(CALLER_ID)) if self.own else colleagues
        return cast(employee_id, Uuid).in_(people)

    def is_own(self, employee_id: IdColumn) -> ColumnElement[bool]:
        return cast(employee_id, Uuid) == CALLER_ID if self.own else false()

    def unit(self, lineage: SQLCoreOperations[list[UUID]] | list[UUID]) -> ColumnElement[bool]:
        """The unit with this lineage is one of those in sight or below one."""
        return overlaps(lineage, self._units) if self.units else false()

    @property
    def _units(self) -> ColumnElement[Sequence[UUID]]:
        return reduce(func.array_cat, [_UNITS[name] for name in self.units])


CALLER_ID = bindparam("caller_id", type_=Uuid)
OWN_LINEAGE = bindparam("own_lineage", type_=ARRAY(Uuid))
_UNITS = {name: bindparam(name, type_=ARRAY(Uuid)) for name in ("headed", "led", "own_unit")}


def sight(who: Principal, purpose: Purpose) -> Sight:
    if sees_everybody(who, purpose):
        return Sight(everybody=True)
    return Sight(own=who.employee_id is not None, units=tuple(name for name, ids in _sources(who, purpose) if ids))


def _sources(who: Principal, purpose: Purpose) -> Sequence[tuple[str, frozenset[UUID]]]:
    reach, standing = REACH[purpose], who.standing
    own = frozenset({who.unit_id} if who.unit_id else ())
    return (
        ("headed", standing.headed if reach.headed else frozenset()),
        ("led", standing.led if reach.led else frozenset()),
        ("own_unit", own if reach.own_unit or (reach.served and who.may(Permission.APPLY_FOR_UNIT)) else frozenset()),
    )


def sees_person(who: Principal, purpose: Purpose, employee_id: IdColumn) -> ColumnElement[bool]:
    """The caller may see this person's rows, by the units in which the person works today; for a statement that is run
    with `AsOf.params`."""
    return sight(who, purpose).person(employee_id)


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
