"""Skill gaps: one person's explained, everyone's counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.enums import EnrollmentMode
from app.catalog.models import Course, CourseSkill
from app.findings.disclosure import SMALLEST_SKILL_GAP_GROUP, Holding, may_read_last, reading_day
from app.identity.principal import Principal
from app.insights import rules
from app.insights.enums import GroupBy
from app.insights.functions import FIGURES, READINGS, FigureRow, GapQuestion
from app.insights.schemas import SkillGapQuery
from app.kit import clock
from app.kit.as_of import DAY, AsOf
from app.kit.listing import Pager, Rows
from app.kit.problems import NotFound
from app.people.functions import WORKFORCE, KnownAbsence
from app.people.models import Employee, OrgUnit
from app.people.sight import Purpose, count_scope, leads_a_unit, sees_person
from app.roles.queries import held_roles
from app.roles.rules import HeldRole
from app.seats.enums import SessionStatus
from app.seats.functions import HAS_FREE_SEAT
from app.seats.models import CourseSession, Enrollment
from app.seats.rules import ACTIVE
from app.skills.models import Skill, SkillMap
from app.skills.queries import evidence_of, map_in_force, requirements_on
from app.skills.rules import Gap, gaps

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
    org_unit: OrgUnit | None


@dataclass(frozen=True)
class OpenSession:
    """A session that would close the gap in a skill."""

    skill_code: str
    id: UUID
    course_id: UUID
    code: str
    title: str
    title_en: str | None
    mode: EnrollmentMode
    starts_at: datetime
    free_seats: int
    application_opens_at: datetime
    application_closes_at: datetime


@dataclass(frozen=True)
class ExplainedGap:
    """Everything that explains one person's gaps on a day; `skills` by code."""

    day: date
    person: Person
    skill_map: SkillMap | None
    roles: Sequence[HeldRole]
    gaps: Sequence[Gap]
    skills: Mapping[str, Skill]
    sessions: Sequence[OpenSession]


