"""Roles, assignments and vacancies as read models."""

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.roles import rules
from app.roles.enums import AssignmentStatus, RoleBasis
from app.roles.models import Role
from app.roles.queries import AssignmentRow, VacancyRow
from app.roles.schemas import RoleAssignmentRead, RoleRead, RoleVacancyRead, VacantUnit


def role(row: Role) -> RoleRead:
    return RoleRead.model_validate(row)


def assignment(row: AssignmentRow, who: Principal, as_of: AsOf) -> RoleAssignmentRead:
    return RoleAssignmentRead(
        id=row.id,
        employee_id=row.employee_id,
        employee_number=row.employee_number,
        employee_name=row.employee_name,
        role_code=row.role_code,
        sub_tier=row.sub_tier,
        basis=RoleBasis(row.basis),
        org_unit_id=row.org_unit_id,
        org_unit_code=row.org_unit_code,
        org_unit_name=row.org_unit_name,
        status=AssignmentStatus(row.status),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        letter_number=row.letter_number,
        end_reason=row.end_reason,
        updated_at=row.updated_at,
        as_of=as_of.day,
        allowed_actions=rules.assignment_actions(
            AssignmentStatus(row.status),
            RoleBasis(row.basis),
            row.valid_to,
            today=who.today,
            may_appoint=who.may(Permission.APPOINT),
        ),
    )


def vacancy(row: VacancyRow) -> RoleVacancyRead:
    unit = VacantUnit(id=row.org_unit_id, code=row.code, name=row.name, name_en=row.name_en)
    return RoleVacancyRead(id=row.id, role_code=row.role_code, org_unit=unit, days_open=row.days_open)
