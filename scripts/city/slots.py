"""The posts of a city's units, each with its rank, kind of work and terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from app.people.enums import AppointmentType
from scripts.city.blueprint import Staffing
from scripts.city.units import Organization, Unit, Workplace

RANKS: Final = (
    "department_head", "deputy_department_head", "counselor", "section_head", "nursery_head", "chief",
    "assistant_section_head", "team_head", "senior_staff", "lead_staff", "staff",
)  # fmt: skip

"""Codes of the ranks, highest first."""

SECTION_HEADS: Final = ("section_head", "nursery_head")


class Track(StrEnum):
    """A career: people are promoted and moved among posts of the same track."""

    OFFICE = "office"
    HEALTH = "health"
    CHILDCARE = "childcare"
    HOSPITAL = "hospital"
    FIRE = "fire"
    LABOR = "labor"
    FISCAL_YEAR = "fiscal_year"
    CHILDCARE_FISCAL_YEAR = "childcare_fiscal_year"
    REEMPLOYED = "reemployed"
    FIXED_TERM = "fixed_term"


REGULAR: Final = (Track.OFFICE, Track.HEALTH, Track.CHILDCARE, Track.HOSPITAL, Track.FIRE, Track.LABOR)

ANNUAL: Final = (Track.FISCAL_YEAR, Track.CHILDCARE_FISCAL_YEAR)


class Category(NamedTuple):
    """A job category and its frequency within a track."""

    code: str
    weight: int


CATEGORIES: Final[dict[Track, tuple[Category, ...]]] = {
    Track.OFFICE: (
        Category("clerk", 76),
        Category("civil_engineer", 14),
        Category("architect", 6),
        Category("curator", 4),
    ),
    Track.HEALTH: (Category("public_health_nurse", 70), Category("dietitian", 15), Category("social_worker", 15)),
    Track.CHILDCARE: (Category("nursery_teacher", 80), Category("kindergarten_teacher", 20)),
    Track.HOSPITAL: (Category("nurse", 66), Category("medical_technician", 20), Category("physician", 14)),
    Track.FIRE: (Category("firefighter", 1),),
    Track.LABOR: (Category("maintenance_worker", 60), Category("cook", 40)),
    Track.FISCAL_YEAR: (Category("clerical_assistant", 1),),
    Track.CHILDCARE_FISCAL_YEAR: (Category("nursery_teacher", 1),),
    Track.REEMPLOYED: (Category("clerk", 1),),
    Track.FIXED_TERM: (Category("clerk", 1),),
}

_SERVICES: Final = {
    Track.HEALTH: "medical",
    Track.HOSPITAL: "medical",
    Track.FIRE: "fire",
    Track.LABOR: "labor",
}

_APPOINTMENTS: Final = {
    Track.FISCAL_YEAR: AppointmentType.FISCAL_YEAR_APPOINTED,
    Track.CHILDCARE_FISCAL_YEAR: AppointmentType.FISCAL_YEAR_APPOINTED,
    Track.REEMPLOYED: AppointmentType.REEMPLOYED,
    Track.FIXED_TERM: AppointmentType.FIXED_TERM,
}

# Percentages of the tracks among people below the heads, by staffing of the unit.
_MIX: Final[dict[Staffing, dict[Track, int]]] = {
    Staffing.OFFICE: {Track.OFFICE: 80, Track.FISCAL_YEAR: 14, Track.REEMPLOYED: 5, Track.FIXED_TERM: 1},
    Staffing.BRANCH: {Track.OFFICE: 72, Track.FISCAL_YEAR: 20, Track.REEMPLOYED: 8},
    Staffing.HEALTH: {Track.OFFICE: 36, Track.HEALTH: 46, Track.FISCAL_YEAR: 14, Track.REEMPLOYED: 4},
    Staffing.NURSERY: {Track.CHILDCARE: 58, Track.CHILDCARE_FISCAL_YEAR: 30, Track.LABOR: 12},
    Staffing.DEPOT: {Track.LABOR: 66, Track.OFFICE: 20, Track.FISCAL_YEAR: 14},
    Staffing.HOSPITAL: {Track.HOSPITAL: 88, Track.FISCAL_YEAR: 12},
    Staffing.FIRE: {Track.FIRE: 100},
    Staffing.WATER: {Track.OFFICE: 84, Track.FISCAL_YEAR: 12, Track.REEMPLOYED: 4},
}

_HEADS: Final = {Staffing.HOSPITAL: Track.HOSPITAL, Staffing.FIRE: Track.FIRE, Staffing.NURSERY: Track.CHILDCARE}

_TITLES: Final = {
    (Staffing.BRANCH, "section_head"): "支所長",
    (Staffing.NURSERY, "nursery_head"): "保育所長",
    (Staffing.HOSPITAL, "department_head"): "院長",
    (Staffing.HOSPITAL, "deputy_department_head"): "副院長",
    (Staffing.HOSPITAL, "counselor"): "看護部長",
    (Staffing.HOSPITAL, "section_head"): "部長・師長",
    (Staffing.FIRE, "department_head"): "消防長",
    (Staffing.FIRE, "section_head"): "消防司令長",
    (Staffing.WATER, "department_head"): "水道局長",
}

_TITLES_OF_RANKS: Final = {
    "department_head": "部長", "deputy_department_head": "次長", "counselor": "参事", "section_head": "課長", "chief": "主幹",
    "assistant_section_head": "課長補佐", "team_head": "係長", "senior_staff": "主査", "lead_staff": "主任", "staff": "主事",
}  # fmt: skip

_TITLES_OF_TRACKS: Final = {
    Track.CHILDCARE: "保育士", Track.CHILDCARE_FISCAL_YEAR: "保育補助員", Track.HOSPITAL: "医療職員", Track.FIRE: "消防士",
    Track.LABOR: "技能員", Track.FISCAL_YEAR: "事務補助員", Track.REEMPLOYED: "再任用主査",
}  # fmt: skip

_ASSISTANT_FROM: Final = 7

_CHIEF_FROM: Final = 30


@dataclass(slots=True)
class Slot:
    """A post to be filled; `section` is its section or department."""

    unit: Unit
    section: Unit
    rank: str
    title: str
    track: Track
    appointment_type: AppointmentType
    job_service: str
    is_medical_center: bool


def slots(city: Organization, rng: Random) -> list[Slot]:
    """Every post of the city, department by department from the top down."""
    posts = [slot for unit, staffing, count in city.department_posts for slot in _department(unit, staffing, count)]
    for workplace in city.workplaces:
        posts.extend(_workplace(workplace, rng))
    return posts


def _department(unit: Unit, staffing: Staffing, count: int) -> Iterator[Slot]:
    for rank in ("department_head", "deputy_department_head", "counselor")[:count]:
        yield _slot(unit, unit, unit, staffing, rank, _HEADS.get(staffing, Track.OFFICE))


def _workplace(workplace: Workplace, rng: Random) -> Iterator[Slot]:
    section, staffing = workplace.section, workplace.staffing
    track = _HEADS.get(staffing, Track.OFFICE)
    leading = list(_leading_ranks(workplace))
    for rank in leading:
        yield _slot(section, section, workplace.department, staffing, rank, track)
    for team in workplace.teams:
        yield _slot(team, section, workplace.department, staffing, "team_head", track)
    mix = _MIX[staffing]
    units = workplace.teams or [section]
    for at in range(workplace.people - len(leading) - len(workplace.teams)):
        track = rng.choices(list(mix), list(mix.values()))[0]
        yield _slot(units[at % len(units)], section, workplace.department, staffing, _rank_below(track, rng), track)


def _leading_ranks(workplace: Workplace) -> Iterator[str]:
    yield "nursery_head" if workplace.staffing is Staffing.NURSERY else "section_head"
    if workplace.people >= _CHIEF_FROM:
        yield "chief"
    if workplace.people >= _ASSISTANT_FROM:
        yield "assistant_section_head"


def _rank_below(track: Track, rng: Random) -> str:
    if track not in REGULAR:
        return "staff"
    return rng.choices(("senior_staff", "lead_staff", "staff"), (28, 34, 38))[0]


def _slot(unit: Unit, section: Unit, department: Unit, staffing: Staffing, rank: str, track: Track) -> Slot:
    service = _SERVICES.get(track, "administrative")
    if staffing is Staffing.WATER and service == "administrative":
        service = "enterprise"
    appointment = _APPOINTMENTS.get(track, AppointmentType.REGULAR)
    title = _TITLES.get((staffing, rank)) or _title(track, rank)
    return Slot(unit, section, rank, title, track, appointment, service, department.code == "MED")


def _title(track: Track, rank: str) -> str:
    """The title of the track below team heads, of the rank otherwise."""
    own = _TITLES_OF_TRACKS.get(track) if RANKS.index(rank) > RANKS.index("team_head") else None
    return own or _TITLES_OF_RANKS[rank]
