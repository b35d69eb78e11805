"""Qualifications and passes to test with."""

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
    members: dict[str, Any] = {"name": "ITパスポート試験", "issuer": "情報処理推進機構", **more}
    return await add(db, Qualification(code=code, **members))


async def award(
    db: AsyncSession, person: Employee, number: str, status: AwardStatus = AwardStatus.VERIFIED, **more: Any
) -> QualificationAward:
    members: dict[str, Any] = {"qualification_code": "IT-PASSPORT", "passed_on": PASSED, **more}
    made = QualificationAward(employee_id=person.id, certificate_number=number, status=status, **members)
    made.verified_at = clock.now() if status == AwardStatus.VERIFIED else None
    return await add(db, made)
