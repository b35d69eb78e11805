"""Changes to what an order says, and to what is public of it."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.patching import merged
from app.orders import errors, queries, rules
from app.orders.views import public_valid_to
from app.people.errors import UnknownEmployee
from app.people.models import (
    Absence,
    AbsenceFields,
    Employee,
    Employment,
    EmploymentFields,
    OrderFields,
    Post,
    PostFields,
)
from app.people.queries import locked_employee

Row = Employment | Post | Absence
F = TypeVar("F", PostFields, AbsenceFields)
_PUBLICATION = frozenset({"published_on", "valid_to", "end_published_on"})


async def locked_person(db: AsyncSession, employee_id: UUID) -> Employee:
    """The person, locked, so that writes about one person run one after another."""
    person = await locked_employee(db, employee_id)
    if person is None:
        raise UnknownEmployee(pointer="/employee_id")
    return person


async def check_employed(db: AsyncSession, fields: OrderFields) -> None:
    """The person exists, and is employed throughout the period."""
    await locked_person(db, fields.employee_id)
    service = rules.services(map(queries.terms, await queries.employments(db, fields.employee_id)))
    rules.check_within(service, fields.valid_from, fields.valid_to)


async def as_confidential_as_terms(db: AsyncSession, fields: F) -> F:
    """Under terms of service that are not published yet, an order is published with them at the earliest, unless the
    person is known to be employed on its first day."""
    every, today = await queries.employments(db, fields.employee_id), clock.today()
    under = next(each for each in every if each.valid_from <= fields.valid_from and _lasts(each, fields.valid_from))
    if any(_is_known(each, fields.valid_from, today) for each in every):
        return fields
    return fields.model_copy(update={"published_on": rules.later(fields.published_on, under.published_on)})


def _is_known(terms: Employment, day: date, today: date) -> bool:
    """The terms are published, and by what is public they include the day."""
    end = public_valid_to(terms, today)
    return rules.is_published(terms.published_on, today) and terms.valid_from <= day and (end is None or day < end)


def _lasts(terms: Employment, day: date) -> bool:
    return terms.valid_to is None or day < terms.valid_to


def revise(row: Row, changes: BaseModel) -> None:
    """Write the changes. A changed end is published when they say so, else when it makes a difference."""
    fields = merged(_fields_of(row), row, changes)
    if fields.employee_id != row.employee_id:
        raise errors.PersonImmutable(pointer="/employee_id")
    values = {name: getattr(fields, name) for name in type(fields).model_fields}
    if fields.valid_to != row.valid_to and "end_published_on" not in changes.model_fields_set:
        values["end_published_on"] = _publication_of_end(row, fields)
    write(row, **values)


def _publication_of_end(row: Row, fields: OrderFields) -> date | None:
    today = clock.today()
    if not rules.is_published(fields.published_on, today):
        return None  # published with the order
    return rules.publication_of_change(row.valid_to, fields.valid_to, today)


def write(row: Row, **values: object) -> None:
    """Write the values, and the former end and time of change for callers who do not see unpublished orders."""
    today = clock.today()
    before = _order(row, rules.End(row.public_valid_to, row.public_end_published_on))
    for name, value in values.items():
        setattr(row, name, value)
    former = rules.former_end(before, rules.End(row.valid_to, row.end_published_on), today)
    if before.known(today) != _order(row, former).known(today):
        row.public_updated_at = clock.now()
    row.public_valid_to, row.public_end_published_on = former.valid_to, former.published_on


def _order(row: Row, former_end: rules.End) -> rules.Order:
    terms = tuple(getattr(row, name) for name in _fields_of(row).model_fields if name not in _PUBLICATION)
    return rules.Order(terms, row.published_on, rules.End(row.valid_to, row.end_published_on), former_end)


def _fields_of(row: Row) -> type[OrderFields]:
    """What an order of this kind says."""
    if isinstance(row, Employment):
        return EmploymentFields
    return PostFields if isinstance(row, Post) else AbsenceFields
