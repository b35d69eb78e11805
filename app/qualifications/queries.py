"""Every SELECT of qualifications and awards, and how one is shown to a caller."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.reading import one_or_404
from app.people.sight import Purpose, sees_person
from app.qualifications.errors import UnknownQualification
from app.qualifications.functions import is_held_on
from app.qualifications.models import Qualification, QualificationAward


def visible_to(who: Principal) -> Select[QualificationAward]:
    """Awards of oneself, of the people of units that one heads, or of all for the training office and the auditor."""
    return select(QualificationAward).where(sees_person(who, Purpose.SKILLS, QualificationAward.employee_id))


async def qualification(db: AsyncSession, code: str) -> Qualification:
    missing = UnknownQualification(pointer="/qualification_code")
    return await one_or_404(db, select(Qualification), col(Qualification.code), code, missing)


async def holders(db: AsyncSession, who: Principal, codes: Iterable[str], day: date) -> Mapping[str, int]:
    """How many people in the caller's sight hold each qualification on the day; a person counts once."""
    code: Any = col(QualificationAward.qualification_code)
    people = func.count(col(QualificationAward.employee_id).distinct())
    held = visible_to(who).where(is_held_on(day), code.in_(list(codes)))
    rows = await db.execute(held.with_only_columns(code.label("code"), people.label("people")).group_by(code))
    return {row.code: row.people for row in rows}
