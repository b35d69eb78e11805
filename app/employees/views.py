"""Employees as read models: the person with what holds on the day."""

from uuid import UUID

from app.employees.queries import EmployeeRow
from app.employees.schemas import EmployeeRead, FormerNameRead, PrimaryPost
from app.kit.as_of import AsOf


def employee(row: EmployeeRow, as_of: AsOf) -> EmployeeRead:
    return EmployeeRead(
        id=row.id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        employee_number=row.employee_number,
        name=row.name,
        name_kana=row.name_kana,
        display_name=row.shown_name,
        email=row.email,
        hired_on=row.hired_on,
        left_on=row.left_on,
        appointment_type=row.appointment_type,
        job_service=row.job_service,
        job_category=row.job_category,
        in_scope=row.in_scope,
        status=row.status,
        primary_post=_primary_post(row, row.post_id) if row.post_id else None,
        roles=row.roles,
        former_names=[FormerNameRead.model_validate(name) for name in row.former_names],
        former_numbers=row.former_numbers,
        as_of=as_of.day,
    )


def _primary_post(row: EmployeeRow, id: UUID) -> PrimaryPost:
    return PrimaryPost(
        id=id,
        org_unit_id=row.org_unit_id,
        org_unit_code=row.org_unit_code,
        org_unit_name=row.org_unit_name,
        position_rank=row.position_rank,
        job_title=row.job_title,
    )
