"""Promotion leaders: appointed in most sections, and ended by transfers."""

from collections import defaultdict
from datetime import date
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from app.kit import clock
from app.roles.enums import Decision
from scripts.city import rows
from scripts.city.careers import Person
from scripts.city.ids import Ids
from scripts.city.slots import REGULAR, Slot
from scripts.city.units import Organization, Unit, Workplace

_APPOINTED: Final = 0.75

_SECOND_LEADER: Final = 0.06

_SMALL_OFFICE: Final = 9

_CANDIDATES: Final = ("assistant_section_head", "team_head", "chief", "senior_staff", "lead_staff")

_TERM_BEGINS: Final = 5
"""Leaders are appointed in May, after the transfers of April."""


class _Leader(NamedTuple):
    """A leader of a section, and the section that they work in."""

    person: Person
    home: Unit


def leaders(
    city: Organization, people: list[Person], first_day: date, today: date, decided_by: UUID, rng: Random, ids: Ids
) -> list[rows.RoleAssignment]:
    """Appointments of all years, including those that have ended."""
    found: list[rows.RoleAssignment] = []
    serving: dict[UUID, list[_Leader]] = defaultdict(list)
    for year in range(first_day.year, clock.fiscal_year(today) + 1):
        day = date(year, _TERM_BEGINS, 1)
        staff = _staff(people, day) if day <= today else {}
        for place in city.workplaces if staff else ():
            section = place.section
            if section.needs_leader:
                present = [leader for leader in serving[section.id] if _serves_on(city, leader, section, day)]
                serving[section.id] = present
                pool = _pool(city, place, staff, rng)
                needed = (rng.random() < _APPOINTED) + (rng.random() < _SECOND_LEADER)
                for person in _first_others(pool, present, needed - len(present)):
                    present.append(_Leader(person, _slot_on(person, day).section))
                    found.append(_appointment(city, present[-1], section, day, today, decided_by, len(found) + 1, ids))
    return found


def _pool(city: Organization, place: Workplace, staff: dict[UUID, list[Person]], rng: Random) -> list[Person]:
    if place.people < _SMALL_OFFICE and rng.random() < _APPOINTED:
        return _next_door(city, place.section, staff)
    return staff.get(place.section.id, [])


def _first_others(pool: list[Person], present: list[_Leader], count: int) -> list[Person]:
    known = [leader.person for leader in present]
    return [person for person in pool if person not in known][: max(count, 0)]


def _staff(people: list[Person], day: date) -> dict[UUID, list[Person]]:
    """Candidates of each section: 課長補佐 first, as in the policy's map."""
    staff: dict[UUID, list[Person]] = defaultdict(list)
    for person in people:
        stint = person.stint_on(day)
        if stint and stint.slot.rank in _CANDIDATES and stint.slot.track in REGULAR:
            staff[stint.slot.section.id].append(person)
    for candidates in staff.values():
        candidates.sort(key=lambda person: _CANDIDATES.index(_slot_on(person, day).rank))
    return staff


def _slot_on(person: Person, day: date) -> Slot:
    stint = person.stint_on(day)
    return stint.slot if stint else person.slot


def _serves_on(city: Organization, leader: _Leader, section: Unit, day: date) -> bool:
    """Whether the leader has not moved, and neither their own nor the served section was renamed."""
    stint = leader.person.stint_on(day)
    renamed_since = day.year == city.reorganized_on.year and {section.id, leader.home.id} & city.before.keys()
    return stint is not None and stint.slot.section.id == leader.home.id and not renamed_since


def _next_door(city: Organization, section: Unit, staff: dict[UUID, list[Person]]) -> list[Person]:
    """A small office may be served by the leader of a larger section of the same department."""
    for place in city.workplaces:
        if place.section.parent_id == section.parent_id and place.people >= _SMALL_OFFICE:
            return staff.get(place.section.id, [])[:1]
    return []


def _appointment(
    city: Organization,
    leader: _Leader,
    section: Unit,
    day: date,
    today: date,
    decided_by: UUID,
    letter: int,
    ids: Ids,
) -> rows.RoleAssignment:
    person, home = leader
    renamed = [city.reorganized_on for unit in (section, home) if unit.id in city.before]
    ends = min((end for end in (_leaves(person, home, day), *renamed) if end and end > day), default=None)
    past = ends is not None and ends <= today
    return rows.RoleAssignment(
        ids(), person.id, "leader", city.unit_on(section.id, day), city.unit_on(home.id, day), Decision.ACTIVE,
        day, ends if past else None, f"任{day:%Y}-{letter:04d}", "異動" if past else None, decided_by,
    )  # fmt: skip


def _leaves(person: Person, home: Unit, day: date) -> date | None:
    """The day after `day` on which the person leaves the section, if any."""
    for stint in person.stints:
        if stint.since > day and stint.slot.section.id != home.id:
            return stint.since
    return person.left_on
