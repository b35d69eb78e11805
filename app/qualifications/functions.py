"""Conditions on qualifications and awards."""

from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.qualifications.models import Qualification, QualificationAward


def shows_skill(code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    """An award of the qualification is evidence of the skill."""
    return col(Qualification.skill_codes).contains(array([code]))


def expires_before(day: SQLCoreOperations[date] | date) -> ColumnElement[bool]:
    return col(QualificationAward.expires_on) < day


def is_held_on(day: SQLCoreOperations[date] | date) -> ColumnElement[bool]:
    """The award is verified, passed by the day, and neither expired nor revoked on it."""
    award = QualificationAward
    not_revoked = or_(col(award.revoked_on).is_(None), col(award.revoked_on) > day)
    not_expired = or_(col(award.expires_on).is_(None), col(award.expires_on) >= day)
    return col(award.verified_at).is_not(None) & not_revoked & not_expired & (col(award.passed_on) <= day)
