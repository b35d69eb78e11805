from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import select

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.insights import queries, rules, views
from app.insights.functions import FIGURES
from app.insights.schemas import SkillGapPage, SkillGapQuery, SkillGapRead
from app.kit.database import Db
from app.kit.listing import Pages
from app.kit.routing import Router
from app.roles.queries import held_roles
from app.skills.queries import evidence_of, map_in_force, requirements_on
from app.skills.rules import gaps

router = Router(tags=[])
people = Router(prefix="/employees", tags=["skill_gaps"])
figures = Router(prefix="/skill_gaps", tags=["skill_gaps"])


@people.get(
    "/{id}/skill_gap",
    response_model=SkillGapRead,
    summary="One person's gap as of a day, explained",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def skill_gaps_read(id: UUID, db: Db, who: Caller, as_of: RequestedDay) -> SkillGapRead:
    """One person's gap as of a day, explained. Why each skill is demanded, what was shown, what would close it.

    For the person, the heads of the person's units, and the offices in charge. Days of grace run from the role's first
    day, or from the return from leave. Sessions are the next ones from now on, whatever the day.
    """
    person = await queries.person(db, who, id, as_of)
    skill_map, roles = await map_in_force(db, as_of.day), await held_roles(db, person.id, as_of)
    requirements, evidence = await requirements_on(db, as_of.day), await evidence_of(db, person.id, as_of.day)
    found = gaps(as_of.day, rules.from_return(roles, person.returned_on), requirements, evidence)
    skills = await queries.skills(db, [gap.skill_code for gap in found])
    sessions = await queries.next_sessions(db, person.id, found)
    return views.skill_gap(
        person, as_of.day, roles, skill_map, views.lines(found, as_of.day, skill_map, skills, sessions)
    )


@figures.get("", response_model=SkillGapPage, summary="The gap counted", dependencies=[may(Permission.SIGNED_IN)])
async def skill_gaps_list(query: Annotated[SkillGapQuery, Query()], db: Db, pages: Pages, who: Caller) -> SkillGapPage:
    """The gap counted. Of the people in scope whose roles demand a skill, how many have shown it.

    A person counts in the primary unit of the day; with two roles, once in each role and once in the totals. Offices
    count everybody, heads their units and what stands below, leaders the whole of their unit by skill.
    """
    as_of, asked = who.as_of(query.as_of), queries.question(who, query)
    uncounted = query.model_copy(update={"include_count": False})
    rows = await pages.fetch_rows(select(FIGURES), uncounted, as_of, asked)
    carrier = rows.rows[0] if rows.rows else await queries.any_group(db, asked, as_of)
    return views.figures(rows, carrier, counted=query.counts())


for part in (people, figures):
    router.include_router(part)
