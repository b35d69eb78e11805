"""Request and response bodies of roles and their holders, and the query parameters of their lists."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import SQLModel, col

from app.kit.fields import Code, Day, Fields, Key, Line, Read, Values
from app.kit.filters import Column, Few, In, Where
from app.kit.list_query import ChangedQuery, DatedQuery, ListQuery, Sorts
from app.kit.patching import partial
from app.people.functions import in_subtree
from app.people.models import Employee, Number, OrgUnit
from app.roles.enums import AssignmentAction, AssignmentEndCause, AssignmentStatus, RoleBasis, VacancyReason
from app.roles.functions import ASSIGNED, ASSIGNED_CHANGED_AT, VACANT, vacant_below
from app.roles.models import Role, RoleAssignmentFields, RoleAssignmentTerms, RoleFields


class RoleRead(RoleFields, Read):
    """A definition of a role."""


class RoleCreate(RoleFields):
    """A new definition of a role."""


@partial
class RoleUpdate(RoleFields):
    """Changes to a definition of a role."""


class RoleQuery(DatedQuery, ChangedQuery):
    """Roles as defined on the day."""

    sorts: ClassVar[Sorts] = {"ordinal": col(Role.ordinal), "code": col(Role.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(Role.id)
    updated: ClassVar[Column] = col(Role.updated_at)

    code: Annotated[Values[Code] | None, In(col(Role.code))] = None
    basis: Annotated[Values[RoleBasis] | None, In(col(Role.basis))] = None


class RoleAssignmentCreate(RoleAssignmentFields):
    """A new appointment or nomination."""


@partial
class RoleAssignmentUpdate(RoleAssignmentTerms):
    """Changes to an appointment."""


class RoleAssignmentRenewal(RoleAssignmentTerms):
    """The period and letter of a new appointment in place of a lapsed one."""


class AssignmentRejection(Fields):
    """Why a nomination is rejected."""

    end_reason: Line


class AssignmentEnd(AssignmentRejection):
    """The first day without the appointment, and why it ends."""

    valid_to: Day


class RoleAssignmentRead(SQLModel):
    """An assignment as of a day. The id of a derived one is made from its source and role; it has no letter.

    An appointment ends with its unit, with its role, or when the person stood in for returns; it lapses on the day on
    which the person leaves the unit, also if they return later.
    """

    id: UUID
    employee_id: UUID
    employee_number: Number
    employee_name: Line
    role_code: Code
    sub_tier: Code | None
    basis: RoleBasis
    org_unit_id: UUID | None
    org_unit_code: Code | None
    org_unit_name: Line | None
    status: AssignmentStatus
    valid_from: date
    valid_to: date | None
    lapsed_on: date | None
    end_cause: AssignmentEndCause | None
    stands_in_for_id: UUID | None
    letter_number: Key | None
    end_reason: Line | None
    updated_at: datetime
    as_of: date
    allowed_actions: list[AssignmentAction]


class RoleAssignmentQuery(DatedQuery, ChangedQuery):
    """Holders of roles on the day and open nominations; other assignments by `status`."""

    sorts: ClassVar[Sorts] = {"employee_number": col(Employee.employee_number), "valid_from": ASSIGNED.c.valid_from}
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Column] = ASSIGNED.c.id
    updated: ClassVar[Column] = ASSIGNED_CHANGED_AT

    employee_id: Annotated[UUID | None, Few(ASSIGNED.c.employee_id)] = None
    role_code: Annotated[Values[Code] | None, In(ASSIGNED.c.role_code)] = None
    org_unit_id: Annotated[
        UUID | None,
        Where(lambda top: in_subtree(ASSIGNED.c.org_unit_id, top)),
        Field(description="The unit or any below it"),
    ] = None
    basis: Annotated[Values[RoleBasis] | None, In(ASSIGNED.c.basis)] = None
    status: Annotated[Values[AssignmentStatus], In(ASSIGNED.c.status)] = Field(
        default=[AssignmentStatus.ACTIVE, AssignmentStatus.NOMINATED]
    )


class VacantUnit(BaseModel):
    """A unit that lacks a holder."""

    id: UUID
    code: Code
    name: Line
    name_en: Line | None


class StandIn(BaseModel):
    """The person who stands in for the holder."""

    employee_number: Number
    employee_name: Line


class RoleVacancyRead(BaseModel):
    """A unit that lacks a holder of the role, or whose holder is away for long; `stand_in` is who stands in.

    `days_open` counts from the last holder's last day, else from the first day of the unit or the role.
    """

    id: UUID
    role_code: Code
    org_unit: VacantUnit
    reason: VacancyReason
    stand_in: StandIn | None
    days_open: int


class RoleVacancyQuery(DatedQuery, ChangedQuery):
    """Units that need a holder of an appointed role and have none on the day."""

    sorts: ClassVar[Sorts] = {"code": VACANT.c.code, "days_open": VACANT.c.days_open}
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Column] = VACANT.c.id
    updated: ClassVar[Column] = VACANT.c.updated_at

    role_code: Annotated[Values[Code] | None, In(VACANT.c.role_code)] = None
    reason: Annotated[Values[VacancyReason] | None, In(VACANT.c.reason)] = None
    org_unit_id: Annotated[
        UUID | None,
        Where(vacant_below),
        Field(description="The unit or any below it"),
    ] = None


class UnitLeaderRead(BaseModel):
    """A person who leads a unit on the day."""

    role_code: Code
    employee_number: Number
    employee_name: Line
    org_unit_code: Code
    org_unit_name: Line
    org_unit_name_en: Line | None


class UnitLeaderQuery(DatedQuery, ListQuery):
    """People who lead the caller's unit on the day, or one above it."""

    sorts: ClassVar[Sorts] = {"org_unit_code": col(OrgUnit.code), "employee_number": col(Employee.employee_number)}
    default_sort: ClassVar[str] = "org_unit_code,employee_number"
    key: ClassVar[Column] = ASSIGNED.c.id
