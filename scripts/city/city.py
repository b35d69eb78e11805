"""A made-up city of the real one's shape for any number of people: the same for the same number, seed and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from app.kit import clock
from scripts.city import rows
from scripts.city.awards import Qualification, awards
from scripts.city.careers import Careers, Person
from scripts.city.cast import cast
from scripts.city.ids import Ids
from scripts.city.leaders import leaders
from scripts.city.personnel import Personnel, Writer
from scripts.city.questionnaires import Questionnaires, questionnaires
from scripts.city.slots import slots
from scripts.city.timetable import Course
from scripts.city.trainings import Office, Trainings
from scripts.city.units import Organization, organization

DRAWN_FOR: Final = 3600
FEWEST: Final = 30
_YEARS: Final = 3
_UNITS_EXIST_BEFORE: Final = 10
_SECTIONS_PER_VACANT_HEAD: Final = 50
_MIDYEAR: Final = (10, 1)
_MOVE_MIDYEAR: Final = 0.006
_ORDERED_AHEAD: Final = timedelta(days=25)
_UNTIL_PUBLISHED: Final = timedelta(days=18)


@dataclass(frozen=True)
class Known:
    """What the register holds already: the accounts that decide, and the policy's courses and qualifications."""

    training: UUID
    information: UUID
    courses: Mapping[str, Course]
    qualifications: Mapping[str, Qualification]


@dataclass(frozen=True)
class Drawn:
    """A city's units before anybody works there, and the dice that its life is drawn with."""

    size: int
    today: date
    first_day: date
    units: Organization
    vacant_heads: int
    rng: Random
    ids: Ids


@dataclass(frozen=True)
class City:
    people: list[Person]
    personnel: Personnel
    leaders: list[rows.RoleAssignment]
    trainings: Trainings
    awards: list[rows.QualificationAward]
    questionnaires: Questionnaires
    cast: dict[str, Person]


def draw(people: int, *, seed: int, today: date) -> Drawn:
    """The units of a city in which exactly so many people serve on `today`."""
    size = max(people, FEWEST)
    rng = Random(f"{seed}/{size}/{today}")
    ids = Ids(rng, datetime.combine(today, time(), clock.TOKYO))
    this_april = clock.fiscal_year_start(clock.fiscal_year(today))
    first_day = this_april.replace(year=this_april.year - _YEARS + 1)
    vacant = len(_units(size, first_day, this_april, ids).workplaces) // _SECTIONS_PER_VACANT_HEAD
    return Drawn(size, today, first_day, _units(size + vacant, first_day, this_april, ids), vacant, rng, ids)


def inhabit(drawn: Drawn, known: Known) -> City:
    """People, posts, trainings and answers of three fiscal years up to today."""
    units, today, rng, ids = drawn.units, drawn.today, drawn.rng, drawn.ids
    careers = Careers(slots(units, rng), drawn.first_day, rng, ids, vacant_heads=drawn.vacant_heads)
    _live_through(careers, drawn.first_day, today)
    personnel = Writer(units, today, rng, ids).write(careers, drawn.first_day)
    appointed = leaders(units, careers.people, drawn.first_day, today, known.information, rng, ids)
    office = Office(
        careers.people, personnel.absences, appointed,
        city=units, scale=drawn.size / DRAWN_FOR, today=today, by=known.training, rng=rng, ids=ids,
    )  # fmt: skip
    trainings = office.run(known.courses)
    passed, evidence = awards(careers.people, known.qualifications, today, known.training, rng, ids)
    trainings.records.extend(evidence)
    asked = questionnaires(trainings.attended, rng, ids)
    return City(
        careers.people,
        personnel,
        appointed,
        trainings,
        passed,
        asked,
        cast(units, careers.people, personnel, appointed, today),
    )


def _units(people: int, first_day: date, reorganized_on: date, ids: Ids) -> Organization:
    opened_on = first_day.replace(year=first_day.year - _UNITS_EXIST_BEFORE)
    return organization(people, opened_on=opened_on, reorganized_on=reorganized_on, ids=ids)


def _live_through(careers: Careers, first_day: date, today: date) -> None:
    """Transfers of every April and a few in October; some orders lie ahead and are not published yet."""
    for year in range(first_day.year, clock.fiscal_year(today) + 1):
        april, october = date(year, 4, 1), date(year, *_MIDYEAR)
        if april > first_day:
            careers.step(april)
        if october <= today:
            careers.rotate(october, _MOVE_MIDYEAR)
    ahead = clock.add_months((today + _ORDERED_AHEAD).replace(day=1), 1)
    careers.rotate(ahead, _MOVE_MIDYEAR, published_on=today + _UNTIL_PUBLISHED)
