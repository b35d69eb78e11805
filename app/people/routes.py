from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.records import add, remove
from app.kit.routing import Router
from app.people import commands, queries, views
from app.people.functions import KnownPost
from app.people.models import (
    Absence,
    AbsenceFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    Post,
    PostFields,
    ScopeRule,
    ScopeRuleFields,
)
from app.people.schemas import (
    AbsenceQuery,
    AbsenceRead,
    AbsenceUpdate,
    OrgUnitQuery,
    OrgUnitRead,
    OrgUnitUpdate,
    PositionRankQuery,
    PositionRankRead,
    PositionRankUpdate,
    PostQuery,
    PostRead,
    PostUpdate,
    ScopeRuleQuery,
    ScopeRuleRead,
    ScopeRuleUpdate,
)

router = Router(tags=[])

ranks = Router(prefix="/position_ranks", tags=["position_ranks"])

units = Router(prefix="/org_units", tags=["org_units"])

posts = Router(prefix="/posts", tags=["posts"])

absences = Router(prefix="/absences", tags=["absences"])

scope = Router(prefix="/scope_rules", tags=["scope_rules"])


async def known_rank(id: UUID, db: Db) -> PositionRank:
    return await one_or_404(db, select(PositionRank), col(PositionRank.id), id)


async def known_unit(id: UUID, db: Db) -> OrgUnit:
    return await one_or_404(db, select(OrgUnit), col(OrgUnit.id), id)


async def visible_post(id: UUID, db: Db, who: Caller) -> Post:
    return await one_or_404(db, queries.posts(who), KnownPost.id, id, as_of=who.as_of_today)


async def visible_absence(id: UUID, db: Db, who: Caller) -> Absence:
    return await one_or_404(db, queries.absences(who), col(Absence.id), id)


async def known_scope_rule(id: UUID, db: Db) -> ScopeRule:
    return await one_or_404(db, select(ScopeRule), col(ScopeRule.id), id)


Rank = Annotated[PositionRank, Depends(known_rank)]

Unit = Annotated[OrgUnit, Depends(known_unit)]

VisiblePost = Annotated[Post, Depends(visible_post)]

VisibleAbsence = Annotated[Absence, Depends(visible_absence)]

KnownScopeRule = Annotated[ScopeRule, Depends(known_scope_rule)]


@units.get(
    "",
    response_model=DatedPage[OrgUnitRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The units that exist on the day",
)
async def org_units_list(query: Annotated[OrgUnitQuery, Query()], pages: Pages, who: Caller) -> DatedPage[OrgUnitRead]:
    """The units that exist on the day. `under` gives a unit with all below it."""
    rows = await pages.fetch(queries.units_on_day(), query, who.as_of(query.as_of))
    return rows.dated_page([views.org_unit(row) for row in rows.rows])


@units.post(
    "", response_model=OrgUnitRead, status_code=201, dependencies=[may(Permission.EDIT_PEOPLE)], summary="Open a unit"
)
async def org_units_open(wanted: OrgUnitFields, db: Db, etag: Etag) -> OrgUnitRead:
    """Open a unit. Its parent must exist for as long; a code may be used again after the former unit has closed."""
    return views.org_unit(etag.created(await commands.open_unit(db, wanted)))


@units.get(
    "/{id}",
    response_model=OrgUnitRead,
    dependencies=[may(Permission.READ_POLICY)],
    summary="One unit, with its lineage: all units above it and itself, top first",
)
async def org_units_read(unit: Unit, etag: Etag) -> OrgUnitRead:
    """One unit, with its lineage: all units above it and itself, top first."""
    return views.org_unit(etag.stamp(unit))


@units.patch(
    "/{id}", response_model=OrgUnitRead, dependencies=[may(Permission.EDIT_PEOPLE)], summary="Change or close a unit"
)
async def org_units_change(unit: Unit, changes: OrgUnitUpdate, db: Db, etag: Etag) -> OrgUnitRead:
    """Change or close a unit. It cannot move in the tree, nor close before its posts and lower units have ended."""
    return views.org_unit(etag.stamp(await commands.change_unit(db, etag.fresh(unit), changes)))


@posts.get(
    "",
    response_model=Page[PostRead],
    summary="Posts of the people whom the caller may see",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def posts_list(query: Annotated[PostQuery, Query()], pages: Pages, who: Caller) -> Page[PostRead]:
    """Posts of the people whom the caller may see. Orders not yet published are left out for all but personnel."""
    rows = await pages.fetch(queries.posts(who), query, who.as_of_today)
    return rows.page([views.post(row) for row in rows.rows])


@posts.post(
    "",
    response_model=PostRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_PEOPLE)],
    summary="Assign a person to a unit",
)
async def posts_assign(wanted: PostFields, db: Db, etag: Etag) -> PostRead:
    """Assign a person to a unit. One primary post a day; the unit and the employment must last as long."""
    return views.post(etag.created(await commands.assign(db, wanted)))


@posts.get("/{id}", response_model=PostRead, summary="One post", dependencies=[may(Permission.SIGNED_IN)])
async def posts_read(post: VisiblePost, etag: Etag) -> PostRead:
    """One post."""
    return views.post(etag.stamp(post))


@posts.patch(
    "/{id}", response_model=PostRead, dependencies=[may(Permission.EDIT_PEOPLE)], summary="Correct or end a post"
)
async def posts_change(post: VisiblePost, changes: PostUpdate, db: Db, etag: Etag) -> PostRead:
    """Correct or end a post. A transfer is: end the old one and assign the new one."""
    return views.post(etag.stamp(await commands.change_post(db, etag.fresh(post), changes)))


