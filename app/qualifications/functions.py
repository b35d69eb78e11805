"""Conditions on qualifications and awards."""

from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from app.kit.records import in_force
from app.qualifications.models import Qualification, QualificationAward


def shows_skill(code: str) -> ColumnElement[bool]:
    """A pass is evidence of the skill."""
    return col(Qualification.skill_codes).contains([code])


def expires_before(day: date) -> ColumnElement[bool]:
    return col(QualificationAward.expires_on) < day


def is_held_on(day: date) -> ColumnElement[bool]:
    """Verified, passed by the day, and neither expired nor revoked on it."""
    award = QualificationAward
    standing = or_(col(award.revoked_on).is_(None), col(award.revoked_on) > day)
    return col(award.verified_at).is_not(None) & standing & in_force(col(award.passed_on), col(award.expires_on), day)
