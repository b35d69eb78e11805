from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Listing, Page, Pages
from app.kit.patching import revise
from app.kit.reading import found
from app.kit.records import add, remove
from app.kit.routing import Router
from app.people import commands, queries, views
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

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]

MayRead = may(Permission.READ_POLICY)

MayEdit = may(Permission.EDIT_PEOPLE)

MaySetPolicy = may(Permission.EDIT_POLICY)

router = Router(tags=[])

ranks = Router(prefix="/position_ranks", tags=["position_ranks"])

units = Router(prefix="/org_units", tags=["org_units"])

posts = Router(prefix="/posts", tags=["posts"])

absences = Router(prefix="/absences", tags=["absences"])

scope = Router(prefix="/scope_rules", tags=["scope_rules"])


async def known_rank(id: UUID, db: Db) -> PositionRank:
    return await found(db, select(PositionRank), col(PositionRank.id), id)


async def known_unit(id: UUID, db: Db) -> OrgUnit:
    return await found(db, select(OrgUnit), col(OrgUnit.id), id)


async def visible_post(id: UUID, db: Db, who: Caller) -> Post:
    return await found(db, queries.posts(who), col(Post.id), id)


async def visible_absence(id: UUID, db: Db, who: Caller) -> Absence:
    return await found(db, queries.absences(who), col(Absence.id), id)


async def known_scope_rule(id: UUID, db: Db) -> ScopeRule:
    return await found(db, select(ScopeRule), col(ScopeRule.id), id)


Rank = Annotated[PositionRank, Depends(known_rank)]

Unit = Annotated[OrgUnit, Depends(known_unit)]

VisiblePost = Annotated[Post, Depends(visible_post)]

VisibleAbsence = Annotated[Absence, Depends(visible_absence)]

KnownScopeRule = Annotated[ScopeRule, Depends(known_scope_rule)]


@units.get("", response_model=DatedPage[OrgUnitRead], dependencies=[MayRead])
async def list_units(query: Annotated[OrgUnitQuery, Query()], pages: Pages) -> Listing:
    """The units that exist on the day. `under` gives a unit with all below it."""
    return await pages.fetch(queries.units_on(query.as_of), query)


@units.post("", response_model=OrgUnitRead, status_code=201, dependencies=[MayEdit])
async def open_unit(wanted: OrgUnitFields, db: Db, etag: Etag) -> OrgUnit:
    """Open a unit. Its parent must exist for as long; a code may be used again after the former unit has closed."""
    return etag.created(await commands.open_unit(db, wanted))


@units.get("/{id}", response_model=OrgUnitRead, dependencies=[MayRead])
async def read_unit(unit: Unit, etag: Etag) -> OrgUnit:
    """One unit, with its lineage: all units above it and itself, top first."""
    return etag.stamp(unit)


@units.patch("/{id}", response_model=OrgUnitRead, dependencies=[MayEdit])
async def change_unit(unit: Unit, changes: OrgUnitUpdate, db: Db, etag: Etag) -> OrgUnit:
    """Change or close a unit. It cannot move in the tree, nor close before its posts and lower units have ended."""
    return etag.stamp(await commands.change_unit(db, etag.fresh(unit), changes))