@posts.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_PEOPLE)],
    summary="Revoke an order that should never have been: the log keeps it",
)
async def posts_revoke(post: VisiblePost, db: Db, etag: Etag) -> None:
    """Revoke an order that should never have been: the log keeps it."""
    await remove(db, etag.fresh(post))


@absences.get(
    "",
    response_model=Page[AbsenceRead],
    summary="Leave, secondment and suspension of the people whom the caller may see",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def absences_list(query: Annotated[AbsenceQuery, Query()], pages: Pages, who: Caller) -> Page[AbsenceRead]:
    """Leave, secondment and suspension of the people whom the caller may see."""
    rows = await pages.fetch(queries.absences(who), query, who.as_of_today)
    return rows.page([views.absence(row) for row in rows.rows])


@absences.post(
    "",
    response_model=AbsenceRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_PEOPLE)],
    summary="Record an absence: on these days the person is in no denominator and is not designated for training",
)
async def absences_record(wanted: AbsenceFields, db: Db, etag: Etag) -> AbsenceRead:
    """Record an absence: on these days the person is in no denominator and is not designated for training."""
    return views.absence(etag.created(await commands.record_absence(db, wanted)))


@absences.get("/{id}", response_model=AbsenceRead, dependencies=[may(Permission.SIGNED_IN)], summary="One absence")
async def absences_read(absence: VisibleAbsence, etag: Etag) -> AbsenceRead:
    """One absence."""
    return views.absence(etag.stamp(absence))


@absences.patch(
    "/{id}", response_model=AbsenceRead, dependencies=[may(Permission.EDIT_PEOPLE)], summary="Correct or end an absence"
)
async def absences_change(absence: VisibleAbsence, changes: AbsenceUpdate, db: Db, etag: Etag) -> AbsenceRead:
    """Correct or end an absence."""
    return views.absence(etag.stamp(await commands.change_absence(db, etag.fresh(absence), changes)))


@absences.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_PEOPLE)],
    summary="Remove an absence recorded by mistake: the log keeps it",
)
async def absences_remove(absence: VisibleAbsence, db: Db, etag: Etag) -> None:
    """Remove an absence recorded by mistake: the log keeps it."""
    await remove(db, etag.fresh(absence))


@ranks.get(
    "",
    response_model=Page[PositionRankRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The city's ladder of ranks, highest first",
)
async def position_ranks_list(query: Annotated[PositionRankQuery, Query()], pages: Pages) -> Page[PositionRankRead]:
    """The city's ladder of ranks, highest first."""
    rows = await pages.fetch(select(PositionRank), query)
    return rows.page([views.position_rank(row) for row in rows.rows])


@ranks.post(
    "",
    response_model=PositionRankRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Add a rank",
)
async def position_ranks_add(wanted: PositionRankFields, db: Db, etag: Etag) -> PositionRankRead:
    """Add a rank."""
    return views.position_rank(etag.created(await add(db, PositionRank.model_validate(wanted))))


@ranks.get("/{id}", response_model=PositionRankRead, dependencies=[may(Permission.READ_POLICY)], summary="One rank")
async def position_ranks_read(rank: Rank, etag: Etag) -> PositionRankRead:
    """One rank."""
    return views.position_rank(etag.stamp(rank))


@ranks.patch(
    "/{id}",
    response_model=PositionRankRead,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Change a rank's names or order",
)
async def position_ranks_change(rank: Rank, changes: PositionRankUpdate, db: Db, etag: Etag) -> PositionRankRead:
    """Change a rank's names or order. Its code stays while posts or roles use it."""
    return views.position_rank(etag.stamp(await commands.change_rank(db, etag.fresh(rank), changes)))


@scope.get(
    "",
    response_model=Page[ScopeRuleRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="Whom the policy is for: a person in any rule of the day is in scope",
)
async def scope_rules_list(query: Annotated[ScopeRuleQuery, Query()], pages: Pages) -> Page[ScopeRuleRead]:
    """Whom the policy is for: a person in any rule of the day is in scope."""
    rows = await pages.fetch(select(ScopeRule), query)
    return rows.page([views.scope_rule(row) for row in rows.rows])


@scope.post(
    "",
    response_model=ScopeRuleRead,
    status_code=201,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Add a rule of scope for a stretch of days",
)
async def scope_rules_add(wanted: ScopeRuleFields, db: Db, etag: Etag) -> ScopeRuleRead:
    """Add a rule of scope for a stretch of days."""
    return views.scope_rule(etag.created(await add(db, ScopeRule.model_validate(wanted))))


@scope.get(
    "/{id}", response_model=ScopeRuleRead, dependencies=[may(Permission.READ_POLICY)], summary="One rule of scope"
)
async def scope_rules_read(rule: KnownScopeRule, etag: Etag) -> ScopeRuleRead:
    """One rule of scope."""
    return views.scope_rule(etag.stamp(rule))


@scope.patch(
    "/{id}",
    response_model=ScopeRuleRead,
    dependencies=[may(Permission.EDIT_POLICY)],
    summary="Change or end a rule of scope",
)
async def scope_rules_change(rule: KnownScopeRule, changes: ScopeRuleUpdate, etag: Etag, db: Db) -> ScopeRuleRead:
    """Change or end a rule of scope. To keep past figures, end it and add another."""
    return views.scope_rule(etag.stamp(await commands.change_scope_rule(db, etag.fresh(rule), changes)))


for part in (units, posts, absences, ranks, scope):
    router.include_router(part)
