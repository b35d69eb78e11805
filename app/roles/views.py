"""Roles, assignments and vacancies as read models."""

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.roles import queries, rules
from app.roles.enums import AssignmentEndCause, AssignmentStatus, RoleBasis, VacancyReason
from app.roles.functions import AssignmentRow, LeaderRow, VacancyRow
from app.roles.models import Role
from app.roles.schemas import RoleAssignmentRead, RoleRead, RoleVacancyRead, StandIn, UnitLeaderRead, VacantUnit

_OVER = frozenset({AssignmentStatus.ENDED, AssignmentStatus.LAPSED})


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
        lapsed_on=row.lapses_on if row.lapses_on and row.lapses_on <= as_of.day else None,
        end_cause=AssignmentEndCause(row.cause) if row.status in _OVER and row.cause else None,
        stands_in_for_id=row.stands_in_for_id,
        letter_number=row.letter_number,
        end_reason=row.end_reason,
        updated_at=row.updated_at,
        as_of=as_of.day,
        allowed_actions=rules.assignment_actions(
            RoleBasis(row.basis),
            queries.term(row),
            today=who.today,
            may_appoint=who.may(Permission.APPOINT),
        ),
    )


def vacancy(row: VacancyRow) -> RoleVacancyRead:
    unit = VacantUnit(id=row.org_unit_id, code=row.code, name=row.name, name_en=row.name_en)
    stand_in = None
    if row.stand_in_number and row.stand_in_name:
        stand_in = StandIn(employee_number=row.stand_in_number, employee_name=row.stand_in_name)
    return RoleVacancyRead(
        id=row.id,
        role_code=row.role_code,
        org_unit=unit,
        reason=VacancyReason(row.reason),
        stand_in=stand_in,
        days_open=row.days_open,
    )


def unit_leader(row: LeaderRow) -> UnitLeaderRead:
    return UnitLeaderRead.model_validate(row, from_attributes=True)
