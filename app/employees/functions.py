"""What is known of a person on the statement's day, as columns."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    case,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.kit.as_of import DAY, PUBLISHED_BY, TODAY
from app.people.enums import EmployeeStatus
from app.people.functions import PERSON_CHANGED_AT, WORKFORCE
from app.people.models import Employee, EmployeeNumber
from app.roles.functions import people_known

KNOWN = people_known()

POLICY = func.policy_changed(TODAY).table_valued(column("updated_at", DateTime(timezone=True)))
CHANGED_AT: ColumnElement[datetime] = func.greatest(
    PERSON_CHANGED_AT, KNOWN.c.roles_at, KNOWN.c.others_at, select(POLICY.c.updated_at).scalar_subquery()
)
"""When what the caller sees of the person last changed: something was recorded, an order was published, or a period
began or ended."""

NUMBERS = func.former_numbers(col(Employee.id), TODAY).table_valued(column("numbers", ARRAY(String)))
FORMER_NUMBERS: ColumnElement[list[str]] = select(NUMBERS.c.numbers).correlate(Employee).scalar_subquery()
NAMES = func.former_names(col(Employee.id)).table_valued(column("names", JSONB))
FORMER_NAMES: ColumnElement[list[dict[str, str | None]]] = select(NAMES.c.names).correlate(Employee).scalar_subquery()

STATUS: ColumnElement[str] = case(
    (WORKFORCE.c.absent, EmployeeStatus.ABSENT),
    (WORKFORCE.c.employee_id.is_not(None), EmployeeStatus.ACTIVE),
    (KNOWN.c.hired_on > DAY, EmployeeStatus.UPCOMING),
    else_=EmployeeStatus.LEFT,
)
"""Employment on the day."""


def has_number(numbers: SQLCoreOperations[list[str]]) -> ColumnElement[bool]:
    """The person has, or once had, one of these employee numbers, as far as the caller knows. One set of people, as
    PostgreSQL reads the whole table where either of two conditions will do."""
    known, someone = col(EmployeeNumber.valid_from) <= PUBLISHED_BY, aliased(Employee)
    owners = select(col(EmployeeNumber.employee_id)).where(col(EmployeeNumber.number) == any_(numbers), known)
    holders = select(col(someone.id)).where(col(someone.employee_number) == any_(numbers))
    return col(Employee.id).in_(holders.union_all(owners))


def facts_that_differ(people: Sequence[UUID]) -> TableValuedAlias:
    """Kept rows of these people that are not as they would be written now (`is_kept`), and those that are missing."""
    columns = column("kept_in", String), column("employee_id", Uuid), column("is_kept", Boolean), column("fact", String)
    return func.facts_that_differ(cast(people, ARRAY(Uuid))).table_valued(*columns).alias("differing")
