from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.employees import queries
from app.employees.schemas import EmployeeCreate, EmployeeDetails, EmployeeUpdate
from app.kit import clock
from app.kit.patching import revise, sent
from app.kit.records import add
from app.kit.text import fold
from app.people import rules
from app.people.errors import LeavingOrderInvalid, OutsideEmployment
from app.people.models import Employee, EmployeeFields, EmployeeNumber, Employment, EmploymentFields
from app.people.queries import locked_employee


async def hire(db: AsyncSession, wanted: EmployeeCreate) -> Employee:
    members = wanted.model_dump()
    own = {name: members[name] for name in EmployeeFields.model_fields}
    person = Employee.model_validate({**own, "search_key": _search_key(wanted)})
    await add(db, person)
    await add(db, EmployeeNumber(employee_id=person.id, number=person.employee_number, valid_from=person.hired_on))
    terms = {name: members[name] for name in EmploymentFields.model_fields}
    await add(db, Employment(employee_id=person.id, valid_from=person.hired_on, **terms))
    return person


async def change_person(db: AsyncSession, person: Employee, changes: EmployeeUpdate) -> Employee:
    """Names and numbers at once; changed terms from `effective_on`; `left_on` ends what still runs."""
    await locked_employee(db, person.id)
    given = sent(changes)
    terms = {name: given[name] for name in EmploymentFields.model_fields if name in given}
    details = {name: given[name] for name in EmployeeDetails.model_fields if name in given}
    effective_on = changes.effective_on or clock.today()
    number = person.employee_number
    revise(EmployeeFields, person, EmployeeDetails.model_validate(details))
    person.search_key = _search_key(person)
    if person.employee_number != number:
        await add(db, EmployeeNumber(employee_id=person.id, number=person.employee_number, valid_from=effective_on))
    if terms:
        await _change_terms(db, person, terms, effective_on)
    if changes.left_on:
        await _leave(db, person, changes.left_on)
    await db.flush()
    return person


async def _change_terms(db: AsyncSession, person: Employee, terms: Mapping[str, object], day: date) -> None:
    """The running terms end on the day and the changed ones begin: past days keep their answer."""
    for employment in await queries.employments(db, person.id):
        if rules.covers(employment.valid_from, employment.valid_to, day, day):
            if employment.valid_from == day:
                for name, value in terms.items():
                    setattr(employment, name, value)
                return
            kept = {name: getattr(employment, name) for name in EmploymentFields.model_fields}
            end, employment.valid_to = employment.valid_to, day
            await db.flush()
            await add(db, Employment(employee_id=person.id, valid_from=day, valid_to=end, **{**kept, **terms}))
            return
    raise OutsideEmployment(pointer="/effective_on")


async def _leave(db: AsyncSession, person: Employee, day: date) -> None:
    if day <= person.hired_on:
        raise LeavingOrderInvalid(pointer="/left_on")
    person.left_on = day
    for row in [*await queries.employments(db, person.id), *await queries.open_rows(db, person.id, day)]:
        if row.valid_from >= day:
            await db.delete(row)
        elif row.valid_to is None or row.valid_to > day:
            row.valid_to = day


def _search_key(person: EmployeeFields) -> str:
    return fold(person.name, person.display_name, person.name_kana, person.employee_number)
