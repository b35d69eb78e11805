from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.records import remove
from app.kit.routing import Router
from app.qualifications import commands, queries, views
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

router = Router(tags=[])
qualifications = Router(prefix="/qualifications", tags=["qualifications"])
awards = Router(prefix="/qualification_awards", tags=["qualification_awards"])


async def known_qualification(id: UUID, db: Db) -> Qualification:
    return await one_or_404(db, select(Qualification), col(Qualification.id), id)


async def visible_award(id: UUID, db: Db, who: Caller) -> QualificationAward:
    return await one_or_404(db, queries.visible_to(who), col(QualificationAward.id), id)


Known = Annotated[Qualification, Depends(known_qualification)]
Visible = Annotated[QualificationAward, Depends(visible_award)]


@qualifications.get(
    "",
    response_model=DatedPage[QualificationRead],
    summary="Qualifications with their holders on the day",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def qualifications_list(
    query: Annotated[QualificationQuery, Query()], db: Db, pages: Pages, who: Caller
) -> DatedPage[QualificationRead]:
    """Qualifications that the city recommends, with how many of the people in the caller's sight hold each that day."""
    rows = await pages.fetch(select(Qualification), query, who.as_of(query.as_of))
    return rows.dated_page(await views.qualifications(db, who, rows.rows, query.as_of))


@qualifications.post(
    "",
    response_model=QualificationRead,
    status_code=201,
    summary="Add a qualification",
    dependencies=[may(Permission.EDIT_QUALIFICATIONS)],
)
async def qualifications_add(wanted: QualificationCreate, db: Db, etag: Etag, who: Caller) -> QualificationRead:
    """Add a qualification. The skills for which a pass is evidence must exist."""
    return await views.qualification(db, who, etag.created(await commands.add_qualification(db, wanted)), who.today)


@qualifications.get(
    "/{id}",
    response_model=QualificationRead,
    summary="One qualification, with its holders on a day",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def qualifications_read(
    qualification: Known, db: Db, etag: Etag, who: Caller, as_of: RequestedDay
) -> QualificationRead:
    """One qualification, with its holders on a day."""
    return await views.qualification(db, who, etag.stamp(qualification), as_of.day)


@qualifications.patch(
    "/{id}",
    response_model=QualificationRead,
    summary="Change a qualification",
    dependencies=[may(Permission.EDIT_QUALIFICATIONS)],
)
async def qualifications_change(
    qualification: Known, changes: QualificationUpdate, db: Db, etag: Etag, who: Caller
) -> QualificationRead:
    """Change a qualification. Passes that were registered keep their expiry, and evidence that was given stays."""
    changed = await commands.change_qualification(db, etag.fresh(qualification), changes)
    return await views.qualification(db, who, etag.stamp(changed), who.today)


@qualifications.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_QUALIFICATIONS)],
    summary="Remove a qualification for which nobody has registered a pass",
)
async def qualifications_remove(qualification: Known, db: Db, etag: Etag) -> None:
    """Remove a qualification for which nobody has registered a pass."""
    await remove(db, etag.fresh(qualification))


@awards.get(
    "", response_model=Page[QualificationAwardRead], summary="Who passed what", dependencies=[may(Permission.SIGNED_IN)]
)
async def qualification_awards_list(
    query: Annotated[QualificationAwardQuery, Query()], pages: Pages, who: Caller
) -> Page[QualificationAwardRead]:
    """Who passed what. Expired passes stay: `held_on` leaves them out, `expiring_before` finds them in time."""
    rows = await pages.fetch(queries.visible_to(who), query)
    return rows.page([views.award(row, who) for row in rows.rows])


@awards.post(
    "",
    response_model=QualificationAwardRead,
    status_code=201,
    summary="Register a pass: people their own, the training office anybody's",
    dependencies=[may(Permission.APPLY, Permission.VERIFY_QUALIFICATIONS)],
)
async def qualification_awards_register(
    wanted: QualificationAwardCreate, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Register a pass: people their own, the training office anybody's. A certificate number is taken once."""
    return views.award(etag.created(await commands.register_award(db, who, wanted)), who)


@awards.get(
    "/{id}", response_model=QualificationAwardRead, summary="One pass", dependencies=[may(Permission.SIGNED_IN)]
)
async def qualification_awards_read(award: Visible, etag: Etag, who: Caller) -> QualificationAwardRead:
    """One pass."""
    return views.award(etag.stamp(award), who)


@awards.patch(
    "/{id}",
    response_model=QualificationAwardRead,
    summary="Correct a pass that is not verified yet",
    dependencies=[may(Permission.APPLY, Permission.VERIFY_QUALIFICATIONS)],
)
async def qualification_awards_correct(
    award: Visible, changes: QualificationAwardUpdate, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Correct a pass that is not verified yet. A corrected `passed_on` moves `expires_on`, unless that is sent too."""
    return views.award(etag.stamp(await commands.correct_award(db, who, etag.fresh(award), changes)), who)


@awards.delete(
    "/{id}",
    status_code=204,
    summary="Take back a registration that is not verified yet; a verified one is revoked instead",
    dependencies=[may(Permission.APPLY, Permission.VERIFY_QUALIFICATIONS)],
)
async def qualification_awards_withdraw(award: Visible, db: Db, etag: Etag, who: Caller) -> None:
    """Take back a registration that is not verified yet; a verified one is revoked instead."""
    await commands.withdraw_award(db, who, etag.fresh(award))


@awards.post(
    "/{id}/verification",
    response_model=QualificationAwardRead,
    summary="Confirm a pass by its certificate: it becomes evidence for the skills of the qualification",
    dependencies=[may(Permission.VERIFY_QUALIFICATIONS)],
)
async def qualification_awards_verify(award: Visible, db: Db, etag: Etag, who: Caller) -> QualificationAwardRead:
    """Confirm a pass by its certificate: it becomes evidence for the skills of the qualification."""
    return views.award(etag.stamp(await commands.verify_award(db, who, etag.fresh(award))), who)


@awards.post(
    "/{id}/revocation",
    response_model=QualificationAwardRead,
    summary="Take a pass back: its evidence no longer counts from that day, and the certificate number is free again",
    dependencies=[may(Permission.VERIFY_QUALIFICATIONS)],
)
async def qualification_awards_revoke(
    award: Visible, revocation: Revocation, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Take a pass back: its evidence no longer counts from that day, and the certificate number is free again."""
    revoked = await commands.revoke_award(db, etag.fresh(award), revocation)
    return views.award(etag.stamp(revoked), who)


for part in (qualifications, awards):
    router.include_router(part)
