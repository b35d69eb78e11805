"""Commands of holders and the training office on qualifications and awards."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.patching import revise
from app.kit.reading import pointers, require_existing
from app.kit.records import add, remove
from app.people.commands import check_known
from app.qualifications import queries, rules
from app.qualifications.models import AwardDetails, Qualification, QualificationAward, QualificationFields
from app.qualifications.schemas import (
    QualificationAwardCreate,
    QualificationAwardUpdate,
    QualificationCreate,
    QualificationUpdate,
)
from app.skills import commands as skills
from app.skills.enums import EvidenceBasis
from app.skills.errors import UnknownSkill
from app.skills.models import Skill
from app.skills.schemas import Revocation


async def add_qualification(db: AsyncSession, fields: QualificationCreate) -> Qualification:
    return await _save(db, Qualification.model_validate(fields))


async def change_qualification(
    db: AsyncSession, qualification: Qualification, changes: QualificationUpdate
) -> Qualification:
    return await _save(db, revise(QualificationFields, qualification, changes))


async def _save(db: AsyncSession, qualification: Qualification) -> Qualification:
    await require_existing(db, col(Skill.code), pointers("/skill_codes", qualification.skill_codes), UnknownSkill)
    return await add(db, qualification)


async def register_award(db: AsyncSession, who: Principal, fields: QualificationAwardCreate) -> QualificationAward:
    _check_registrar(who, fields.employee_id)
    await check_known(db, fields.employee_id, who.as_of_today)
    qualification = await queries.qualification(db, fields.qualification_code)
    return await _save_award(db, QualificationAward.model_validate(fields), qualification, fields.model_fields_set)


async def correct_award(
    db: AsyncSession, who: Principal, award: QualificationAward, changes: QualificationAwardUpdate
) -> QualificationAward:
    _check_registrar(who, award.employee_id)
    rules.check_open(award.status)
    qualification = await queries.qualification(db, award.qualification_code)
    return await _save_award(db, revise(AwardDetails, award, changes), qualification, changes.model_fields_set)


async def withdraw_award(db: AsyncSession, who: Principal, award: QualificationAward) -> None:
    _check_registrar(who, award.employee_id)
    rules.check_open(award.status)
    await remove(db, award)


def _check_registrar(who: Principal, employee_id: UUID) -> None:
    rules.check_registrar(employee_id, own=who.employee_id, for_others=who.may(Permission.VERIFY_QUALIFICATIONS))


async def _save_award(
    db: AsyncSession, award: QualificationAward, qualification: Qualification, sent: Collection[str]
) -> QualificationAward:
    """`expires_on` is derived from `passed_on` unless it was sent, even as null."""
    if "passed_on" in sent and "expires_on" not in sent:
        award.expires_on = rules.expiry(award.passed_on, valid_for_months=qualification.valid_for_months)
    rules.check_days(award.passed_on, award.expires_on, today=clock.today())
    return await add(db, award)


async def verify_award(db: AsyncSession, who: Principal, award: QualificationAward) -> QualificationAward:
    """The award becomes evidence of the qualification's skills, for as long as it counts."""
    award.status = rules.verified(award.status, award.employee_id, by=who.employee_id)
    award.verified_by, award.verified_at = who.account_id, clock.now()
    qualification = await queries.qualification(db, award.qualification_code)
    levels = dict.fromkeys(qualification.skill_codes, qualification.skill_level)
    period = award.passed_on, rules.counts_until(award.expires_on)
    source = skills.Source(award.id, award.employee_id, EvidenceBasis.QUALIFICATION, *period)
    await skills.set_evidence(db, source, levels)
    return award


async def revoke_award(db: AsyncSession, award: QualificationAward, revocation: Revocation) -> QualificationAward:
    """The award and its evidence no longer count from the day on; they still count on earlier days."""
    award.status = rules.revoked(award.status)
    award.revoked_on, award.revoked_reason = revocation.revoked_on or clock.today(), revocation.revoked_reason
    await skills.withdraw_evidence(db, award.id, award.revoked_reason, award.revoked_on)
    return award
