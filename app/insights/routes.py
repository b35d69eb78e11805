from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.identity.gate import SignedIn
from app.insights import queries
from app.insights.schemas import SkillGapPage, SkillGapQuery, SkillGapRead
from app.kit.database import Db
from app.kit.filters import AsOf
from app.kit.listing import Listing, Pages
from app.kit.routing import Router

router = Router(tags=[])
people = Router(prefix="/employees", tags=["skill_gaps"])
figures = Router(prefix="/skill_gaps", tags=["skill_gaps"])


@people.get("/{id}/skill_gap", response_model=SkillGapRead)
async def read_skill_gap(id: UUID, db: Db, who: SignedIn, as_of: AsOf) -> SkillGapRead:
    """One person's gap as of a day, explained. Why each skill is demanded, what was shown, what would close it.

    For the person, the heads of the person's units, and the offices in charge. Days of grace run from the role's first
    day, or from the return from leave. Sessions are the next ones from now on, whatever the day.
    """
    return await queries.explained(db, who, await queries.person(db, who, id, as_of), as_of)


@figures.get("", response_model=SkillGapPage)
async def list_skill_gaps(query: Annotated[SkillGapQuery, Query()], db: Db, pages: Pages, who: SignedIn) -> Listing:
    """The gap counted. Of the people in scope whose roles demand a skill, how many have shown it.

    A person counts in the primary unit of the day; with two roles, once in each role and once in the totals. Offices
    count everybody, heads their units and what stands below, leaders the whole of their unit by skill.
    """
    return await queries.counted(db, pages, query, queries.asked(who, query))


for part in (people, figures):
    router.include_router(part)
