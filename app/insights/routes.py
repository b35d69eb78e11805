from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.insights import queries, views
from app.insights.schemas import SkillGapPage, SkillGapQuery, SkillGapRead
from app.kit.database import Db
from app.kit.listing import Pages
from app.kit.routing import Router

IsSignedIn = may(Permission.SIGNED_IN)


async def figure_memory(request: Request) -> queries.FigureMemory:
    memory: queries.FigureMemory = request.app.state.figures
    return memory


Remembered = Annotated[queries.FigureMemory, Depends(figure_memory)]

router = Router(tags=[])
people = Router(prefix="/employees", tags=["skill_gaps"])
figures = Router(prefix="/skill_gaps", tags=["skill_gaps"])


@people.get("/{id}/skill_gap", summary="Explain an employee's skill gap", dependencies=[IsSignedIn])
async def skill_gaps_read(id: UUID, db: Db, who: Caller, as_of: RequestedDay) -> SkillGapRead:
    """For each skill that the person's roles require on the day: the evidence, and sessions that would close the gap.

    For the person, heads of their units, and the offices in charge. Days of grace run from the last of these days: the
    first day of the role, the first day of the requirement, the return from an absence, the end of evidence that met
    it. The sessions are the next ones from now on, whatever the day.
    """
    return views.skill_gap(await queries.explained_gap(db, who, id, as_of))


@figures.get("", summary="Count skill gaps", dependencies=[IsSignedIn])
async def skill_gaps_list(
    query: Annotated[SkillGapQuery, Query()], db: Db, pages: Pages, memory: Remembered, who: Caller
) -> SkillGapPage:
    """For each group, how many people in scope need its skills and how many have them, as of the day.

    A person counts in their primary unit; with two roles, once in each role and once in the totals. Offices count
    everyone, heads those people of their units and the units below whom they see today. Leaders count their units as
    a whole by skill, as of the first day of a quarter, and see no more than headcounts and holders.
    """
    found = await queries.figures(db, pages, memory, who, query)
    return views.figures(found.page, found.any_figure, counted=query.counted() is not None)


router.add(people, figures)