@posts.get("", response_model=Page[PostRead])
async def list_posts(query: Annotated[PostQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Posts of the people whom the caller may see. Orders not yet published are left out for all but personnel."""
    return await pages.fetch(queries.posts(who), query, views.all_as_known(who), known_on=who.known_on)


@posts.post("", response_model=PostRead, status_code=201, dependencies=[MayEdit])
async def assign(wanted: PostFields, db: Db, etag: Etag) -> Post:
    """Assign a person to a unit. One primary post a day; the unit and the employment must last as long."""
    return etag.created(await commands.assign(db, wanted))


@posts.get("/{id}", response_model=PostRead)
async def read_post(post: VisiblePost, etag: Etag, who: Reader) -> PostRead:
    """One post."""
    return views.as_known(who, etag.stamp(post))


@posts.patch("/{id}", response_model=PostRead, dependencies=[MayEdit])
async def change_post(post: VisiblePost, changes: PostUpdate, db: Db, etag: Etag) -> Post:
    """Correct or end a post. A transfer is: end the old one and assign the new one."""
    return etag.stamp(await commands.change_post(db, etag.fresh(post), changes))


@posts.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def revoke_post(post: VisiblePost, db: Db, etag: Etag) -> None:
    """Revoke an order that should never have been: the log keeps it."""
    await remove(db, etag.fresh(post))


@absences.get("", response_model=Page[AbsenceRead])
async def list_absences(query: Annotated[AbsenceQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Leave, secondment and suspension of the people whom the caller may see."""
    return await pages.fetch(queries.absences(who), query, known_on=who.known_on)


@absences.post("", response_model=AbsenceRead, status_code=201, dependencies=[MayEdit])
async def record_absence(wanted: AbsenceFields, db: Db, etag: Etag) -> Absence:
    """Record an absence: on these days the person is in no denominator and is not designated for training."""
    return etag.created(await commands.record_absence(db, wanted))


@absences.get("/{id}", response_model=AbsenceRead, dependencies=[may(Permission.SIGNED_IN)])
async def read_absence(absence: VisibleAbsence, etag: Etag) -> Absence:
    """One absence."""
    return etag.stamp(absence)


@absences.patch("/{id}", response_model=AbsenceRead, dependencies=[MayEdit])
async def change_absence(absence: VisibleAbsence, changes: AbsenceUpdate, db: Db, etag: Etag) -> Absence:
    """Correct or end an absence."""
    return etag.stamp(await commands.change_absence(db, etag.fresh(absence), changes))


@absences.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def remove_absence(absence: VisibleAbsence, db: Db, etag: Etag) -> None:
    """Remove an absence recorded by mistake: the log keeps it."""
    await remove(db, etag.fresh(absence))


@ranks.get("", response_model=Page[PositionRankRead], dependencies=[MayRead])
async def list_ranks(query: Annotated[PositionRankQuery, Query()], pages: Pages) -> Listing:
    """The city's ladder of ranks, highest first."""
    return await pages.fetch(select(PositionRank), query)


@ranks.post("", response_model=PositionRankRead, status_code=201, dependencies=[MaySetPolicy])
async def add_rank(wanted: PositionRankFields, db: Db, etag: Etag) -> PositionRank:
    """Add a rank."""
    return etag.created(await add(db, PositionRank.model_validate(wanted)))


@ranks.get("/{id}", response_model=PositionRankRead, dependencies=[MayRead])
async def read_rank(rank: Rank, etag: Etag) -> PositionRank:
    """One rank."""
    return etag.stamp(rank)


@ranks.patch("/{id}", response_model=PositionRankRead, dependencies=[MaySetPolicy])
async def change_rank(rank: Rank, changes: PositionRankUpdate, db: Db, etag: Etag) -> PositionRank:
    """Change a rank's names or order. Its code stays while posts or roles use it."""
    return etag.stamp(await commands.change_rank(db, etag.fresh(rank), changes))


@scope.get("", response_model=Page[ScopeRuleRead], dependencies=[MayRead])
async def list_scope_rules(query: Annotated[ScopeRuleQuery, Query()], pages: Pages) -> Listing:
    """Whom the policy is for: a person in any rule of the day is in scope."""
    return await pages.fetch(select(ScopeRule), query)


@scope.post("", response_model=ScopeRuleRead, status_code=201, dependencies=[MaySetPolicy])
async def add_scope_rule(wanted: ScopeRuleFields, db: Db, etag: Etag) -> ScopeRule:
    """Add a rule of scope for a stretch of days."""
    return etag.created(await add(db, ScopeRule.model_validate(wanted)))


@scope.get("/{id}", response_model=ScopeRuleRead, dependencies=[MayRead])
async def read_scope_rule(rule: KnownScopeRule, etag: Etag) -> ScopeRule:
    """One rule of scope."""
    return etag.stamp(rule)


@scope.patch("/{id}", response_model=ScopeRuleRead, dependencies=[MaySetPolicy])
async def change_scope_rule(rule: KnownScopeRule, changes: ScopeRuleUpdate, etag: Etag, db: Db) -> ScopeRule:
    """Change or end a rule of scope. To keep past figures, end it and add another."""
    revised = revise(etag.fresh(rule), changes)
    await db.flush()
    return etag.stamp(revised)


for part in (units, posts, absences, ranks, scope):
    router.include_router(part)
