"""Commands on employees. Terms of service are dated: changed ones begin on a day and the past keeps the former."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.employees import queries
from app.employees.schemas import EmployeeCreate, EmployeeDetails, EmployeeUpdate, EmploymentUpdate
from app.kit import clock
from app.kit.fields import Fields
from app.kit.patching import revise
from app.kit.records import add
from app.kit.text import fold
from app.people.commands import end_post
from app.people.errors import LeavingOrderInvalid, OutsideEmployment
from app.people.models import Employee, EmployeeFields, EmployeeNumber, Employment, Post, TermsFields
from app.people.queries import locked_employee

F = TypeVar("F", bound=Fields)


async def hire(db: AsyncSession, fields: EmployeeCreate) -> Employee:
    """Add the person with the number and terms of service from the first day."""
    person = Employee(
        employee_number=fields.employee_number,
        name=fields.name,
        name_kana=fields.name_kana,
        display_name=fields.display_name,
        email=fields.email,
        hired_on=fields.hired_on,
        search_key=_search_key(fields),
    )
    await add(db, person)
    await _add_number(db, person, person.hired_on)
    await add(db, _employment(person.id, fields, person.hired_on, None))
    return person


async def change_person(db: AsyncSession, person: Employee, changes: EmployeeUpdate) -> Employee:
    """Change names at once, the number and terms from `effective_on`; `left_on` ends what is still running."""
    await locked_employee(db, person.id)
    effective_on = changes.effective_on or clock.today()
    await _change_details(db, person, _only(EmployeeDetails, changes), effective_on)
    terms = _only(EmploymentUpdate, changes)
    if terms.model_fields_set:
        await _change_terms(db, person, terms, effective_on)
    if changes.left_on:
        await _leave(db, person, changes.left_on)
    await db.flush()
    return person


def _only(model: type[F], changes: EmployeeUpdate) -> F:
    """The part of the changes that concerns these fields."""
    return model.model_validate(changes.model_dump(exclude_unset=True, include=set(model.model_fields)))


async def _change_details(db: AsyncSession, person: Employee, changes: EmployeeDetails, effective_on: date) -> None:
    number = person.employee_number
    revise(EmployeeFields, person, changes)
    person.search_key = _search_key(person)
    if person.employee_number != number:
        await _add_number(db, person, effective_on)


async def _change_terms(db: AsyncSession, person: Employee, changes: EmploymentUpdate, day: date) -> None:
    """Terms that begin on the day are changed in place; others end on it and changed ones begin."""
    present = await queries.employment_on(db, person.id, day)
    if present is None:
        raise OutsideEmployment(pointer="/effective_on")
    if present.valid_from == day:
        revise(TermsFields, present, changes)
        return
    changed = _employment(person.id, present, day, present.valid_to)
    present.valid_to = day
    await db.flush()
    await add(db, revise(TermsFields, changed, changes))


async def _leave(db: AsyncSession, person: Employee, day: date) -> None:
    """End what is running on the day; what would begin later never does."""
    if day <= person.hired_on:
        raise LeavingOrderInvalid(pointer="/left_on")
    person.left_on = day
    for row in await queries.rows_ending_after(db, person.id, day):
        if row.valid_from >= day:
            await db.delete(row)
        elif isinstance(row, Post):
            end_post(row, day)
        else:
            row.valid_to = day


async def _add_number(db: AsyncSession, person: Employee, day: date) -> None:
    await add(db, EmployeeNumber(employee_id=person.id, number=person.employee_number, valid_from=day))


def _employment(employee_id: UUID, terms: TermsFields, start: date, end: date | None) -> Employment:
    return Employment(
        employee_id=employee_id,
        appointment_type=terms.appointment_type,
        job_service=terms.job_service,
        job_category=terms.job_category,
        valid_from=start,
        valid_to=end,
    )


def _search_key(person: EmployeeFields) -> str:
    return fold(person.name, person.display_name, person.name_kana, person.employee_number)
