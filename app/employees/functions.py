"""What is known of a person's service on the statement's day, as columns."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.kit.as_of import DAY, PUBLISHED_BY, TODAY
from app.people.enums import EmployeeStatus
from app.people.functions import WORKFORCE, KnownEmployment, changed
from app.people.models import Employee, EmployeeNumber

_ENDS = case(
    (func.bool_or(col(KnownEmployment.valid_to).is_(None)), null()), else_=func.max(col(KnownEmployment.valid_to))
)
SERVICE = (
    select(
        func.min(col(KnownEmployment.valid_from)).label("hired_on"),
        _ENDS.label("left_on"),
    )
    .where(col(KnownEmployment.employee_id) == col(Employee.id))
    .correlate(Employee)
    .lateral("service")
)
"""The first day of a person's first terms and the end of the last ones, as known; `hired_on` is null without terms.

Without GROUP BY, as PostgreSQL then knows that it is one row for each person: it expects as many rows as people, and a
count leaves the aggregate out."""

_CHANGED = changed("employees_changed")
CHANGED_AT: ColumnElement[datetime] = (
    select(_CHANGED.c.updated_at)
    .where(_CHANGED.c.employee_id == col(Employee.id))
    .correlate(Employee)
    .scalar_subquery()
)
"""When what the caller sees of the person last changed."""

FORMER_NUMBERS: ColumnElement[list[str]] = func.former_numbers(col(Employee.id), TODAY, type_=ARRAY(String))
FORMER_NAMES: ColumnElement[list[dict[str, str | None]]] = func.former_names(col(Employee.id), type_=JSONB)

STATUS: ColumnElement[str] = case(
    (WORKFORCE.c.absent, EmployeeStatus.ABSENT),
    (WORKFORCE.c.employee_id.is_not(None), EmployeeStatus.ACTIVE),
    (SERVICE.c.hired_on > DAY, EmployeeStatus.UPCOMING),
    else_=EmployeeStatus.LEFT,
)
"""Employment on the day."""


def has_number(numbers: SQLCoreOperations[list[str]]) -> ColumnElement[bool]:
    """The person has, or once had, one of these employee numbers, as far as the caller knows."""
    known = col(EmployeeNumber.valid_from) <= PUBLISHED_BY
    owners = select(col(EmployeeNumber.employee_id)).where(col(EmployeeNumber.number) == any_(numbers), known)
    return or_(col(Employee.employee_number) == any_(numbers), col(Employee.id).in_(owners))


def facts_that_differ(people: Sequence[UUID]) -> TableValuedAlias:
    """Kept rows of these people that are not as they would be written now (`is_kept`), and those that are missing."""
    columns = column("kept_in", String), column("employee_id", Uuid), column("is_kept", Boolean), column("fact", String)
    return func.facts_that_differ(cast(people, ARRAY(Uuid))).table_valued(*columns).alias("differing")
