"""Request and response bodies of employees, and the query parameters of their list."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, StrictBool
from sqlmodel import Field, col

from app.kit.fields import Code, Day, Line, Read, Values
from app.kit.filters import ChangedQuery, Column, Contains, DatedQuery, Eq, In, Sorts, Where
from app.kit.patching import partial
from app.people.enums import AppointmentType, EmployeeStatus, JobService
from app.people.functions import WORKFORCE, has_number, holds_rank, in_subtree
from app.people.models import Employee, EmployeeFields, Number, TermsFields
from app.roles.functions import holds_role


class EmployeeCreate(EmployeeFields, TermsFields):
    """A person with the terms of service from `hired_on`."""


@partial
class EmployeeDetails(EmployeeFields):
    """Changes to what does not depend on a day."""


@partial
class EmploymentUpdate(TermsFields):
    """Changes to terms of service."""


@partial
class EmployeeUpdate(EmployeeCreate):
    """Changes to an employee. `left_on` is the first day after service.

    A changed number or changed terms begin on `effective_on` (default: today).
    """

    effective_on: Day | None = None
    left_on: Day | None = None


class PrimaryPost(BaseModel):
    """The primary post on the day."""

    id: UUID
    org_unit_id: UUID
    org_unit_code: Code
    org_unit_name: Line
    position_rank: Code
    job_title: Line | None


class EmployeeRead(EmployeeFields, Read):
    """A person as of a day. Terms of service and primary post are null where there are none on that day."""

    display_name: Line
    appointment_type: AppointmentType | None
    job_service: JobService | None
    job_category: Code | None
    left_on: date | None
    status: EmployeeStatus
    primary_post: PrimaryPost | None
    in_scope: StrictBool
    roles: list[Code] = Field(description="Codes of `GET /api/v1/roles`")
    as_of: date


class EmployeeQuery(DatedQuery, ChangedQuery):
    """People employed on the day."""

    sorts: ClassVar[Sorts] = {
        "employee_number": col(Employee.employee_number),
        "name_kana": col(Employee.name_kana),
        "hired_on": col(Employee.hired_on),
        "updated_at": col(Employee.updated_at),
    }
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Column] = col(Employee.id)
    updated: ClassVar[Column] = col(Employee.updated_at)

    employee_number: Annotated[Values[Number] | None, Where(lambda numbers: has_number(Employee.id, numbers))] = None
    org_unit_id: Annotated[UUID | None, Eq(WORKFORCE.c.org_unit_id)] = None
    under: Annotated[UUID | None, Where(lambda unit: in_subtree(WORKFORCE.c.org_unit_id, unit))] = None
    role_code: Annotated[Code | None, Where(lambda role: holds_role(col(Employee.id), role))] = None
    position_rank: Annotated[Values[Code] | None, Where(lambda ranks: holds_rank(Employee.id, ranks))] = None
    job_category: Annotated[Values[Code] | None, In(WORKFORCE.c.job_category)] = None
    in_scope: Annotated[bool | None, Eq(WORKFORCE.c.in_scope)] = None
    q: Annotated[Line | None, Contains(col(Employee.search_key))] = None
