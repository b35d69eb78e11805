"""The rows of a city's personnel: people, their numbers, terms, posts and absences."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from app.kit import clock
from app.kit.text import fold
from app.people.enums import AppointmentType, PostKind
from scripts.city import rows
from scripts.city.careers import Careers, Person, Stint
from scripts.city.ids import Ids
from scripts.city.slots import ANNUAL, RANKS, REGULAR, Slot, Track
from scripts.city.units import Organization

_ANNOUNCED_BEFORE: Final = timedelta(days=7)

_CONCURRENT: Final = 0.08

_MAY_BE_CONCURRENT: Final = frozenset(
    {"deputy_department_head", "chief", "assistant_section_head", "team_head", "senior_staff"}
)


@dataclass
class Personnel:
    employees: list[rows.Employee] = field(default_factory=list)
    accounts: list[rows.Account] = field(default_factory=list)
    numbers: list[rows.EmployeeNumber] = field(default_factory=list)
    employments: list[rows.Employment] = field(default_factory=list)
    posts: list[rows.Post] = field(default_factory=list)
    absences: list[rows.Absence] = field(default_factory=list)


class Writer:
    """Turns careers into dated rows."""

    def __init__(self, city: Organization, today: date, rng: Random, ids: Ids) -> None:
        self._city, self._today, self._rng, self._ids = city, today, rng, ids
        self._year_ends = clock.fiscal_year_start(clock.fiscal_year(today) + 1)
        self.rows = Personnel()

    def write(self, careers: Careers, first_day: date) -> Personnel:
        for person in careers.people:
            self._employments(person)
            for stint in person.stints:
                self.rows.posts.extend(self._primary(person, stint))
            self._absence(person, first_day)
        self._people(careers.people)
        self._concurrent(careers)
        self._acting(careers)
        return self.rows

    def _people(self, people: list[Person]) -> None:
        """Numbers count up by the day of entry; a person who is employed again gets another one."""
        entries = sorted(
            (start, at)
            for at, person in enumerate(people)
            for start in (person.hired_on, _employed_again_on(person))
            if start
        )
        held: dict[int, str] = {}
        for count, (start, at) in enumerate(entries, start=1):
            held[at] = f"{count:06d}"
            person, again = people[at], _employed_again_on(people[at])
            ends = again if again and start < again else None
            self.rows.numbers.append(rows.EmployeeNumber(self._ids(), person.id, held[at], start, ends))
        for at, person in enumerate(people):
            self.rows.employees.append(_employee(person, held[at]))
            account = rows.Account(person.account_id, held[at], person.name.written, ["employee"], person.id, True)
            self.rows.accounts.append(account)

    def _employments(self, person: Person) -> None:
        """One row for each change of terms; appointments for a fiscal year are renewed every April."""
        terms = [(person.hired_on, _terms(person, person.stints[0].slot))]
        if person.stints[0].slot.track is Track.REEMPLOYED and person.hired_on < person.stints[0].since:
            terms[0] = (person.hired_on, (AppointmentType.REGULAR, *terms[0][1][1:]))
        for stint in person.stints:
            if terms[-1][1] != _terms(person, stint.slot):
                terms.append((stint.since, _terms(person, stint.slot)))
        ends = [start for start, _ in terms[1:]] + [self._ends(person.stint)]
        for (start, term), end in zip(terms, ends, strict=True):
            for valid_from, valid_to in _years(start, end) if person.slot.track in ANNUAL else [(start, end)]:
                self.rows.employments.append(rows.Employment(self._ids(), person.id, *term, valid_from, valid_to))

    def _ends(self, stint: Stint) -> date | None:
        return stint.until or (self._year_ends if stint.slot.track in ANNUAL else None)

    def _primary(self, person: Person, stint: Stint) -> Iterator[rows.Post]:
        """The post of a stint, in two parts where the unit was renamed in between."""
        renamed, ends = self._city.reorganized_on, self._ends(stint)
        cut = stint.slot.unit.id in self._city.before and stint.since < renamed and (ends is None or renamed < ends)
        published = stint.published_on or (None if stint is person.stints[0] else stint.since - _ANNOUNCED_BEFORE)
        if cut:
            yield self._post(person, stint.slot, stint.since, renamed, published)
            yield self._post(person, stint.slot, renamed, ends, renamed - _ANNOUNCED_BEFORE, stint.end_published_on)
        else:
            yield self._post(person, stint.slot, stint.since, ends, published, stint.end_published_on)

    def _post(
        self, person: Person, slot: Slot, start: date, end: date | None, published_on: date | None = None,
        end_published_on: date | None = None, kind: PostKind = PostKind.PRIMARY,
    ) -> rows.Post:  # fmt: skip
        title = "課長事務取扱" if kind is PostKind.ACTING else slot.title
        return rows.Post(
            self._ids(), person.id, self._city.unit_on(slot.unit.id, start), kind, slot.rank, title, start, end,
            f"人事発令{start:%Y%m%d}", published_on, end_published_on,
        )  # fmt: skip

    def _concurrent(self, careers: Careers) -> None:
        """Some experienced people also serve a second section since this April, unless they are about to move."""
        sections = [place.section for place in self._city.workplaces if place.section.needs_leader]
        this_year = clock.fiscal_year_start(clock.fiscal_year(self._today))
        for person in careers.people:
            stint = person.stint
            eligible = stint.slot.rank in _MAY_BE_CONCURRENT and self._rng.random() < _CONCURRENT
            if not eligible or self._ends(stint) or stint.slot.track is not Track.OFFICE or not sections:
                continue
            section = self._rng.choice(sections)
            start = max(stint.since, this_year)
            if section.id != stint.slot.section.id and start <= self._today:
                slot = replace(stint.slot, unit=section, section=section)
                self.rows.posts.append(self._post(person, slot, start, None, kind=PostKind.CONCURRENT))

    def _acting(self, careers: Careers) -> None:
        """Where a section has no head, its highest-ranking person acts, or else the head of the department."""
        concerned = {unit for vacancy in careers.vacancies for unit in vacancy.slot.section.lineage}
        near = [
            person for person in careers.people if any(stint.slot.section.id in concerned for stint in person.stints)
        ]
        for slot, start, end in careers.vacancies:
            for person, stint in _deputies(near, slot, start)[:1]:
                until = min((day for day in (end, stint.until) if day), default=None)
                post = self._post(person, slot, start, until, None, stint.end_published_on, PostKind.ACTING)
                self.rows.posts.append(post)

    def _absence(self, person: Person, first_day: date) -> None:
        """At most one leave or secondment in the years that the data cover."""
        if person.slot.track not in REGULAR:
            return
        for kind, chance, shortest, longest in _leave(person, self._today):
            if self._rng.random() < chance:
                start = max(first_day, person.hired_on) + timedelta(days=self._rng.randrange(900))
                end = start + timedelta(days=self._rng.randint(shortest, longest))
                if start <= self._today and (person.left_on is None or end <= person.left_on):
                    self.rows.absences.append(rows.Absence(self._ids(), person.id, kind, start, end))
                return


def _deputies(people: list[Person], slot: Slot, day: date) -> list[tuple[Person, Stint]]:
    """Who could act for the head of a section, in order."""
    serving = [(person, stint) for person in people if (stint := person.stint_on(day))]
    own = [one for one in serving if one[1].slot.section is slot.section and one[1].slot.track in REGULAR]
    above = [one for one in serving if one[1].slot.unit.id == slot.section.parent_id]
    return sorted(own or above, key=lambda one: RANKS.index(one[1].slot.rank))


def _employed_again_on(person: Person) -> date | None:
    """The day on which a retired person is employed again."""
    first = next((stint for stint in person.stints if stint.slot.track is Track.REEMPLOYED), None)
    return first.since if first and person.hired_on < first.since else None


def _employee(person: Person, number: str) -> rows.Employee:
    full_name = person.name
    return rows.Employee(
        person.id, number, full_name.written, full_name.kana, full_name.display, f"s{number}@city.example",
        fold(full_name.written, full_name.display, full_name.kana, number),
    )  # fmt: skip


def _terms(person: Person, slot: Slot) -> tuple[str, str, str]:
    return slot.appointment_type, slot.job_service, person.category


def _years(start: date, end: date | None) -> Iterator[tuple[date, date]]:
    while end and start < end:
        closes = clock.fiscal_year_start(clock.fiscal_year(start) + 1)
        yield start, min(closes, end)
        start = closes


def _leave(person: Person, today: date) -> Iterator[tuple[str, float, int, int]]:
    """Absences that a person may have: kind, chance over the years, minimum and maximum days."""
    if 25 <= today.year - person.born <= 41:
        yield "childcare_leave", 0.14 if person.woman else 0.05, 60, 700 if person.woman else 180
    yield "sick_leave", 0.02, 30, 180
    yield "secondment", 0.008, 365, 730
    yield "leave_of_absence", 0.003, 90, 365
