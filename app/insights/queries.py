"""Every question about gaps: one person's explained, everybody's counted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course, CourseSkill
from app.identity.principal import Principal
from app.insights import rules
from app.insights.enums import GroupBy
from app.insights.functions import FIGURES, GapQuestion
from app.insights.schemas import SkillGapQuery
from app.kit import clock
from app.kit.as_of import DAY, AsOf
from app.kit.problems import NotFound
from app.people.functions import WORKFORCE
from app.people.models import Absence, Employee, OrgUnit
from app.people.sight import Purpose, count_scope, sees_network, sees_person
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, Enrollment
from app.seats.rules import ACTIVE
from app.skills.models import Skill
from app.skills.rules import Gap

_RETURNED_ON = (
    select(func.max(func.coalesce(col(Absence.valid_to), DAY + 1)))
    .where(col(Absence.employee_id) == col(Employee.id), col(Absence.valid_from) <= DAY)
    .scalar_subquery()
    .label("returned_on")
)

"""The day after the latest absence that has begun; tomorrow at the earliest where no end is known."""


async def person(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> Any:
    """The person with the facts of the day, if the caller may see the gap."""
    statement = (
        select(
            *(col(member) for member in (Employee.id, Employee.employee_number)),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("display_name"),
            func.coalesce(WORKFORCE.c.in_scope, false()).label("in_scope"),
            func.coalesce(WORKFORCE.c.absent, false()).label("absent"),
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
    return row


async def skills(db: AsyncSession, codes: Sequence[str]) -> Mapping[str, Skill]:
    rows = await db.scalars(select(Skill).where(col(Skill.code).in_(codes)))
    return {skill.code: skill for skill in rows}


async def next_sessions(db: AsyncSession, employee_id: UUID, found: Iterable[Gap]) -> Sequence[RowMapping]:
    """For each missing skill the next sessions that would give it and that the person has no place in yet."""
    wanted = {gap.skill_code: rules.level_wanted(gap) for gap in found if rules.unmet(gap)}
    gives = or_(
        false(),
        *(and_(col(CourseSkill.skill_code) == code, col(CourseSkill.level) >= level) for code, level in wanted.items()),
    )
    placed = select(col(Enrollment.course_session_id)).where(
        col(Enrollment.employee_id) == employee_id, col(Enrollment.status).in_(ACTIVE)
    )
    in_turn = func.row_number().over(
        partition_by=col(CourseSkill.skill_code), order_by=(col(CourseSession.starts_at), col(CourseSession.id))
    )
    rows = (
        select(
            col(CourseSkill.skill_code),
            *(col(member) for member in (CourseSession.id, CourseSession.course_id, CourseSession.starts_at)),
            *(col(member) for member in (CourseSession.application_opens_at, CourseSession.application_closes_at)),
            *(col(member) for member in (Course.code, Course.title, Course.title_en, Course.mode)),
            (col(CourseSession.capacity) - col(CourseSession.seats_taken)).label("free_seats"),
            in_turn.label("turn"),
        )
        .join(CourseSession, col(CourseSession.course_id) == col(CourseSkill.course_id))
        .join(Course, col(Course.id) == col(CourseSkill.course_id))
        .where(gives, _can_be_joined(), col(CourseSession.id).not_in(placed))
        .subquery()
    )
    first = select(rows).where(rows.c.turn <= rules.SESSIONS_SHOWN).order_by(rows.c.skill_code, rows.c.turn)
    return (await db.execute(first)).mappings().all()


def _can_be_joined() -> Any:
    """Published, with a seat that nobody waits for, open for application now or later."""
    return and_(
        col(CourseSession.status) == SessionStatus.PUBLISHED,
        col(CourseSession.seats_taken) < col(CourseSession.capacity),
        col(CourseSession.waitlist_length) == 0,
        col(CourseSession.application_closes_at) > clock.now(),
    )


def question(who: Principal, query: SkillGapQuery) -> GapQuestion:
    """The question for the database, once the caller may ask it."""
    filters = (query.under, query.role_code, query.skill_code)
    scope = count_scope(who, narrowed=rules.is_narrowed(query.group_by, *filters))
    rules.check_may_count(sees_nobody=scope.is_empty, leads=sees_network(who))
    return GapQuestion(
        by_unit=GroupBy.ORG_UNIT in query.group_by,
        by_role=GroupBy.ROLE in query.group_by,
        by_skill=GroupBy.SKILL in query.group_by,
        levels=rules.LEVELS[query.level],
        role_codes=query.role_code,
        skill_codes=query.skill_code,
        under=query.under,
        scope=scope,
        smallest=rules.SMALLEST_GROUP,
    )


async def any_group(db: AsyncSession, asked: GapQuestion, as_of: AsOf) -> Any:
    """One group, for the totals and the number of groups that each carries."""
    return (await db.execute(select(FIGURES).limit(1), {**as_of.params, **asked.params})).first()
