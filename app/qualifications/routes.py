from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import every, one_or_404
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

MayApplyOrVerifyQualifications = may(Permission.APPLY, Permission.VERIFY_QUALIFICATIONS)
MayEditQualifications = may(Permission.EDIT_QUALIFICATIONS)
IsSignedIn = may(Permission.SIGNED_IN)
MayVerifyQualifications = may(Permission.VERIFY_QUALIFICATIONS)

router = Router(tags=[])
qualifications = Router(prefix="/qualifications", tags=["qualifications"])
awards = Router(prefix="/qualification_awards", tags=["qualification_awards"])


async def known_qualification(id: UUID, db: Db) -> Qualification:
    return await one_or_404(db, every(Qualification), col(Qualification.id), id)


async def visible_award(id: UUID, db: Db, who: Caller) -> QualificationAward:
    return await one_or_404(db, queries.visible_to(who), col(QualificationAward.id), id, as_of=who.as_of_today)


KnownQualification = Annotated[Qualification, Depends(known_qualification)]
VisibleAward = Annotated[QualificationAward, Depends(visible_award)]


@qualifications.get("", summary="List qualifications", dependencies=[IsSignedIn])
async def qualifications_list(
    query: Annotated[QualificationQuery, Query()], db: Db, pages: Pages, who: Caller
) -> DatedPage[QualificationRead]:
    """Qualifications that the city recommends, each with the number of its holders on the day."""
    rows = await pages.fetch(every(Qualification), query, who.as_of(query.as_of))
    return rows.dated_page(await views.qualifications(db, who, rows.rows, query.as_of))


@qualifications.post("", summary="Add a qualification", status_code=201, dependencies=[MayEditQualifications])
async def qualifications_add(fields: QualificationCreate, db: Db, etag: Etag, who: Caller) -> QualificationRead:
    """Add a qualification. The skills of which it is evidence must exist."""
    return await views.qualification(db, who, etag.created(await commands.add_qualification(db, fields)), who.today)


@qualifications.get("/{id}", summary="Get a qualification", dependencies=[IsSignedIn])
async def qualifications_read(
    qualification: KnownQualification, db: Db, etag: Etag, who: Caller, as_of: RequestedDay
) -> QualificationRead:
    """A qualification, with the number of its holders on the day."""
    return await views.qualification(db, who, etag.stamp(qualification), as_of.day)


@qualifications.patch("/{id}", summary="Change a qualification", dependencies=[MayEditQualifications])
async def qualifications_change(
    qualification: KnownQualification, changes: QualificationUpdate, db: Db, etag: Etag, who: Caller
) -> QualificationRead:
    """Change a qualification. Registered awards keep their expiry, and evidence derived from them stays."""
    changed = await commands.change_qualification(db, etag.fresh(qualification), changes)
    return await views.qualification(db, who, etag.stamp(changed), who.today)


@qualifications.delete("/{id}", summary="Delete a qualification", status_code=204, dependencies=[MayEditQualifications])
async def qualifications_remove(qualification: KnownQualification, db: Db, etag: Etag) -> None:
    """Delete a qualification that has no registered award."""
    await remove(db, etag.fresh(qualification))


@awards.get("", summary="List qualification awards", dependencies=[IsSignedIn])
async def qualification_awards_list(
    query: Annotated[QualificationAwardQuery, Query()], pages: Pages, who: Caller
) -> Page[QualificationAwardRead]:
    """Awards of the people the caller may see, including expired ones. Filter by `held_on` or `expiring_before`."""
    rows = await pages.fetch(queries.visible_to(who), query, who.as_of_today)
    return rows.page([views.award(row, who) for row in rows.rows])


@awards.post(
    "", summary="Register a qualification award", status_code=201, dependencies=[MayApplyOrVerifyQualifications]
)
async def qualification_awards_register(
    fields: QualificationAwardCreate, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Register an award: employees their own, the training office anyone's. A certificate number is one person's.

    A renewal is registered with the same number and its own `expires_on`.
    """
    return views.award(etag.created(await commands.register_award(db, who, fields)), who)


@awards.get("/{id}", summary="Get a qualification award", dependencies=[IsSignedIn])
async def qualification_awards_read(award: VisibleAward, etag: Etag, who: Caller) -> QualificationAwardRead:
    """A qualification award."""
    return views.award(etag.stamp(award), who)


@awards.patch("/{id}", summary="Correct a qualification award", dependencies=[MayApplyOrVerifyQualifications])
async def qualification_awards_correct(
    award: VisibleAward, changes: QualificationAwardUpdate, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Correct an award that is not verified yet. A corrected `passed_on` moves `expires_on` unless that is sent."""
    return views.award(etag.stamp(await commands.correct_award(db, who, etag.fresh(award), changes)), who)


@awards.delete(
    "/{id}", summary="Withdraw a qualification award", status_code=204, dependencies=[MayApplyOrVerifyQualifications]
)
async def qualification_awards_withdraw(award: VisibleAward, db: Db, etag: Etag, who: Caller) -> None:
    """Delete an award that is not verified yet. Revoke a verified one instead."""
    await commands.withdraw_award(db, who, etag.fresh(award))


@awards.post("/{id}/verification", summary="Verify a qualification award", dependencies=[MayVerifyQualifications])
async def qualification_awards_verify(award: VisibleAward, db: Db, etag: Etag, who: Caller) -> QualificationAwardRead:
    """Verify an award by its certificate: it becomes evidence of the qualification's skills."""
    return views.award(etag.stamp(await commands.verify_award(db, who, etag.fresh(award))), who)


@awards.post("/{id}/revocation", summary="Revoke a qualification award", dependencies=[MayVerifyQualifications])
async def qualification_awards_revoke(
    award: VisibleAward, revocation: Revocation, db: Db, etag: Etag, who: Caller
) -> QualificationAwardRead:
    """Revoke an award: its evidence no longer counts from that day, nor is its certificate number used."""
    revoked = await commands.revoke_award(db, etag.fresh(award), revocation)
    return views.award(etag.stamp(revoked), who)


router.add(qualifications, awards)
