"""Commands on employees. What concerns terms of service is written to them: they are the truth about employment."""

from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.employees import queries
from app.employees.schemas import EmployeeCreate, EmployeeDetails, EmployeeUpdate, TermsUpdate
from app.employments import commands as employments
from app.employments.errors import TermsPublished
from app.employments.schemas import EmploymentUpdate
from app.kit import clock
from app.kit.fields import Fields
from app.kit.patching import merged
from app.kit.records import add
from app.orders.errors import OutsideEmployment
from app.orders.rules import is_published, later, publication_of_change
from app.people.commands import index_person, name_person, renumber, touch
from app.people.models import Employee, EmployeeFields, EmployeeNumber, Employment
from app.people.queries import locked_employee
from app.people.schemas import NameUpdate

F = TypeVar("F", bound=Fields)


async def hire(db: AsyncSession, fields: EmployeeCreate) -> Employee:
    """Add the person with the number and terms of service from the first day."""
    person = Employee(**{name: getattr(fields, name) for name in EmployeeFields.model_fields}, search_key="")
    await add(db, person)
    await add(db, EmployeeNumber(employee_id=person.id, number=person.employee_number, valid_from=fields.hired_on))
    await index_person(db, person)
    first = Employment(
        employee_id=person.id,
        appointment_type=fields.appointment_type,
        job_service=fields.job_service,
        job_category=fields.job_category,
        valid_from=fields.hired_on,
        order_number=fields.order_number,
        published_on=fields.published_on,
    )
    await add(db, first)
    return person


async def change_person(db: AsyncSession, person: Employee, changes: EmployeeUpdate) -> Employee:
    """All of the changes or none; terms that cannot be changed as asked are refused."""
    await locked_employee(db, person.id)
    day, sent = changes.effective_on or clock.today(), changes.model_fields_set
    await _change_details(db, person, changes, day)
    if "hired_on" in sent:
        await employments.begin(db, person.id, changes.hired_on)
    if sent & TermsUpdate.model_fields.keys():
        await _change_terms(db, person, changes, day)
    if "left_on" in sent:
        published_on, given = changes.left_published_on, "left_published_on" in sent
        await employments.leave(db, person.id, changes.left_on, published_on, given=given)
    await touch(db, person)
    return person


def _only(model: type[F], changes: EmployeeUpdate) -> F:
    """The part of the changes that concerns these fields."""
    return model.model_validate(changes.model_dump(exclude_unset=True, include=set(model.model_fields)))


async def _change_details(db: AsyncSession, person: Employee, changes: EmployeeUpdate, day: date) -> None:
    details = merged(EmployeeFields, person, _only(EmployeeDetails, changes))
    if details.email != person.email:
        person.email, person.public_updated_at = details.email, clock.now()
    await name_person(db, person, _only(NameUpdate, changes))
    if details.employee_number != person.employee_number:
        await renumber(db, person, details.employee_number, later(day, changes.published_on))


async def _change_terms(db: AsyncSession, person: Employee, changes: EmployeeUpdate, day: date) -> None:
    """Terms that begin on the day are corrected; others end on it, and changed ones follow. Terms that are published
    are corrected at once."""
    terms = _only(TermsUpdate, changes).model_dump(exclude_unset=True)
    published_on, given, today = changes.published_on, "published_on" in changes.model_fields_set, clock.today()
    present = await queries.employment_on(db, person.id, day)
    if present is None:
        raise OutsideEmployment(pointer="/effective_on")
    if present.valid_from != day:
        publication = published_on if given else publication_of_change(None, day, today)
        present = await employments.split(db, present, day, publication)
    elif not is_published(present.published_on, today):
        terms |= {"published_on": published_on} if given else {}
    elif not is_published(published_on, today):
        raise TermsPublished(pointer="/published_on")
    await employments.change(db, present, EmploymentUpdate.model_validate(terms))


async def rebuild_facts(db: AsyncSession) -> None:
    """Write the kept facts of each day anew, while writers of personnel facts wait."""
    await db.execute(select(func.rebuild_facts()))
