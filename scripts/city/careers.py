"""Careers: who holds which post from when, through transfers, promotions, departures and new hires."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from scripts.city.ids import Ids
from scripts.city.names import Name, name
from scripts.city.slots import CATEGORIES, RANKS, REGULAR, SECTION_HEADS, Slot, Track

_AGES: Final = {
    "department_head": (56, 59), "deputy_department_head": (55, 59), "counselor": (54, 59), "section_head": (50, 58),
    "nursery_head": (50, 59), "chief": (48, 58), "assistant_section_head": (45, 55), "team_head": (40, 52),
    "senior_staff": (34, 50), "lead_staff": (27, 40), "staff": (22, 31),
}  # fmt: skip
_AGES_OF_REEMPLOYED: Final = (61, 64)
_AGES_OF_OTHERS: Final = (25, 60)
_AGES_OF_SCHOOL_LEAVERS: Final = (19, 27)
_RETIRES_AT: Final = 60
_LEAVES_REEMPLOYMENT_AT: Final = 65
_MOVES_EACH_YEAR: Final = 0.25
_QUITS_EACH_YEAR: Final = {Track.FISCAL_YEAR: 0.18, Track.CHILDCARE_FISCAL_YEAR: 0.15, Track.REEMPLOYED: 0.1}
_QUITS_EACH_YEAR_OTHERS: Final = 0.012
_NAMESAKES: Final = 0.002
_WOMEN: Final = {
    Track.CHILDCARE: 0.93, Track.CHILDCARE_FISCAL_YEAR: 0.95, Track.HEALTH: 0.85, Track.HOSPITAL: 0.78,
    Track.FIRE: 0.05, Track.LABOR: 0.35, Track.FISCAL_YEAR: 0.75,
}  # fmt: skip


@dataclass(slots=True)
class Stint:
    """A person's time in a slot; `until` is the first day after it."""

    slot: Slot
    since: date
    until: date | None = None
    published_on: date | None = None
    end_published_on: date | None = None


@dataclass(slots=True, eq=False)
class Person:
    id: UUID
    account_id: UUID
    name: Name
    woman: bool
    born: int
    hired_on: date
    category: str
    stints: list[Stint] = field(default_factory=list)
    left_on: date | None = None
    rank_since: int = 0

    @property
    def stint(self) -> Stint:
        return self.stints[-1]

    @property
    def slot(self) -> Slot:
        return self.stints[-1].slot

    def stint_on(self, day: date) -> Stint | None:
        """The stint of a day, if the person was employed then."""
        return next((one for one in self.stints if one.since <= day and (one.until is None or day < one.until)), None)


class Vacancy(NamedTuple):
    """A section without a head, from one April until the next, or until now."""

    slot: Slot
    since: date
    until: date | None = None


