"""Conditions on courses."""

from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from app.catalog.models import Course


def teaches(code: str) -> ColumnElement[bool]:
    return col(Course.skills).any(skill_code=code)


def meant_for(role_code: str) -> ColumnElement[bool]:
    """The course's target contains the role, or no role."""
    roles = col(Course.target)["role_codes"]
    return or_(roles == [], roles.contains([role_code]))


def has_theme(theme: str) -> ColumnElement[bool]:
    return col(Course.themes).contains([theme])


def serves_plan_item(code: str) -> ColumnElement[bool]:
    return col(Course.plan_items).contains([code])


def mandatory_in(fiscal_year: int) -> ColumnElement[bool]:
    return col(Course.mandatory_fiscal_years).contains([fiscal_year])


def is_offered_on(day: date) -> ColumnElement[bool]:
    """Not retired on the day."""
    return or_(col(Course.retired_on).is_(None), col(Course.retired_on) > day)
