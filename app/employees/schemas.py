"""Request and response bodies of employees, and the query parameters of their list."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StrictBool
from sqlmodel import Field, col

from app.employees.functions import CHANGED_AT, KNOWN, STATUS, has_number
from app.kit.fields import Code, Day, Key, Line, Read, Values
from app.kit.filters import Column, Few, Found, In, Is, Listed, Where
from app.kit.list_query import ChangedQuery, DatedQuery, Sorts
from app.kit.patching import partial
from app.kit.shown import Shown
from app.lists.errors import UnknownJobCategory
from app.lists.models import JobCategory
from app.people.enums import AppointmentType, EmployeeStatus
from app.people.functions import WORKFORCE, holds_rank, in_subtree
from app.people.models import Employee, EmployeeFields, NameFields, Number, TermsFields
from app.roles.functions import holds_role


class EmployeeCreate(EmployeeFields, TermsFields):
    """A person with the terms of service from `hired_on`. Until `published_on` only personnel officers know of them."""

    hired_on: Day
    order_number: Key | None = None
    published_on: Day | None = None


@partial
class EmployeeDetails(EmployeeFields):
    """Changes to what does not depend on terms of service."""


@partial
class TermsUpdate(TermsFields):
    """Changes to terms of service."""


@partial
class EmployeeUpdate(EmployeeFields, TermsFields):
    """Changes to an employee, which are written to the terms of service (`/employments`) as far as they concern them.

    A changed number or changed terms begin on `effective_on` (default: today). Changed terms are public from
    `published_on` (default: `effective_on`), with the end of those before; a changed number is used from the later of
    both. `hired_on` is the first day of the first terms, `left_on` the first day after the last ones; null takes the
    leaving back.
    """

    effective_on: Day | None = None
    published_on: Day | None = None
    hired_on: Day | None = None
    left_on: Day | None = None
    left_published_on: Day | None = None


class PrimaryPost(Shown):
    """The primary post on the day."""

    id: UUID
    org_unit_id: UUID
    org_unit_code: Code
    org_unit_name: Line
    position_rank: Code
    job_title: Line | None


class FormerNameRead(NameFields, Shown):
    """What a person was called until `valid_to`, the first day of the next name."""

    valid_to: date


class EmployeeRead(EmployeeFields, Read):
    """A person as of a day. Terms of service and primary post are null where there are none on that day."""

    display_name: Line
    hired_on: date = Field(description="The first day of the first terms of service")
    left_on: date | None = Field(description="The first day after the last terms of service; null: open-ended")
    appointment_type: AppointmentType | None
    job_service: Code | None
    job_category: Code | None
    status: EmployeeStatus
    primary_post: PrimaryPost | None
    in_scope: StrictBool
    roles: list[Code] = Field(description="Codes of `GET /api/v1/roles`")
    former_names: list[FormerNameRead]
    former_numbers: list[Number]
    as_of: date


class EmployeeQuery(DatedQuery, ChangedQuery):
    """People employed on the day; with `status`, `employee_number`, `since` or `until`, also those who are not."""

    sorts: ClassVar[Sorts] = {
        "employee_number": col(Employee.employee_number),
        "name_kana": col(Employee.kana_order),
        "hired_on": KNOWN.c.hired_on,
        "updated_at": CHANGED_AT,
    }
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Column] = col(Employee.id)
    updated: ClassVar[Column] = CHANGED_AT

    employee_number: Annotated[Values[Number] | None, Where(has_number)] = None
    status: Annotated[Values[EmployeeStatus] | None, In(STATUS)] = None
    org_unit_id: Annotated[UUID | None, Few(WORKFORCE.c.org_unit_id)] = None
    under: Annotated[UUID | None, Where(lambda unit: in_subtree(WORKFORCE.c.org_unit_id, unit))] = None
    role_code: Annotated[Code | None, Where(lambda role: holds_role(col(Employee.id), role))] = None
    position_rank: Annotated[Values[Code] | None, Where(lambda ranks: holds_rank(Employee.id, ranks))] = None
    job_category: Annotated[
        Values[Code] | None, In(WORKFORCE.c.job_category), Listed(col(JobCategory.code), UnknownJobCategory)
    ] = None
    in_scope: Annotated[bool | None, Is(WORKFORCE.c.in_scope)] = None
    q: Annotated[Line | None, Found(col(Employee.search_key))] = None

    def reaches_beyond(self) -> bool:
        """Also people who are not employed on the day are asked for."""
        return bool(self.status or self.employee_number or self.since or self.until)
