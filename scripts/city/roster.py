"""Participants of the training programme of each year, with their roles."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from app.people.enums import AppointmentType
from scripts.city import rows
from scripts.city.careers import Person
from scripts.city.slots import SECTION_HEADS, Slot
from scripts.city.units import Organization

_CHILDCARE: Final = frozenset({"nursery_teacher", "kindergarten_teacher"})


class Member(NamedTuple):
    """A person on the day of the year's call: their unit and the roles that decide which trainings they attend."""

    person: Person
    unit: UUID
    roles: frozenset[str]


AUDIENCES: Final[dict[str, Callable[[frozenset[str]], bool]]] = {
    "everyone": lambda _roles: True,
    "department_heads": lambda roles: "department_head" in roles,
    "section_heads": lambda roles: "section_head" in roles,
    "leaders": lambda roles: "leader" in roles,
    "advisors": lambda roles: "advisor" in roles,
    "technical": lambda roles: bool(roles & {"leader", "advisor"}),
    "change": lambda roles: bool(roles & {"leader", "advisor", "department_head", "section_head"}),
    "map": lambda roles: "childcare" not in roles,
}


def roster(city: Organization, people: list[Person], leaders: list[rows.RoleAssignment], day: date) -> Iterator[Member]:
    """Everyone in the policy's scope on the day, with the roles that the policy assigns."""
    ict = next(place.section.id for place in city.workplaces if place.section.code == "ICT")
    appointed = {row.employee_id for row in leaders if row.valid_from <= day < (row.valid_to or date.max)}
    for person in people:
        stint = person.stint_on(day)
        if stint and _in_scope(stint.slot):
            explicit = set(_by_post(stint.slot, ict))
            if person.id in appointed:
                explicit.add("leader")
            otherwise = "childcare" if person.category in _CHILDCARE else "general"
            yield Member(person, city.unit_on(stint.slot.unit.id, day), frozenset(explicit or {otherwise}))


def _in_scope(slot: Slot) -> bool:
    """R8 and R9 of the policy, simplified for the generator; the application uses its scope rules."""
    medical = slot.job_service == "medical" and not slot.is_medical_center
    return slot.appointment_type == AppointmentType.REGULAR and (medical or slot.job_service == "administrative")


def _by_post(slot: Slot, ict: UUID) -> Iterator[str]:
    if slot.rank == "department_head":
        yield "department_head"
    if slot.rank in SECTION_HEADS:
        yield "section_head"
    if ict in slot.unit.lineage:
        yield "advisor"
