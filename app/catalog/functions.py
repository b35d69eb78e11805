"""Conditions on courses."""

from datetime import date

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.catalog.models import Course


def teaches(code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    return col(Course.skills).any(skill_code=code)


def meant_for(role_code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    """The course's target contains the role, or no role."""
    roles = col(Course.target)["role_codes"]
    return or_(roles == [], roles.contains(func.jsonb_build_array(role_code, type_=JSONB)))


def has_theme(theme: SQLCoreOperations[str]) -> ColumnElement[bool]:
    return col(Course.themes).contains(array([theme]))


def serves_plan_item(code: SQLCoreOperations[str]) -> ColumnElement[bool]:
    return col(Course.plan_items).contains(array([code]))


def mandatory_in(fiscal_year: SQLCoreOperations[int]) -> ColumnElement[bool]:
    return col(Course.mandatory_fiscal_years).contains(array([fiscal_year]))


def is_offered_on(day: SQLCoreOperations[date]) -> ColumnElement[bool]:
    """Not retired on the day."""
    return or_(col(Course.retired_on).is_(None), col(Course.retired_on) > day)
