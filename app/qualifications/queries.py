"""SELECTs of qualifications and awards."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.reading import one_or_404
from app.people.functions import employments_on
from app.people.sight import Purpose, sees_person
from app.qualifications.errors import UnknownQualification
from app.qualifications.functions import is_held_on
from app.qualifications.models import Qualification, QualificationAward


def visible_to(who: Principal) -> Select[QualificationAward]:
    """The caller's own awards and those of the units they head; all awards for the training office and the auditor."""
    return select(QualificationAward).where(sees_person(who, Purpose.SKILLS, QualificationAward.employee_id))


async def qualification(db: AsyncSession, code: str) -> Qualification:
    missing = UnknownQualification(pointer="/qualification_code")
    return await one_or_404(db, select(Qualification), col(Qualification.code), code, missing)


async def holders(db: AsyncSession, who: Principal, codes: Iterable[str], day: date) -> Mapping[str, int]:
    """Number of people the caller may see who are employed and hold each qualification on the day."""
    as_of = who.as_of(day)
    employed = col(QualificationAward.employee_id).in_(select(employments_on(as_of).c.employee_id))
    code = col(QualificationAward.qualification_code)
    people = func.count(col(QualificationAward.employee_id).distinct())
    held = visible_to(who).where(employed, is_held_on(day), code.in_(list(codes)))
    rows = await db.execute(held.with_only_columns(code, people).group_by(code))
    return {row[0]: row[1] for row in rows}
