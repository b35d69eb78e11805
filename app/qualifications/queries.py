"""Every SELECT of qualifications and awards, and how one is shown to a caller."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.listing import Also
from app.kit.reading import found
from app.people.sight import skills_seen_by
from app.qualifications import rules
from app.qualifications.enums import AwardStatus
from app.qualifications.errors import UnknownQualification
from app.qualifications.models import Qualification, QualificationAward
from app.qualifications.schemas import QualificationAwardRead, QualificationRead, held_on


def visible_to(who: Principal) -> Select[QualificationAward]:
    """Awards of oneself, of the people of units that one heads, or of all for the training office and the auditor."""
    return select(QualificationAward).where(skills_seen_by(who, col(QualificationAward.employee_id)))


async def qualification(db: AsyncSession, code: str) -> Qualification:
    missing = UnknownQualification(pointer="/qualification_code")
    return await found(db, select(Qualification), col(Qualification.code), code, missing)


async def holders(db: AsyncSession, who: Principal, codes: Iterable[str], day: date) -> Mapping[str, int]:
    """How many people in the caller's sight hold each qualification on the day; a person counts once."""
    code: Any = col(QualificationAward.qualification_code)
    people = func.count(col(QualificationAward.employee_id).distinct())
    held = visible_to(who).where(held_on(day), code.in_(list(codes)))
    rows = await db.execute(held.with_only_columns(code.label("code"), people.label("people")).group_by(code))
    return {row.code: row.people for row in rows}


def counted(who: Principal, day: date) -> Also:
    """The step that adds the holders of the day to a page of qualifications, in one statement."""

    async def count(db: AsyncSession, rows: Sequence[Any]) -> Sequence[QualificationRead]:
        held = await holders(db, who, [row.code for row in rows], day)
        return [
            QualificationRead.model_validate(row, update={"holders": held.get(row.code, 0), "as_of": day})
            for row in rows
        ]

    return count


async def shown(db: AsyncSession, who: Principal, qualification: Qualification, day: date) -> QualificationRead:
    return (await counted(who, day)(db, [qualification]))[0]  # type: ignore[no-any-return]


def award_shown(award: QualificationAward, who: Principal) -> QualificationAwardRead:
    """The award with what the caller may do with it."""
    may_verify = who.may(Permission.VERIFY_QUALIFICATIONS)
    status = AwardStatus(award.status)
    actions = rules.award_actions(status, award.employee_id, by=who.employee_id, may_verify=may_verify)
    return QualificationAwardRead.model_validate(award, update={"allowed_actions": actions})


def awards_shown(who: Principal) -> Also:
    async def show(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[QualificationAwardRead]:
        return [award_shown(award, who) for award in rows]

    return show
