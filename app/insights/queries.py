"""Every question about gaps: one person's explained, everybody's counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course, CourseSkill
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.insights import rules
from app.insights.enums import GroupBy
from app.insights.facts import FIGURES, LABELS
from app.insights.schemas import NOBODY, GapCount, SkillGapQuery, SkillGapRead
from app.kit import clock
from app.kit.listing import Listing, Pager
from app.kit.problems import NotFound
from app.people.functions import DAY, FACTS
from app.people.models import Absence, Employee, OrgUnit
from app.people.sight import skills_seen_by
from app.roles.queries import held_roles
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, Enrollment
from app.seats.rules import ACTIVE
from app.skills.models import Skill, SkillMap
from app.skills.queries import cells_on, evidence_of, map_in_force
from app.skills.rules import Gap, gaps

_RETURNED_ON = (
    select(func.max(func.coalesce(col(Absence.valid_to), DAY + 1)))
    .where(col(Absence.employee_id) == col(Employee.id), col(Absence.valid_from) <= DAY)
    .scalar_subquery()
    .label("returned_on")
)

"""The day after the latest absence that has begun; tomorrow at the earliest where no end is known."""


async def person(db: AsyncSession, who: Principal, employee_id: UUID, day: date) -> Any:
    """The person with the facts of the day, if the caller may see the gap."""
    statement = (
        select(
            *(col(member) for member in (Employee.id, Employee.employee_number)),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("display_name"),
            func.coalesce(FACTS.c.in_scope, false()).label("in_scope"),
            func.coalesce(FACTS.c.absent, false()).label("absent"),
            _RETURNED_ON,
            OrgUnit,
        )
        .outerjoin(FACTS, FACTS.c.employee_id == col(Employee.id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == FACTS.c.org_unit_id)
        .where(col(Employee.id) == employee_id, skills_seen_by(who, col(Employee.id)))
    )
    row = (await db.execute(statement, {"day": day, "known_on": who.known_on})).first()
    if row is None:
        raise NotFound
    return row


async def explained(db: AsyncSession, who: Principal, person: Any, day: date) -> SkillGapRead:
    """The person's gap on the day: six statements, whatever the gap."""
    drawn = await map_in_force(db, day)
    roles = await held_roles(db, person.id, day, who.known_on)
    graced = rules.from_return(roles, person.returned_on)
    found = gaps(day, graced, await cells_on(db, day), await evidence_of(db, person.id, day))
    skills = await _skills(db, [gap.skill_code for gap in found])
    sessions = await _next_sessions(db, person.id, found)
    return SkillGapRead.model_validate(
        {
            **person._mapping,
            "as_of": day,
            "employee": {**person._mapping, "org_unit": person.OrgUnit},
            "skill_map": drawn and {**dict(drawn), "version": drawn.number},
            "roles": [asdict(role) for role in roles],
            "skills": [
                {
                    "skill": skills[gap.skill_code],
                    "next_sessions": [row for row in sessions if row["skill_code"] == gap.skill_code],
                    **_explanation(gap, drawn, day),
                }
                for gap in found
            ],
        },
        from_attributes=True,
    )


def _explanation(gap: Gap, drawn: SkillMap | None, day: date) -> dict[str, Any]:
    """The line without what other tables know: why the skill is demanded, and what was shown."""
    return {
        "status": rules.status(gap, day),
        "demanded_by": [
            {
                **asdict(demand.cell),
                "skill_requirement_id": demand.cell.id,
                "skill_map_version": drawn and drawn.number,
                "due_on": demand.due_on,
                "met": demand.met,
            }
            for demand in gap.demands
        ],
        "evidence": [asdict(shown) for shown in gap.counted],
        "expired_evidence": [asdict(shown) for shown in gap.lapsed],
    }


async def _skills(db: AsyncSession, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = select(col(Skill.code), col(Skill.name), col(Skill.name_en)).where(col(Skill.code).in_(codes))
    return {row["code"]: dict(row) for row in (await db.execute(rows)).mappings()}


async def _next_sessions(db: AsyncSession, employee_id: UUID, found: Iterable[Gap]) -> Sequence[Any]:
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


def asked(who: Principal, query: SkillGapQuery) -> dict[str, Any]:
    """What the figures depend on, after deciding whom the caller may count."""
    filters = (query.under, query.role_code, query.skill_code)
    sight = rules.sight(
        reads_all=who.may(Permission.READ_FIGURES),
        headed=who.standing.headed,
        led=who.standing.led,
        narrowed=rules.is_narrowed(query.group_by, *filters),
    )
    return {
        "known_on": who.known_on,
        "by_unit": GroupBy.ORG_UNIT in query.group_by,
        "by_role": GroupBy.ROLE in query.group_by,
        "by_skill": GroupBy.SKILL in query.group_by,
        "levels": rules.LEVELS[query.level],
        "under": query.under,
        "role_codes": query.role_code,
        "skill_codes": query.skill_code,
        "seen_under": None if sight.seen_under is None else list(sight.seen_under),
        "open_under": None if sight.open_under is None else list(sight.open_under),
        "smallest": rules.SMALLEST_GROUP,
    }


async def counted(db: AsyncSession, pages: Pager, query: SkillGapQuery, bound: dict[str, Any]) -> Listing:
    """A page of groups with totals and count: every row carries them, only a page without rows has to ask again."""
    groups = await pages.fetch(select(FIGURES), query.model_copy(update={"include_count": False}), **bound)
    carriers = groups["results"] or await _any_group(db, bound | {"day": query.as_of})
    groups["metadata"]["totals"] = _totals(carriers[0]) if carriers else NOBODY
    if query.counts():
        groups["metadata"]["resultset"]["count"] = carriers[0]["groups"] if carriers else 0
    groups["results"] = [_figure(row) for row in groups["results"]]
    return groups


async def _any_group(db: AsyncSession, bound: dict[str, Any]) -> Sequence[Any]:
    return (await db.execute(select(FIGURES).limit(1), bound)).mappings().all()


def _totals(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[f"total_{name}"] for name in GapCount.model_fields}


def _figure(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the members of its unit, role and skill nested; null for what it is not grouped by."""
    return {**row} | {
        of: {name: row[f"{of}_{name}"] for name in members} if row[f"{of}_code"] else None
        for of, members in LABELS.items()
    }