async def explained_gap(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> ExplainedGap:
    """404 unless the caller may see the person's skills."""
    person = await _person(db, who, employee_id, as_of)
    skill_map = await map_in_force(db, as_of.day)
    roles = await held_roles(db, person.id, as_of)
    requirements = await requirements_on(db, as_of.day)
    evidence = await evidence_of(db, person.id, as_of.day)
    found = gaps(as_of.day, rules.from_return(roles, person.returned_on), requirements, evidence)
    skills = await _skills(db, [gap.skill_code for gap in found])
    sessions = await _next_sessions(db, person.id, found)
    return ExplainedGap(as_of.day, person, skill_map, roles, found, skills, sessions)


async def _person(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> Person:
    statement = (
        select(
            col(Employee.id),
            col(Employee.employee_number),
            func.coalesce(col(Employee.display_name), col(Employee.name)),
            func.coalesce(WORKFORCE.c.in_scope, false()),
            func.coalesce(WORKFORCE.c.absent, false()),
            _RETURNED_ON,
            OrgUnit,
        )
        .outerjoin(WORKFORCE, WORKFORCE.c.employee_id == col(Employee.id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == WORKFORCE.c.org_unit_id)
        .where(col(Employee.id) == employee_id, sees_person(who, Purpose.SKILLS, Employee.id))
    )
    row = (await db.execute(statement, as_of.params)).first()
    if row is None:
        raise NotFound
    return Person(*row)


async def _skills(db: AsyncSession, codes: Sequence[str]) -> Mapping[str, Skill]:
    rows = await db.scalars(select(Skill).where(col(Skill.code).in_(codes)))
    return {skill.code: skill for skill in rows}


async def _next_sessions(db: AsyncSession, employee_id: UUID, found: Iterable[Gap]) -> Sequence[OpenSession]:
    """For each missing skill, the next sessions that would give it and that the person has not applied for."""
    ranked = _ranked_sessions(employee_id, found)
    rows = (
        select(
            ranked.c.skill_code,
            col(CourseSession.id),
            col(CourseSession.course_id),
            col(Course.code),
            col(Course.title),
            col(Course.title_en),
            col(Course.mode),
            col(CourseSession.starts_at),
            col(CourseSession.capacity) - col(CourseSession.seats_taken),
            col(CourseSession.application_opens_at),
            col(CourseSession.application_closes_at),
        )
        .join_from(ranked, CourseSession, col(CourseSession.id) == ranked.c.id)
        .join(Course, col(Course.id) == col(CourseSession.course_id))
        .where(ranked.c.rank <= rules.SESSIONS_SHOWN)
        .order_by(ranked.c.skill_code, ranked.c.rank)
    )
    return [OpenSession(*row) for row in await db.execute(rows)]


def _ranked_sessions(employee_id: UUID, found: Iterable[Gap]) -> Subquery:
    """Skill code, id and rank of sessions that would give a missing skill, the earliest first."""
    applied_for = select(col(Enrollment.course_session_id)).where(
        col(Enrollment.employee_id) == employee_id, col(Enrollment.status).in_(ACTIVE)
    )
    rank = func.row_number().over(
        partition_by=col(CourseSkill.skill_code), order_by=(col(CourseSession.starts_at), col(CourseSession.id))
    )
    return (
        select(col(CourseSkill.skill_code), col(CourseSession.id), rank.label("rank"))
        .join(CourseSession, col(CourseSession.course_id) == col(CourseSkill.course_id))
        .where(_gives_missing_skill(found), _can_be_joined(), col(CourseSession.id).not_in(applied_for))
        .subquery("ranked")
    )


def _gives_missing_skill(found: Iterable[Gap]) -> ColumnElement[bool]:
    levels = {gap.skill_code: rules.missing_level(gap) for gap in found if rules.unmet(gap)}
    return or_(
        false(),
        *(and_(col(CourseSkill.skill_code) == code, col(CourseSkill.level) >= level) for code, level in levels.items()),
    )


def _can_be_joined() -> ColumnElement[bool]:
    """Published, with a free seat and no waiting list, and applications can still be sent now or later."""
    return and_(
        col(CourseSession.status) == SessionStatus.PUBLISHED,
        HAS_FREE_SEAT,
        col(CourseSession.waitlist_length) == 0,
        col(CourseSession.application_closes_at) > clock.now(),
    )


async def gap_question(db: AsyncSession, who: Principal, query: SkillGapQuery) -> tuple[AsOf, GapQuestion]:
    """What to count for the caller, as of which day; raises if the caller may not count it.

    Heads count the people whose gaps they may see. Leaders count others, too: as of the first day of a quarter only.
    """
    filters = (query.under, query.role_code, query.skill_code)
    scope = count_scope(who, narrowed=rules.is_narrowed(query.group_by, *filters))
    rules.check_may_count(sees_nobody=scope.is_empty, leads=leads_a_unit(who))
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
    as_of = who.as_of(rules.day_asked(query.as_of, query.fiscal_year, who.today))
    if scope.visible is None:
        return as_of, question
    in_sight = (await db.scalars(select(col(Employee.id)).where(sees_person(who, Purpose.SKILLS, Employee.id)))).all()
    if not scope.with_others:
        return as_of, replace(question, people=in_sight)
    read_on = who.as_of(reading_day(min(as_of.day, who.today)))
    return read_on, replace(question, shown=await _shown_skills(db, read_on, question, set(in_sight)))


async def _shown_skills(db: AsyncSession, as_of: AsOf, question: GapQuestion, in_sight: Set[UUID]) -> Sequence[str]:
    """Skills whose holders may be shown as of the day, beside those of earlier days."""
    params = {**as_of.params, "visible": question.params["visible"]}
    readings: dict[str, dict[date, dict[UUID, bool]]] = defaultdict(lambda: {as_of.day: {}})
    for read_on, skill_code, employee_id, holds in await db.execute(select(READINGS), params):
        others = readings[skill_code].setdefault(read_on, {})
        if employee_id not in in_sight:
            others[employee_id] = holds
    return [code for code, by_day in readings.items() if may_read_last(_in_order(by_day), SMALLEST_SKILL_GAP_GROUP)]


def _in_order(by_day: Mapping[date, Holding]) -> Sequence[Holding]:
    return [by_day[day] for day in sorted(by_day)]


async def figures(pages: Pager, query: SkillGapQuery, as_of: AsOf, question: GapQuestion) -> Rows[FigureRow]:
    """A page of groups; the groups are not counted, as each row has their number."""
    uncounted = query.model_copy(update={"include_count": False})
    rows = await pages.fetch_rows(select(FIGURES), uncounted, as_of, question)
    return Rows(cast("Sequence[FigureRow]", rows.rows), rows.metadata, rows.as_of)


async def any_figure(db: AsyncSession, page: Rows[FigureRow], as_of: AsOf, question: GapQuestion) -> FigureRow | None:
    """Any group, for the totals: one of the page, or the first if the page is empty; None if there is no group."""
    if page.rows:
        return page.rows[0]
    first = await db.execute(select(FIGURES).limit(1), {**as_of.params, **question.params})
    return cast("FigureRow | None", first.first())
