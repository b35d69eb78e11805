"""SELECTs of employees with what holds on a day, as far as orders are published to the caller."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.employees.functions import CHANGED_AT, FORMER_NAMES, FORMER_NUMBERS, KNOWN, STATUS, facts_that_differ
from app.identity.principal import Principal
from app.kit.as_of import DAY, AsOf
from app.kit.once import built_once
from app.kit.reading import one_or_404, row_or_404
from app.people.enums import AppointmentType, EmployeeStatus
from app.people.functions import SHOWN_NAME, WORKFORCE, known_version, valid_on
from app.people.models import Employee, Employment, OrgUnit, Post
from app.people.sight import Purpose, Sight, sight
from app.roles.functions import role_codes


class EmployeeRow(Protocol):
    """A row of `employees`: None where the person is not employed, or has no primary post, on the day."""

    id: UUID
    created_at: datetime
    employee_number: str
    name: str
    name_kana: str
    shown_name: str
    email: str | None
    row_version: int
    updated_at: datetime
    hired_on: date
    left_on: date | None
    status: EmployeeStatus
    former_numbers: list[str]
    former_names: list[dict[str, str | None]]
    appointment_type: AppointmentType | None
    job_service: str | None
    job_category: str | None
    in_scope: bool
    roles: list[str]
    post_id: UUID | None
    org_unit_id: UUID
    org_unit_code: str
    org_unit_name: str
    position_rank: str
    job_title: str | None


def employees(who: Principal, *, beyond: bool = False) -> Select[Any]:
    """The people employed on the day whom the caller may see, an `EmployeeRow` each; `beyond`: all people."""
    return _employees(sight(who, Purpose.PEOPLE), beyond=beyond)


@built_once
def _employees(seen: Sight, *, beyond: bool) -> Select[Any]:
    people = (
        select(
            col(Employee.id).label("id"),
            col(Employee.created_at),
            col(Employee.employee_number),
            col(Employee.name),
            col(Employee.name_kana),
            SHOWN_NAME.label("shown_name"),
            col(Employee.email),
            known_version(Employee.row_version).label("row_version"),
            CHANGED_AT.label("updated_at"),
            KNOWN.c.hired_on,
            KNOWN.c.left_on,
            STATUS.label("status"),
            FORMER_NUMBERS.label("former_numbers"),
            FORMER_NAMES.label("former_names"),
            WORKFORCE.c.appointment_type,
            WORKFORCE.c.job_service,
            WORKFORCE.c.job_category,
            func.coalesce(WORKFORCE.c.in_scope, false()).label("in_scope"),
            role_codes(Employee.id).label("roles"),
            col(Post.id).label("post_id"),
            col(Post.org_unit_id),
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
            col(Post.position_rank),
            col(Post.job_title),
        )
        .select_from(Employee)
        .join(WORKFORCE, WORKFORCE.c.employee_id == col(Employee.id), isouter=beyond)
        .join(KNOWN, KNOWN.c.employee_id == col(Employee.id))
        .outerjoin(Post, col(Post.id) == WORKFORCE.c.post_id)
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Post.org_unit_id))
        .where(seen.person(Employee.id, DAY))
    )
    return people.where(KNOWN.c.hired_on.is_not(None)) if beyond else people


async def employee_on(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> EmployeeRow:
    """A person as of the day, who may also be upcoming or have left."""
    people = employees(who, beyond=True)
    row: EmployeeRow = await row_or_404(db, people, col(Employee.id), employee_id, as_of)
    return row


async def employee(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> Employee:
    return await one_or_404(db, _visible(sight(who, Purpose.PEOPLE)), col(Employee.id), employee_id, as_of=as_of)


@built_once
def _visible(seen: Sight) -> Select[Employee]:
    return select(Employee).where(seen.person(Employee.id, DAY))


async def employment_on(db: AsyncSession, employee_id: UUID, day: date) -> Employment | None:
    """The terms of service on the day."""
    held = (col(Employment.employee_id) == employee_id) & valid_on(Employment, day)
    return await db.scalar(select(Employment).where(held))


async def everybody(db: AsyncSession) -> Sequence[UUID]:
    return (await db.scalars(select(col(Employee.id)).order_by(col(Employee.id)))).all()


async def differing_facts(db: AsyncSession, people: Sequence[UUID]) -> Sequence[str]:
    """The table of each kept row of these people that is not as it would be written now, or is missing."""
    return (await db.scalars(select(facts_that_differ(people).c.kept_in))).all()
