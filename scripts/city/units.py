"""The city's units for a given number of people: 部等 › 課等 › 係, with the predecessors of renamed ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from typing import Final, NamedTuple
from uuid import UUID

from app.people.enums import UnitLevel
from scripts.city.blueprint import Department, Section, Staffing, chart
from scripts.city.ids import Ids

_MIN_PEOPLE_IN_SECTION: Final = 4

_PEOPLE_PER_KEPT_SECTION: Final = 9

_PEOPLE_PER_TEAM: Final = 12

_LARGEST: Final = {Staffing.NURSERY: 40, Staffing.HOSPITAL: 100, Staffing.FIRE: 90}

_LARGEST_OTHERWISE: Final = 75

_MAX_ABSENT: Final = {Staffing.NURSERY: 1, Staffing.BRANCH: 3}

_IN_THE_POLICY: Final = {Staffing.OFFICE, Staffing.BRANCH, Staffing.HEALTH, Staffing.DEPOT}

_DEPUTY_FROM: Final = 80

_COUNSELOR_FROM: Final = 180

_DIGITS: Final = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")

_HUNDREDS: Final = (
    "",
    "ヒャク",
    "ニヒャク",
    "サンビャク",
    "ヨンヒャク",
    "ゴヒャク",
    "ロッピャク",
    "ナナヒャク",
    "ハッピャク",
    "キュウヒャク",
)


class Unit(NamedTuple):
    """A row of the tree; `lineage` holds its ancestors and itself."""

    id: UUID
    code: str
    name: str
    level: UnitLevel
    lineage: tuple[UUID, ...]
    valid_from: date
    valid_to: date | None = None
    name_kana: str | None = None
    name_en: str | None = None
    parent_id: UUID | None = None
    needs_leader: bool = False
    max_absent: int | None = None
    successor_ids: tuple[UUID, ...] = ()
    appointments_pass_on: bool = False


@dataclass
class Workplace:
    """A section or office with its teams, and how many people work there, without the posts of the department itself."""

    department: Unit
    section: Unit
    staffing: Staffing
    people: int
    teams: list[Unit] = field(default_factory=list)


@dataclass
class Organization:
    """All units; `before` maps a renamed unit to its predecessor, which existed until `reorganized_on`."""

    reorganized_on: date
    units: list[Unit] = field(default_factory=list)
    workplaces: list[Workplace] = field(default_factory=list)
    department_posts: list[tuple[Unit, Staffing, int]] = field(default_factory=list)
    before: dict[UUID, UUID] = field(default_factory=dict)

    def unit_on(self, unit: UUID, day: date) -> UUID:
        """The id under which the unit existed on that day."""
        return self.before.get(unit, unit) if day < self.reorganized_on else unit


class _Share(NamedTuple):
    department: Department
    section: Section
    people: int


def organization(people: int, *, opened_on: date, reorganized_on: date, ids: Ids) -> Organization:
    """Units for that many people; each department has one to three posts besides those of its sections."""
    city = Organization(reorganized_on)
    kept = _kept(people)
    top_posts = _top_posts(kept, people)
    sizes = _apportion([section.people for _, section in kept], people - sum(top_posts.values()))
    shares = [_Share(department, section, size) for (department, section), size in zip(kept, sizes, strict=True)]
    for department in chart():
        own = [share for share in shares if share.department.code == department.code]
        if own:
            _open_department(city, department, own, opened_on, ids)
            city.department_posts.append(
                (city.workplaces[-1].department, department.staffing, top_posts[department.code])
            )
    return city


def _kept(people: int) -> list[tuple[Department, Section]]:
    """The sections of a city of this size: a small city has fewer, a large city larger ones."""
    outline = [(at, department, section) for department in chart() for at, section in enumerate(department.sections)]
    first = sorted(outline, key=lambda entry: (not entry[2].is_kept, entry[0]))
    chosen = first[: max(3, people // _PEOPLE_PER_KEPT_SECTION)]
    return [(department, section) for at, department, section in outline if (at, department, section) in chosen]


def _top_posts(kept: list[tuple[Department, Section]], people: int) -> dict[str, int]:
    """Posts of each department: a head, in larger ones also a deputy and a counselor."""
    total = sum(section.people for _, section in kept)
    sizes: dict[str, float] = {}
    for department, section in kept:
        sizes[department.code] = sizes.get(department.code, 0) + section.people * people / total
    return {code: 1 + (size >= _DEPUTY_FROM) + (size >= _COUNSELOR_FROM) for code, size in sizes.items()}


def _apportion(weights: list[float], total: int) -> list[int]:
    """Integers in proportion to the weights that add up to the total, none below the minimum."""
    spare = total - _MIN_PEOPLE_IN_SECTION * len(weights)
    exact = [weight * spare / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda at: counts[at] - exact[at])
    for at in by_remainder[: spare - sum(counts)]:
        counts[at] += 1
    return [_MIN_PEOPLE_IN_SECTION + share for share in counts]


def _open_department(city: Organization, outline: Department, own: list[_Share], opened_on: date, ids: Ids) -> None:
    label = _Label(outline.code, outline.name, outline.kana)
    department = _unit(ids, label, UnitLevel.DEPARTMENT, None, opened_on)._replace(name_en=outline.name_en)
    city.units.append(department)
    for at, share in enumerate(own, start=1):
        code = share.section.code or f"{outline.code}{at:02d}"
        for part, people in enumerate(_parts(share), start=1):
            _open_section(city, department, share.section, _Label.of(share.section, code, part), people, ids)


def _unit(ids: Ids, label: "_Label", level: UnitLevel, parent: Unit | None, valid_from: date) -> Unit:
    key = ids()
    above = parent.lineage if parent else ()
    return Unit(
        key, label.code, label.name, level, (*above, key), valid_from,
        name_kana=label.kana, parent_id=parent.id if parent else None,
    )  # fmt: skip


def _parts(share: _Share) -> Iterator[int]:
    """Sizes of the parts: a section that is too large is divided, unless the policy names it."""
    limit = _LARGEST.get(share.section.staffing, _LARGEST_OTHERWISE)
    count = 1 if share.section.code or share.people <= limit else ceil(share.people / (limit * 0.6))
    for part in range(count):
        yield share.people // count + (part < share.people % count)


class _Label(NamedTuple):
    code: str
    name: str
    kana: str | None = None

    @classmethod
    def of(cls, section: Section, code: str, part: int) -> "_Label":
        if part == 1:
            return cls(code, section.name, section.kana)
        return cls(f"{code}.{part}", f"第{part}{section.name}", f"ダイ{_reading(part)}{section.kana}")


def _reading(number: int) -> str:
    """Below 1,000."""
    hundreds, below = divmod(number, 100)
    tens, ones = divmod(below, 10)
    return _HUNDREDS[hundreds] + (_DIGITS[tens] if tens > 1 else "") + ("ジュウ" if tens else "") + _DIGITS[ones]


def _open_section(city: Organization, department: Unit, outline: Section, label: _Label, people: int, ids: Ids) -> None:
    level, opened_on = UnitLevel.OFFICE if outline.is_office else UnitLevel.SECTION, department.valid_from
    section = _unit(ids, label, level, department, opened_on)._replace(
        needs_leader=outline.staffing in _IN_THE_POLICY, max_absent=_MAX_ABSENT.get(outline.staffing)
    )
    teams = [_unit(ids, team, UnitLevel.TEAM, section, opened_on) for team in _team_labels(outline, label.code, people)]
    workplace = Workplace(department, section, outline.staffing, people, teams)
    if outline.former:
        workplace = _renamed(city, workplace, outline.former, ids)
    city.workplaces.append(workplace)
    city.units += [workplace.section, *workplace.teams]


def _team_labels(outline: Section, code: str, people: int) -> Iterator[_Label]:
    count = people // _PEOPLE_PER_TEAM if outline.teams else 0
    for at in range(count if count > 1 else 0):
        again, which = divmod(at, len(outline.teams))
        number = f"第{again + 1}" if again else ""
        yield _Label(f"{code}-{at + 1}", f"{outline.teams[which]}{number}係")


def _renamed(city: Organization, now: Workplace, former: tuple[str, str], ids: Ids) -> Workplace:
    """The workplace after a reorganization that closed its former units and opened new ones with the same codes."""
    was = {now.section.id: ids()} | {team.id: ids() for team in now.teams}
    for unit in (now.section, *now.teams):
        closed = unit._replace(
            id=was[unit.id],
            parent_id=was.get(unit.lineage[-2], unit.lineage[-2]),
            valid_to=city.reorganized_on,
            successor_ids=(unit.id,),
            lineage=tuple(was.get(key, key) for key in unit.lineage),
        )
        city.units.append(closed._replace(name=former[0], name_kana=former[1]) if unit is now.section else closed)
    city.before |= was
    return replace(
        now,
        section=now.section._replace(valid_from=city.reorganized_on),
        teams=[team._replace(valid_from=city.reorganized_on) for team in now.teams],
    )
