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
from app.kit.filters import AsOf
from app.kit.listing import DatedPage, Listing, Page, Pages
from app.kit.reading import found
from app.kit.records import remove
from app.kit.routing import Router
from app.qualifications import commands, queries
from app.qualifications.models import Qualification, QualificationAward
from app.qualifications.schemas import (
    QualificationAwardCreate,
    QualificationAwardQuery,
    QualificationAwardRead,
    QualificationAwardUpdate,
    QualificationCreate,
    QualificationQuery,
    QualificationRead,
    QualificationUpdate,
)
from app.skills.schemas import Revocation

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]
Editor = Annotated[Principal, may(Permission.EDIT_QUALIFICATIONS)]
Registrar = Annotated[Principal, may(Permission.APPLY, Permission.VERIFY_QUALIFICATIONS)]
Verifier = Annotated[Principal, may(Permission.VERIFY_QUALIFICATIONS)]
MayEdit = may(Permission.EDIT_QUALIFICATIONS)

router = Router(tags=[])
qualifications = Router(prefix="/qualifications", tags=["qualifications"])
awards = Router(prefix="/qualification_awards", tags=["qualification_awards"])


async def known_qualification(id: UUID, db: Db) -> Qualification:
    return await found(db, select(Qualification), col(Qualification.id), id)


async def visible_award(id: UUID, db: Db, who: Caller) -> QualificationAward:
    return await found(db, queries.visible_to(who), col(QualificationAward.id), id)


Known = Annotated[Qualification, Depends(known_qualification)]
Visible = Annotated[QualificationAward, Depends(visible_award)]


@qualifications.get("", response_model=DatedPage[QualificationRead])
async def list_qualifications(query: Annotated[QualificationQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Qualifications that the city recommends, with how many of the people in the caller's sight hold each that day."""
    return await pages.fetch(select(Qualification), query, queries.counted(who, query.as_of))


@qualifications.post("", response_model=QualificationRead, status_code=201)
async def add_qualification(wanted: QualificationCreate, db: Db, etag: Etag, who: Editor) -> QualificationRead:
    """Add a qualification. The skills for which a pass is evidence must exist."""
    return await queries.shown(db, who, etag.created(await commands.add_qualification(db, wanted)), who.today)


@qualifications.get("/{id}", response_model=QualificationRead)
async def read_qualification(qualification: Known, db: Db, etag: Etag, who: Reader, as_of: AsOf) -> QualificationRead:
    """One qualification, with its holders on a day."""
    return await queries.shown(db, who, etag.stamp(qualification), as_of)


@qualifications.patch("/{id}", response_model=QualificationRead)
async def change_qualification(
    qualification: Known, changes: QualificationUpdate, db: Db, etag: Etag, who: Editor
) -> QualificationRead:
    """Change a qualification. Passes that were registered keep their expiry, and evidence that was given stays."""
    changed = await commands.change_qualification(db, etag.fresh(qualification), changes)
    return await queries.shown(db, who, etag.stamp(changed), who.today)


@qualifications.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def remove_qualification(qualification: Known, db: Db, etag: Etag) -> None:
    """Remove a qualification for which nobody has registered a pass."""
    await remove(db, etag.fresh(qualification))


@awards.get("", response_model=Page[QualificationAwardRead])
async def list_awards(query: Annotated[QualificationAwardQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Who passed what. Expired passes stay: `held_on` leaves them out, `expiring_before` finds them in time."""
    return await pages.fetch(queries.visible_to(who), query, queries.awards_shown(who))


@awards.post("", response_model=QualificationAwardRead, status_code=201)
async def register_award(
    wanted: QualificationAwardCreate, db: Db, etag: Etag, who: Registrar
) -> QualificationAwardRead:
    """Register a pass: people their own, the training office anybody's. A certificate number is taken once."""
    return queries.award_shown(etag.created(await commands.register_award(db, who, wanted)), who)


@awards.get("/{id}", response_model=QualificationAwardRead)
async def read_award(award: Visible, etag: Etag, who: Reader) -> QualificationAwardRead:
    """One pass."""
    return queries.award_shown(etag.stamp(award), who)


@awards.patch("/{id}", response_model=QualificationAwardRead)
async def correct_award(
    award: Visible, changes: QualificationAwardUpdate, db: Db, etag: Etag, who: Registrar
) -> QualificationAwardRead:
    """Correct a pass that is not verified yet. A corrected `passed_on` moves `expires_on`, unless that is sent too."""
    return queries.award_shown(etag.stamp(await commands.correct_award(db, who, etag.fresh(award), changes)), who)


@awards.delete("/{id}", status_code=204)
async def withdraw_award(award: Visible, db: Db, etag: Etag, who: Registrar) -> None:
    """Take back a registration that is not verified yet; a verified one is revoked instead."""
    await commands.withdraw_award(db, who, etag.fresh(award))


@awards.post("/{id}/verification", response_model=QualificationAwardRead)
async def verify_award(award: Visible, db: Db, etag: Etag, who: Verifier) -> QualificationAwardRead:
    """Confirm a pass by its certificate: it becomes evidence for the skills of the qualification."""
    return queries.award_shown(etag.stamp(await commands.verify_award(db, who, etag.fresh(award))), who)


@awards.post("/{id}/revocation", response_model=QualificationAwardRead)
async def revoke_award(
    award: Visible, revocation: Revocation, db: Db, etag: Etag, who: Verifier
) -> QualificationAwardRead:
    """Take a pass back: its evidence no longer counts from that day, and the certificate number is free again."""
    revoked = await commands.revoke_award(db, etag.fresh(award), revocation)
    return queries.award_shown(etag.stamp(revoked), who)


for part in (qualifications, awards):
    router.include_router(part)
