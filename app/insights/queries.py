"""Skill gaps: one person's explained, everyone's counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from app.findings.disclosure import SMALLEST_SKILL_GAP_GROUP, Holding, may_read_last, reading_day
from app.identity.principal import Principal
from app.insights import rules
from app.insights.enums import GroupBy
from app.insights.functions import (
    FIGURES,
    READINGS,
    FigureRow,
    GapQuestion,
)
from app.insights.models import FigureChange
from app.insights.schemas import Label, MapLabel, SkillGapQuery, UnitLabel
from app.kit.as_of import DAY, AsOf
from app.kit.database import planned_for_values
from app.kit.listing import Pager, Rows
from app.kit.memory import Memory
from app.kit.problems import NotFound
from app.kit.together import fetch_together
from app.people.functions import WORKFORCE, KnownAbsence, is_known
from app.people.models import Employee, OrgUnit
from app.people.sight import CountScope, Purpose, count_scope, leads_a_unit, sees_person
from app.roles.queries import HistoryRow, latest, role_history
from app.roles.rules import HeldRole
from app.skills.functions import map_valid_on
from app.skills.models import Skill, SkillMap
from app.skills.queries import evidence_of, requirements_on
from app.skills.rules import Evidence, Gap, Requirement, gaps
from app.suggestions.queries import GapSession, sessions_for

_RETURNED_ON = (
    select(func.max(func.coalesce(col(KnownAbsence.valid_to), DAY + 1)))
    .where(col(KnownAbsence.employee_id) == col(Employee.id), col(KnownAbsence.valid_from) <= DAY)
    .scalar_subquery()
)
"""The day after the latest absence that has begun; tomorrow at the earliest if its end is not known."""


@dataclass(frozen=True)
class Person:
    """An employee on a day; `returned_on` follows their latest absence."""

    id: UUID
    employee_number: str
    display_name: str
    in_scope: bool
    absent: bool
    returned_on: date | None


@dataclass(frozen=True)
class ExplainedGap:
    """Everything that explains one person's gaps on a day; `skills` by code."""

    day: date
    person: Person
    org_unit: UnitLabel | None
    skill_map: MapLabel | None
    roles: Sequence[HeldRole]
    gaps: Sequence[Gap]
    skills: Mapping[str, Label]
    sessions: Sequence[GapSession]


_PERSON, _UNITS = TypeAdapter(list[Person]), TypeAdapter(list[UnitLabel])
_MAPS, _SKILLS = TypeAdapter(list[MapLabel]), TypeAdapter(list[Label])
_HISTORY, _REQUIREMENTS = TypeAdapter(list[HistoryRow]), TypeAdapter(list[Requirement])
_EVIDENCE = TypeAdapter(list[Evidence])


