"""The people of the demonstration accounts: of one section, and the head of their department."""

from datetime import date
from uuid import UUID

from scripts.city import rows
from scripts.city.careers import Person
from scripts.city.personnel import Personnel
from scripts.city.slots import REGULAR, SECTION_HEADS
from scripts.city.units import Organization, Unit


def cast(
    city: Organization, people: list[Person], personnel: Personnel, leaders: list[rows.RoleAssignment], today: date
) -> dict[str, Person]:
    """People by user name, from the largest section where all are present; a tiny city may lack some."""
    away = {row.employee_id for row in personnel.absences if row.valid_to is None or row.valid_to > today}
    leading = {row.employee_id: row.org_unit_id for row in leaders if row.valid_to is None}
    present = [
        person for person in people
        if person.id not in away and person.stint_on(today) is person.stint and person.stint.until is None
    ]  # fmt: skip
    departments = {person.slot.unit.id: person for person in present if person.slot.rank == "department_head"}
    candidates = [place for place in city.workplaces if place.section.needs_leader and place.section.code != "ICT"]
    casts = [
        _of_section(
            place.section,
            [person for person in present if person.slot.section.id == place.section.id],
            leading,
            departments,
        )
        for place in sorted(candidates, key=lambda place: -place.people)[:20]
    ]
    return max(casts, key=len)


def _of_section(
    section: Unit, staff: list[Person], leading: dict[UUID, UUID], departments: dict[UUID, Person]
) -> dict[str, Person]:
    regular = [person for person in staff if person.slot.track in REGULAR]
    others = [person for person in regular if person.id not in leading and person.slot.rank in {"staff", "lead_staff"}]
    parts = {
        "department-head": departments.get(section.parent_id) if section.parent_id else None,
        "section-head": next((person for person in regular if person.slot.rank in SECTION_HEADS), None),
        "leader": next((person for person in regular if leading.get(person.id) == section.id), None),
        **dict(zip(("employee", "clerk"), _teammates(others), strict=False)),
    }
    return {part: person for part, person in parts.items() if person}


def _teammates(people: list[Person]) -> list[Person]:
    """Two people of one team, if there are two: the clerk applies for colleagues of their own unit."""
    teams = [[other for other in people if other.slot.unit.id == person.slot.unit.id] for person in people]
    return max(teams, key=len, default=[])
