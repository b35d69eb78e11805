"""SELECTs of qualifications and awards."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Select, String, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.as_of import DAY
from app.kit.once import built_once
from app.kit.reading import every, fetched, one_or_404
from app.people.functions import employments_on
from app.people.sight import Purpose, Sight, sight
from app.qualifications.errors import UnknownQualification
from app.qualifications.functions import is_held_on
from app.qualifications.models import Qualification, QualificationAward


def visible_to(who: Principal) -> Select[QualificationAward]:
    """The caller's own awards and those of the units they head; all awards for the training office and the auditor."""
    return _visible(sight(who, Purpose.SKILLS))


@built_once
def _visible(seen: Sight) -> Select[QualificationAward]:
    return select(QualificationAward).where(seen.person(QualificationAward.employee_id))


async def qualification(db: AsyncSession, code: str) -> Qualification:
    missing = UnknownQualification(pointer="/qualification_code")
    return await one_or_404(db, every(Qualification), col(Qualification.code), code, missing)


async def holders(db: AsyncSession, who: Principal, codes: Iterable[str], day: date) -> Mapping[str, int]:
    """Number of people the caller may see who are employed and hold each qualification on the day."""
    rows = await fetched(db, _holders(sight(who, Purpose.SKILLS)), {**who.as_of(day).params, "codes": list(codes)})
    return {row[0]: row[1] for row in rows}


@built_once
def _holders(seen: Sight) -> Select[str, int]:
    employed = col(QualificationAward.employee_id).in_(select(employments_on().c.employee_id))
    code = col(QualificationAward.qualification_code)
    people = func.count(col(QualificationAward.employee_id).distinct())
    asked = code == any_(bindparam("codes", type_=ARRAY(String)))
    return _visible(seen).where(employed, is_held_on(DAY), asked).with_only_columns(code, people).group_by(code)
