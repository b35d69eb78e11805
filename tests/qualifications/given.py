"""Qualifications and awards."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.records import add
from app.people.models import Employee
from app.qualifications.enums import AwardStatus
from app.qualifications.models import Qualification, QualificationAward

PASSED = date(2026, 6, 14)


async def qualification(db: AsyncSession, code: str = "IT-PASSPORT", **more: Any) -> Qualification:
    fields: dict[str, Any] = {"name": "ITパスポート試験", "issuer": "情報処理推進機構", **more}
    return await add(db, Qualification(code=code, **fields))


async def award(
    db: AsyncSession, person: Employee, number: str, status: AwardStatus = AwardStatus.VERIFIED, **more: Any
) -> QualificationAward:
    fields: dict[str, Any] = {"qualification_code": "IT-PASSPORT", "passed_on": PASSED, **more}
    awarded = QualificationAward(employee_id=person.id, certificate_number=number, status=status, **fields)
    awarded.verified_at = clock.now() if status == AwardStatus.VERIFIED else None
    return await add(db, awarded)
