from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import every, one_or_404
from app.kit.records import add
from app.kit.routing import Router
from app.people import commands, models, queries, schemas, views
from app.people.models import OrgUnit, PositionRank, ScopeRule
from app.people.schemas import OrgUnitRead, PositionRankRead, ScopeRuleRead

MayEditPeople = may(Permission.EDIT_PEOPLE)
MayEditPolicy = may(Permission.EDIT_POLICY)
MayReadPolicy = may(Permission.READ_POLICY)

router = Router(tags=[])
units = Router(prefix="/org_units", tags=["org_units"])
ranks = Router(prefix="/position_ranks", tags=["position_ranks"])
scope_rules = Router(prefix="/scope_rules", tags=["scope_rules"])


async def known_unit(id: UUID, db: Db) -> OrgUnit:
    return await one_or_404(db, every(OrgUnit), col(OrgUnit.id), id)


async def known_rank(id: UUID, db: Db) -> PositionRank:
    return await one_or_404(db, every(PositionRank), col(PositionRank.id), id)


async def known_scope_rule(id: UUID, db: Db) -> ScopeRule:
    return await one_or_404(db, every(ScopeRule), col(ScopeRule.id), id)


KnownUnit = Annotated[OrgUnit, Depends(known_unit)]
KnownRank = Annotated[PositionRank, Depends(known_rank)]
KnownScopeRule = Annotated[ScopeRule, Depends(known_scope_rule)]


@units.get("", summary="List units", dependencies=[MayReadPolicy])
async def org_units_list(
    query: Annotated[schemas.OrgUnitQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[OrgUnitRead]:
    """Units that exist on the day. `under` selects a unit and everything below it."""
    rows = await pages.fetch(queries.units_on_day(), query, who.as_of(query.as_of))
    return rows.dated_page([views.org_unit(row) for row in rows.rows])


@units.post("", summary="Open a unit", status_code=201, dependencies=[MayEditPeople])
async def org_units_open(fields: models.OrgUnitFields, db: Db, etag: Etag) -> OrgUnitRead:
    """Open a unit. Its parent must exist throughout its period; a code may be reused after the former unit closes."""
    return views.org_unit(etag.created(await commands.open_unit(db, fields)))


@units.get("/{id}", summary="Get a unit", dependencies=[MayReadPolicy])
async def org_units_read(unit: KnownUnit, etag: Etag) -> OrgUnitRead:
    """A unit with its lineage: its ancestors and itself, top first."""
    return views.org_unit(etag.stamp(unit))


@units.patch("/{id}", summary="Change or close a unit", dependencies=[MayEditPeople])
async def org_units_change(unit: KnownUnit, changes: schemas.OrgUnitUpdate, db: Db, etag: Etag) -> OrgUnitRead:
    """Change or close a unit. Its parent cannot change, and its posts and subordinate units must end first."""
    return views.org_unit(etag.stamp(await commands.change_unit(db, etag.fresh(unit), changes)))


@ranks.get("", summary="List position ranks", dependencies=[MayReadPolicy])
async def position_ranks_list(
    query: Annotated[schemas.PositionRankQuery, Query()], pages: Pages
) -> Page[PositionRankRead]:
    """The city's position ranks, highest first."""
    rows = await pages.fetch(every(PositionRank), query)
    return rows.page([views.position_rank(row) for row in rows.rows])


@ranks.post("", summary="Add a position rank", status_code=201, dependencies=[MayEditPolicy])
async def position_ranks_add(fields: models.PositionRankFields, db: Db, etag: Etag) -> PositionRankRead:
    """Add a position rank."""
    return views.position_rank(etag.created(await add(db, PositionRank.model_validate(fields))))


@ranks.get("/{id}", summary="Get a position rank", dependencies=[MayReadPolicy])
async def position_ranks_read(rank: KnownRank, etag: Etag) -> PositionRankRead:
    """A position rank."""
    return views.position_rank(etag.stamp(rank))


@ranks.patch("/{id}", summary="Change a position rank", dependencies=[MayEditPolicy])
async def position_ranks_change(
    rank: KnownRank, changes: schemas.PositionRankUpdate, db: Db, etag: Etag
) -> PositionRankRead:
    """Change a rank's names or order. Its code cannot change."""
    return views.position_rank(etag.stamp(await commands.change_rank(db, etag.fresh(rank), changes)))


@scope_rules.get("", summary="List scope rules", dependencies=[MayReadPolicy])
async def scope_rules_list(query: Annotated[schemas.ScopeRuleQuery, Query()], pages: Pages) -> Page[ScopeRuleRead]:
    """Rules that put people in the policy's scope: a person who matches any rule of the day is in scope."""
    rows = await pages.fetch(every(ScopeRule), query)
    return rows.page([views.scope_rule(row) for row in rows.rows])


@scope_rules.post("", summary="Add a scope rule", status_code=201, dependencies=[MayEditPolicy])
async def scope_rules_add(fields: models.ScopeRuleFields, db: Db, etag: Etag) -> ScopeRuleRead:
    """Add a scope rule for a period."""
    return views.scope_rule(etag.created(await add(db, ScopeRule.model_validate(fields))))


@scope_rules.get("/{id}", summary="Get a scope rule", dependencies=[MayReadPolicy])
async def scope_rules_read(rule: KnownScopeRule, etag: Etag) -> ScopeRuleRead:
    """A scope rule."""
    return views.scope_rule(etag.stamp(rule))


@scope_rules.patch("/{id}", summary="Change or end a scope rule", dependencies=[MayEditPolicy])
async def scope_rules_change(
    rule: KnownScopeRule, changes: schemas.ScopeRuleUpdate, etag: Etag, db: Db
) -> ScopeRuleRead:
    """Change or end a scope rule. To keep past figures, end the rule and add another."""
    return views.scope_rule(etag.stamp(await commands.change_scope_rule(db, etag.fresh(rule), changes)))


router.add(units, ranks, scope_rules)
