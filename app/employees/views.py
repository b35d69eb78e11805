"""Employees as the API answers them: the person, with the facts of the day."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.employees.schemas import EmployeeRead, PrimaryPost
from app.kit.as_of import AsOf
from app.people import rules
from app.people.models import Employee
from app.roles.queries import roles_of


async def employees(db: AsyncSession, rows: Sequence[Any], as_of: AsOf) -> list[EmployeeRead]:
    """Rows of `queries.employees`; their roles take one statement, however many there are."""
    roles = await roles_of(db, [row.Employee.id for row in rows], as_of)
    return [_employee(row, roles.get(row.Employee.id, []), as_of) for row in rows]


async def employee(db: AsyncSession, row: Any, as_of: AsOf) -> EmployeeRead:
    return (await employees(db, [row], as_of))[0]


def _employee(row: Any, roles: list[str], as_of: AsOf) -> EmployeeRead:
    person: Employee = row.Employee
    employed = row.appointment_type is not None
    return EmployeeRead(
        **person.model_dump(exclude={"search_key", "row_version", "display_name"}),
        display_name=person.shown_name,
        appointment_type=row.appointment_type,
        job_service=row.job_service,
        job_category=row.job_category,
        in_scope=bool(row.in_scope),
        status=rules.status_on(as_of.day, person.hired_on, employed=employed, absent=bool(row.absent)),
        primary_post=_primary_post(row) if row.post_id else None,
        roles=roles,
        as_of=as_of.day,
    )


def _primary_post(row: Any) -> PrimaryPost:
    return PrimaryPost(
        id=row.post_id,
        org_unit_id=row.org_unit_id,
        org_unit_code=row.org_unit_code,
        org_unit_name=row.org_unit_name,
        position_rank=row.position_rank,
        job_title=row.job_title,
    )
