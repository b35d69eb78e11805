"""Qualifications and awards as read models."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.qualifications import queries, rules
from app.qualifications.enums import AwardStatus
from app.qualifications.models import Qualification, QualificationAward
from app.qualifications.schemas import QualificationAwardRead, QualificationRead


async def qualifications(
    db: AsyncSession, who: Principal, rows: Sequence[Qualification], day: date
) -> list[QualificationRead]:
    """The holders of all qualifications take one statement."""
    held = await queries.holders(db, who, [row.code for row in rows], day)
    return [
        QualificationRead.model_validate(row, update={"holders": held.get(row.code, 0), "as_of": day}) for row in rows
    ]


async def qualification(db: AsyncSession, who: Principal, row: Qualification, day: date) -> QualificationRead:
    return (await qualifications(db, who, [row], day))[0]


def award(row: QualificationAward, who: Principal) -> QualificationAwardRead:
    may_verify = who.may(Permission.VERIFY_QUALIFICATIONS)
    status = AwardStatus(row.status)
    actions = rules.award_actions(status, row.employee_id, by=who.employee_id, may_verify=may_verify)
    return QualificationAwardRead.model_validate(row, update={"allowed_actions": actions})
