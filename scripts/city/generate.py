"""Generates a city for any number of people: the same for the same number, seed and day."""

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

BASE_SIZE: Final = 3600
MIN_PEOPLE: Final = 30
_YEARS: Final = 3
_UNITS_EXIST_BEFORE: Final = 10
_SECTIONS_PER_VACANT_HEAD: Final = 50
_MIDYEAR: Final = (10, 1)
_MOVE_MIDYEAR: Final = 0.006
_ORDERED_AHEAD: Final = timedelta(days=25)
_UNTIL_PUBLISHED: Final = timedelta(days=18)


@dataclass(frozen=True)
class Existing:
    """Rows that are loaded before: the deciding accounts and the policy's courses and qualifications."""

    training: UUID
    information: UUID
    courses: Mapping[str, Course]
    qualifications: Mapping[str, Qualification]


@dataclass(frozen=True)
class Layout:
    """A city's units without people, and the random generator for everything else."""

    size: int
    today: date
    first_day: date
    organization: Organization
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


def lay_out(people: int, *, seed: int, today: date) -> Layout:
    """The units of a city in which exactly so many people serve on `today`."""
    size = max(people, MIN_PEOPLE)
    rng = Random(f"{seed}/{size}/{today}")
    ids = Ids(rng, datetime.combine(today, time(), clock.TOKYO))
    this_april = clock.fiscal_year_start(clock.fiscal_year(today))
    first_day = this_april.replace(year=this_april.year - _YEARS + 1)
    vacant = len(_organization(size, first_day, this_april, ids).workplaces) // _SECTIONS_PER_VACANT_HEAD
    return Layout(size, today, first_day, _organization(size + vacant, first_day, this_april, ids), vacant, rng, ids)


def populate(layout: Layout, existing: Existing) -> City:
    """People, posts, trainings and survey responses of three fiscal years up to today."""
    city, today, rng, ids = layout.organization, layout.today, layout.rng, layout.ids
    careers = Careers(slots(city, rng), layout.first_day, rng, ids, vacant_heads=layout.vacant_heads)
    _advance(careers, layout.first_day, today)
    personnel = Writer(city, today, rng, ids).write(careers, layout.first_day)
    appointed = leaders(city, careers.people, layout.first_day, today, existing.information, rng, ids)
    office = Office(
        careers.people, personnel.absences, appointed,
        city=city, scale=layout.size / BASE_SIZE, today=today, by=existing.training, rng=rng, ids=ids,
    )  # fmt: skip
    trainings = office.run(existing.courses)
    awarded, evidence = awards(careers.people, existing.qualifications, today, existing.training, rng, ids)
    trainings.records.extend(evidence)
    surveys = questionnaires(trainings.attended, rng, ids)
    return City(
        careers.people,
        personnel,
        appointed,
        trainings,
        awarded,
        surveys,
        cast(city, careers.people, personnel, appointed, today),
    )


def _organization(people: int, first_day: date, reorganized_on: date, ids: Ids) -> Organization:
    opened_on = first_day.replace(year=first_day.year - _UNITS_EXIST_BEFORE)
    return organization(people, opened_on=opened_on, reorganized_on=reorganized_on, ids=ids)


def _advance(careers: Careers, first_day: date, today: date) -> None:
    """Transfers of every April and a few in October; some orders are dated ahead and not published yet."""
    for year in range(first_day.year, clock.fiscal_year(today) + 1):
        april, october = date(year, 4, 1), date(year, *_MIDYEAR)
        if april > first_day:
            careers.step(april)
        if october <= today:
            careers.rotate(october, _MOVE_MIDYEAR)
    ahead = clock.add_months((today + _ORDERED_AHEAD).replace(day=1), 1)
    careers.rotate(ahead, _MOVE_MIDYEAR, published_on=today + _UNTIL_PUBLISHED)
