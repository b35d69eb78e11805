"""Terms of service as the API takes and shows them, and the query parameters of their list."""

from typing import Annotated, ClassVar
from uuid import UUID

from sqlmodel import Field, col

from app.kit.fields import Code, Day, Key, Read, Values
from app.kit.filters import Column, Few, In, Is, Listed, Where
from app.kit.list_query import ChangedQuery, Sorts
from app.kit.patching import partial
from app.lists.errors import UnknownJobCategory, UnknownJobService
from app.lists.models import JobCategory, JobService
from app.orders.functions import pending
from app.orders.schemas import OrderRead
from app.people.enums import AppointmentType
from app.people.functions import KnownEmployment, valid_on
from app.people.models import EmploymentFields, Number


class EmploymentCreate(EmploymentFields):
    """New terms of service: a renewal, or re-employment after a gap or without one."""

    employee_number: Number | None = Field(
        default=None, description="The person's number from these terms on, if it is another one"
    )


class EmploymentRead(OrderRead, EmploymentFields, Read):
    """Terms of service, as far as they are published to the caller."""


@partial
class EmploymentUpdate(EmploymentFields):
    """Changes to terms of service."""


class EmploymentQuery(ChangedQuery):
    """Past, present and future terms of service, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {
        "valid_from": col(KnownEmployment.valid_from),
        "updated_at": col(KnownEmployment.updated_at),
    }
    default_sort = "valid_from"
    key: ClassVar[Column] = col(KnownEmployment.id)
    updated: ClassVar[Column] = col(KnownEmployment.updated_at)

    as_of: Annotated[Day | None, Where(lambda day: valid_on(KnownEmployment, day))] = None
    employee_id: Annotated[UUID | None, Few(col(KnownEmployment.employee_id))] = None
    appointment_type: Annotated[Values[AppointmentType] | None, In(col(KnownEmployment.appointment_type))] = None
    job_service: Annotated[
        Values[Code] | None, In(col(KnownEmployment.job_service)), Listed(col(JobService.code), UnknownJobService)
    ] = None
    job_category: Annotated[
        Values[Code] | None, In(col(KnownEmployment.job_category)), Listed(col(JobCategory.code), UnknownJobCategory)
    ] = None
    order_number: Annotated[Values[Key] | None, In(col(KnownEmployment.order_number))] = None
    is_pending: Annotated[bool | None, Is(pending(KnownEmployment))] = None
