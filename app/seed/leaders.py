"""Promotion leaders of the made-up city: appointed in most sections, missing in some, ended by transfers."""

from collections import defaultdict
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from app.kit import clock
from app.roles.rules import Decision
from app.seed import rows
from app.seed.careers import Person
from app.seed.ids import Ids
from app.seed.slots import REGULAR, Slot
from app.seed.units import Organization, Unit

_APPOINTED: Final = 0.9
_SECOND_LEADER: Final = 0.06
_SMALL_OFFICE: Final = 9
_CANDIDATES: Final = ("assistant_section_head", "team_head", "chief", "senior_staff", "lead_staff")
_TERM_BEGINS: Final = 5
"""Leaders are appointed in May, when everybody has arrived after the transfers of April."""


def leaders(
    city: Organization, people: list[Person], first_day: date, today: date, decided_by: UUID, rng: Random, ids: Ids
) -> list[rows.RoleAssignment]:
    """Appointments of all years, also those that have ended since."""
    found: list[rows.RoleAssignment] = []
    serving: dict[UUID, list[Person]] = defaultdict(list)
    for year in range(first_day.year, clock.fiscal_year(today) + 1):
        day = date(year, _TERM_BEGINS, 1)
        if day > today:
            break
        staff = _staff(people, day)
        for place in city.workplaces:
            if not place.section.needs_leader:
                continue
            section = place.section
            serving[section.id] = [person for person in serving[section.id] if _still_there(city, person, section, day)]
            pool = staff.get(section.id, [])
            if place.people < _SMALL_OFFICE and rng.random() < _APPOINTED:
                pool = _next_door(city, section, staff)
            wanted = (rng.random() < _APPOINTED) + (rng.random() < _SECOND_LEADER)
            for person in pool[: wanted - len(serving[section.id])] if wanted > len(serving[section.id]) else []:
                serving[section.id].append(person)
                found.append(_appointment(city, person, section, day, today, decided_by, len(found) + 1, ids))
    return found


def _staff(people: list[Person], day: date) -> dict[UUID, list[Person]]:
    """Candidates of each section: 課長補佐 first, as the policy's map has it."""
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


def _still_there(city: Organization, person: Person, section: Unit, day: date) -> bool:
    renamed_since = section.id in city.before and day.year == city.reorganized_on.year
    stint = person.stint_on(day)
    return stint is not None and stint.slot.section.id == section.id and not renamed_since


def _next_door(city: Organization, section: Unit, staff: dict[UUID, list[Person]]) -> list[Person]:
    """A small office may be served by the leader of a larger section of the same department."""
    for place in city.workplaces:
        if place.section.parent_id == section.parent_id and place.people >= _SMALL_OFFICE:
            return staff.get(place.section.id, [])[:1]
    return []


def _appointment(
    city: Organization, person: Person, section: Unit, day: date, today: date, decided_by: UUID, letter: int, ids: Ids
) -> rows.RoleAssignment:
    home = _slot_on(person, day).section
    ends = min((end for end in (_leaves(person, home, day), _renamed(city, section, day)) if end), default=None)
    past = ends is not None and ends <= today
    return rows.RoleAssignment(
        ids(), person.id, "leader", city.unit_on(section.id, day), city.unit_on(home.id, day), Decision.ACTIVE,
        day, ends if past else None, f"任{day:%Y}-{letter:04d}", "異動" if past else None, decided_by,
    )  # fmt: skip


def _leaves(person: Person, home: Unit, day: date) -> date | None:
    """The day on which somebody who serves in the section on `day` works elsewhere or not at all."""
    for stint in person.stints:
        if stint.since > day and stint.slot.section.id != home.id:
            return stint.since
    return person.left_on


def _renamed(city: Organization, section: Unit, day: date) -> date | None:
    return city.reorganized_on if section.id in city.before and day < city.reorganized_on else None
