from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, col

from app.kit.fields import Code, Day, Line, Read, Values, example
from app.kit.filters import Contains, DatedQuery, Eq, In, Sorts, Where
from app.kit.patching import Partial
from app.people import functions as people_functions
from app.people.enums import AppointmentType, EmployeeStatus, JobService
from app.people.models import Employee, EmployeeFields, EmploymentFields
from app.roles.functions import holds_role


class EmployeeCreate(EmployeeFields, EmploymentFields):
    """A person and the first terms of service, from `hired_on`."""

    model_config = example(
        employee_number="200001", name="髙橋　花子", name_kana="タカハシ　ハナコ", hired_on="2027-04-01"
    )


class EmployeeDetails(EmployeeFields, Partial):
    """What stands on the person alone, whatever the day."""


class EmployeeUpdate(EmployeeCreate, Partial):
    """`effective_on` is the first day of changed terms (default: today); `left_on` the first day after service."""

    model_config = example(appointment_type="regular", effective_on="2026-04-01")

    effective_on: Day | None = None
    left_on: Day | None = None


class PrimaryPost(BaseModel):
    """Where the person works on the day."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_unit_id: UUID
    org_unit_code: Code
    org_unit_name: Line
    position_rank: Code
    job_title: Line | None


class EmployeeRead(EmployeeFields, Read):
    """A person as of a day; terms, post, scope and roles are those of the day, null where there are none."""

    display_name: Line
    appointment_type: AppointmentType | None
    job_service: JobService | None
    job_category: Code | None
    left_on: date | None
    status: EmployeeStatus
    primary_post: PrimaryPost | None
    in_scope: bool
    roles: list[Code] = Field(description="A `code` of `GET /api/v1/roles` each")
    as_of: date


class EmployeeQuery(DatedQuery):
    """People employed on the day."""

    sorts: ClassVar[Sorts] = {
        "employee_number": col(Employee.employee_number),
        "name_kana": col(Employee.name_kana),
        "hired_on": col(Employee.hired_on),
        "updated_at": col(Employee.updated_at),
    }
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Any] = col(Employee.id)

    employee_number: Annotated[
        Values[Line] | None, Where(lambda numbers, _: people_functions.numbered(Employee.id, numbers))
    ] = None
    org_unit_id: Annotated[UUID | None, Eq(people_functions.FACTS.c.org_unit_id)] = None
    under: Annotated[
        UUID | None, Where(lambda unit, _: people_functions.in_subtree(people_functions.FACTS.c.org_unit_id, unit))
    ] = None
    role_code: Annotated[Code | None, Where(lambda role, _: holds_role(col(Employee.id), role))] = None
    position_rank: Annotated[
        Values[Code] | None, Where(lambda ranks, _: people_functions.holds_post(Employee.id, position_rank=ranks))
    ] = None
    job_category: Annotated[Values[Code] | None, In(people_functions.FACTS.c.job_category)] = None
    in_scope: Annotated[bool | None, Eq(people_functions.FACTS.c.in_scope)] = None
    q: Annotated[Line | None, Contains(col(Employee.search_key))] = None