async def explained_gap(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> ExplainedGap:
    """In one statement about the person and one about sessions; 404 unless the caller may see the person's skills."""
    found = await fetch_together(
        db,
        as_of,
        person=_person(who, employee_id),
        unit=_columns(OrgUnit, UnitLabel).join(WORKFORCE, _WORKS_THERE).where(WORKFORCE.c.employee_id == employee_id),
        map=_columns(SkillMap, MapLabel).where(map_valid_on()),
        skill=_columns(Skill, Label),
        role=role_history(employee_id, as_of),
        requirement=requirements_on(as_of.day),
        evidence=evidence_of(employee_id, as_of.day),
    )
    for person in _PERSON.validate_python(found["person"]):
        roles = latest(_HISTORY.validate_python(found["role"]))
        held = rules.from_return(roles, person.returned_on)
        required = _REQUIREMENTS.validate_python(found["requirement"])
        gap = gaps(as_of.day, held, required, _EVIDENCE.validate_python(found["evidence"]))
        levels = {each.skill_code: rules.missing_level(each) or 0 for each in gap if rules.unmet(each)}
        return ExplainedGap(
            day=as_of.day,
            person=person,
            org_unit=next(iter(_UNITS.validate_python(found["unit"])), None),
            skill_map=next(iter(_MAPS.validate_python(found["map"])), None),
            roles=roles,
            gaps=gap,
            skills={skill.code: skill for skill in _SKILLS.validate_python(found["skill"])},
            sessions=await sessions_for(db, person.id, levels, rules.SESSIONS_SHOWN),
        )
    raise NotFound


_WORKS_THERE = col(OrgUnit.id) == WORKFORCE.c.org_unit_id


def _columns(model: type[SQLModel], shown: type[BaseModel]) -> Select[*tuple[Any, ...]]:
    """What is shown of a record."""
    return select(*(col(getattr(model, name)) for name in shown.model_fields))


def _person(who: Principal, employee_id: UUID) -> Select[*tuple[Any, ...]]:
    """The columns of a `Person`."""
    return (
        select(
            col(Employee.id),
            col(Employee.employee_number),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("display_name"),
            func.coalesce(WORKFORCE.c.in_scope, false()).label("in_scope"),
            func.coalesce(WORKFORCE.c.absent, false()).label("absent"),
            _RETURNED_ON.label("returned_on"),
        )
        .outerjoin(WORKFORCE, WORKFORCE.c.employee_id == col(Employee.id))
        .where(col(Employee.id) == employee_id, is_known(Employee.id), sees_person(who, Purpose.SKILLS, Employee.id))
    )


@dataclass(frozen=True)
class Asked:
    """A question of a caller; `who` is None where callers get the same answer, `state` what is counted from."""

    state: int | None
    who: Principal | None
    as_of: AsOf
    query: str


@dataclass(frozen=True)
class Figures:
    """A page of groups; any group has the totals, None if there is no group."""

    page: Rows[FigureRow]
    any_figure: FigureRow | None


FigureMemory = Memory[Asked, Figures]
FIGURES_REMEMBERED = 64
"""Pages in a process, of at most 200 groups each."""


async def figures(
    db: AsyncSession, pages: Pager, memory: FigureMemory, who: Principal, query: SkillGapQuery
) -> Figures:
    """Counted, or remembered if nothing has changed since; raises if the caller may not count it."""
    scope = _scope(who, query)
    as_of = who.as_of(rules.day_asked(query.as_of, query.fiscal_year, who.today))
    state = await db.scalar(select(func.bit_xor(col(FigureChange.token))))
    asked = Asked(state, None if scope.visible is None else who, as_of, query.model_dump_json())
    found = await memory.get(asked, lambda: _figures(db, pages, who, query, as_of, scope))
    pages.link(query, found.page)
    return found


async def changes_noted(db: AsyncSession) -> int:
    return await db.scalar(select(func.count()).select_from(FigureChange)) or 0


def _scope(who: Principal, query: SkillGapQuery) -> CountScope:
    filters = (query.under, query.role_code, query.skill_code)
    scope = count_scope(who, narrowed=rules.is_narrowed(query.group_by, *filters))
    rules.check_may_count(sees_nobody=scope.is_empty, leads=leads_a_unit(who))
    return scope


async def _figures(
    db: AsyncSession, pages: Pager, who: Principal, query: SkillGapQuery, as_of: AsOf, scope: CountScope
) -> Figures:
    as_of, question = await _question(db, who, query, as_of, scope)
    page = await _page(pages, query, as_of, question)
    return Figures(page, await _any_figure(db, page, as_of, question))


async def _question(
    db: AsyncSession, who: Principal, query: SkillGapQuery, as_of: AsOf, scope: CountScope
) -> tuple[AsOf, GapQuestion]:
    """What to count for the caller, as of which day.

    Heads count the people whose gaps they may see. Leaders count others, too: as of the first day of a quarter only.
    """
    question = GapQuestion(
        by_unit=GroupBy.ORG_UNIT in query.group_by,
        by_role=GroupBy.ROLE in query.group_by,
        by_skill=GroupBy.SKILL in query.group_by,
        levels=rules.LEVELS[query.level],
        role_codes=query.role_code,
        skill_codes=query.skill_code,
        under=query.under,
        visible=scope.visible,
        expires_within=query.expires_within,
    )
    if scope.visible is None:
        return as_of, question
    in_sight = await _people_in_sight(db, who)
    if not scope.with_others:
        return as_of, replace(question, people=in_sight)
    read_on = who.as_of(reading_day(min(as_of.day, who.today)))
    return read_on, replace(question, shown=await _shown_skills(db, read_on, question, set(in_sight)))


async def _people_in_sight(db: AsyncSession, who: Principal) -> Sequence[UUID]:
    people = select(col(Employee.id)).where(sees_person(who, Purpose.SKILLS, Employee.id))
    return (await db.scalars(people, who.as_of_today.params)).all()


async def _shown_skills(db: AsyncSession, as_of: AsOf, question: GapQuestion, in_sight: Set[UUID]) -> Sequence[str]:
    """Skills whose holders may be shown as of the day, beside those of earlier days."""
    params = {**as_of.params, "visible": question.params["visible"]}
    readings: dict[str, dict[date, dict[UUID, bool]]] = defaultdict(lambda: {as_of.day: {}})
    for read_on, skill_code, employee_id, holds in await db.execute(planned_for_values(select(READINGS)), params):
        others = readings[skill_code].setdefault(read_on, {})
        if employee_id not in in_sight:
            others[employee_id] = holds
    return [code for code, by_day in readings.items() if may_read_last(_in_order(by_day), SMALLEST_SKILL_GAP_GROUP)]


def _in_order(by_day: Mapping[date, Holding]) -> Sequence[Holding]:
    return [by_day[day] for day in sorted(by_day)]


async def _page(pages: Pager, query: SkillGapQuery, as_of: AsOf, question: GapQuestion) -> Rows[FigureRow]:
    """A page of groups; the groups are not counted, as each row has their number."""
    uncounted = query.model_copy(update={"include_count": False})
    rows = await pages.fetch_rows(select(FIGURES), uncounted, as_of, question)
    return Rows(cast("Sequence[FigureRow]", rows.rows), rows.metadata, rows.as_of)


async def _any_figure(db: AsyncSession, page: Rows[FigureRow], as_of: AsOf, question: GapQuestion) -> FigureRow | None:
    """Any group, for the totals: one of the page, or the first if the page is empty; None if there is no group."""
    if page.rows:
        return page.rows[0]
    rows = planned_for_values(select(FIGURES).limit(1))
    first = await db.execute(rows, {**as_of.params, **question.params})
    return cast("FigureRow | None", first.first())