class Careers:
    """Who holds which post; `step` advances to the next 1 April."""

    def __init__(self, posts: list[Slot], first_day: date, rng: Random, ids: Ids, *, vacant_heads: int) -> None:
        self.people: list[Person] = []
        self.vacancies: list[Vacancy] = []
        self._rng, self._ids = rng, ids
        self._posts = posts
        self._at: dict[int, Person] = {}
        heads = [at for at, slot in enumerate(posts) if slot.rank in SECTION_HEADS]
        self._to_leave_vacant = vacant_heads
        empty = set(rng.sample(heads, vacant_heads))
        for at in range(len(posts)):
            if at not in empty:
                self._seat(at, self._experienced(posts[at], first_day), self._start(first_day))
        self._note_vacancies(first_day)

    def step(self, day: date) -> None:
        """People leave, vacancies are filled by promotion, about a quarter of the others move, new people are hired."""
        retired = self._leave(day)
        self._promote(day)
        self.rotate(day, _MOVES_EACH_YEAR)
        self._fill(day, retired)
        self._note_vacancies(day)

    def rotate(self, day: date, share: float, published_on: date | None = None) -> None:
        """A share of the people exchange posts with others of their rank."""
        by_rank: dict[tuple[Track, str], list[int]] = defaultdict(list)
        for at, person in self._at.items():
            slot = self._posts[at]
            if slot.track in REGULAR and person.stint.since < day:
                by_rank[slot.track, slot.rank].append(at)
        for group in by_rank.values():
            chosen = self._rng.sample(group, self._movers(len(group) * share)) if len(group) > 1 else []
            movers = [(at, self._at[at]) for at in chosen]
            for (at, _), (_, person) in zip(movers, movers[1:] + movers[:1], strict=True):
                self._move(person, at, day, published_on)

    def _movers(self, expected: float) -> int:
        """How many people exchange posts: never one; where fewer than two are expected, sometimes two."""
        if expected >= 2:
            return round(expected)
        return 2 if self._rng.random() * 2 < expected else 0

    def _move(self, person: Person, at: int, day: date, published_on: date | None = None) -> None:
        person.stint.until = day
        person.stint.end_published_on = published_on
        if person.slot.rank != self._posts[at].rank:
            person.rank_since = day.year
        person.stints.append(Stint(self._posts[at], day, published_on=published_on))
        self._at[at] = person

    def _leave(self, day: date) -> list[Person]:
        """End the employment of those who retire or quit; return those who may be re-employed."""
        retired = []
        for at, person in list(self._at.items()):
            track, age = self._posts[at].track, day.year - person.born
            limit = _LEAVES_REEMPLOYMENT_AT if track not in REGULAR else _RETIRES_AT
            if age > limit or self._rng.random() < _QUITS_EACH_YEAR.get(track, _QUITS_EACH_YEAR_OTHERS):
                del self._at[at]
                person.stint.until = person.left_on = day
                if track is Track.OFFICE and age > limit and self._rng.random() < 0.6:
                    retired.append(person)
        return retired

    def _promote(self, day: date) -> None:
        empty: dict[tuple[Track, str], list[int]] = defaultdict(list)
        held: dict[tuple[Track, str], list[int]] = defaultdict(list)
        for at, slot in enumerate(self._posts):
            (held if at in self._at else empty)[slot.track, slot.rank].append(at)
        still_vacant = self._to_leave_vacant
        for rank in RANKS:
            for track in REGULAR:
                vacant = empty.pop((track, rank), [])
                self._rng.shuffle(vacant)
                while vacant:
                    if rank in SECTION_HEADS and still_vacant:
                        still_vacant -= 1
                        vacant.pop()
                    elif not self._promote_one(track, rank, vacant, held, empty, day):
                        break

    def _promote_one(
        self, track: Track, rank: str, vacant: list[int], held: dict[tuple[Track, str], list[int]],
        empty: dict[tuple[Track, str], list[int]], day: date,
    ) -> bool:  # fmt: skip
        """Promote the longest-serving of a few people of the next lower rank that has holders; False if no one is left."""
        for below in RANKS[RANKS.index(rank) + 1 :]:
            candidates = held[track, below]
            if candidates:
                sample = self._rng.sample(candidates, min(6, len(candidates)))
                chosen = min(sample, key=lambda at: (self._at[at].rank_since, self._at[at].born))
                candidates.remove(chosen)
                self._move(self._at.pop(chosen), vacant.pop(), day)
                empty[track, below].append(chosen)
                return True
        return False

    def _fill(self, day: date, retired: list[Person]) -> None:
        """Fill free posts with new people, or with retired ones who are re-employed for a few years."""
        still_vacant = self._to_leave_vacant
        for at, slot in enumerate(self._posts):
            if at in self._at:
                continue
            if slot.rank in SECTION_HEADS and still_vacant:
                still_vacant -= 1
            elif slot.track is Track.REEMPLOYED and retired:
                person = retired.pop()
                person.left_on = None
                person.stints.append(Stint(slot, day))
                self._at[at] = person
            else:
                self._seat(at, self._new_hire(slot, day), day)

    def _seat(self, at: int, person: Person, since: date) -> None:
        slot = self._posts[at]
        person.stints.append(Stint(slot, max(since, person.hired_on)))
        person.rank_since = since.year - self._rng.randrange(5)
        self._at[at] = person
        self.people.append(person)

    def _note_vacancies(self, day: date) -> None:
        ended = [vacancy._replace(until=vacancy.until or day) for vacancy in self.vacancies]
        free = [slot for at, slot in enumerate(self._posts) if at not in self._at and slot.rank in SECTION_HEADS]
        self.vacancies = ended + [Vacancy(slot, day) for slot in free]

    def _start(self, first_day: date) -> date:
        return first_day.replace(year=first_day.year - self._rng.randrange(4))

    def _experienced(self, slot: Slot, day: date) -> Person:
        """A person employed for some years, of an age that fits the rank."""
        born = day.year - self._rng.randint(*_ages(slot))
        years = day.year - born - self._rng.randint(18, 26)
        if slot.track not in REGULAR and slot.track is not Track.REEMPLOYED:
            years = self._rng.randrange(5)
        return self._person(slot, born, day.replace(year=day.year - max(years, 0)))

    def _new_hire(self, slot: Slot, day: date) -> Person:
        """A person hired on `day`: from school or, above the entry rank, with experience elsewhere."""
        from_school = slot.track in REGULAR and slot.rank == "staff"
        ages = _AGES_OF_SCHOOL_LEAVERS if from_school else _ages(slot)
        return self._person(slot, day.year - self._rng.randint(*ages), day)

    def _person(self, slot: Slot, born: int, hired_on: date) -> Person:
        woman = self._rng.random() < _WOMEN.get(slot.track, 0.4)
        full_name = name(self._rng, woman=woman, born=born)
        if self.people and self._rng.random() < _NAMESAKES:
            full_name, woman = self.people[-1].name, self.people[-1].woman
        codes, weights = zip(*CATEGORIES[slot.track], strict=True)
        category = self._rng.choices(codes, weights)[0]
        return Person(self._ids(), self._ids(), full_name, woman, born, hired_on, category)


def _ages(slot: Slot) -> tuple[int, int]:
    if slot.track in REGULAR:
        return _AGES[slot.rank]
    return _AGES_OF_REEMPLOYED if slot.track is Track.REEMPLOYED else _AGES_OF_OTHERS
