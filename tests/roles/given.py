"""The policy's five roles on the small city, and appointments to them."""

from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.as_of import AsOf
from app.kit.records import add
from app.people.models import Employee, OrgUnit
from app.roles import queries
from app.roles.enums import Decision, RoleBasis
from app.roles.models import Role, RoleAssignment
from app.roles.rules import HeldRole
from tests.people import given

START = given.START

SUB_TIERS = [
    {"code": "department_head", "name": "部等の長", "position_ranks": ["department_head"]},
    {"code": "section_head", "name": "課等の長", "position_ranks": ["section_head"]},
]

ROLES: dict[str, tuple[RoleBasis, dict[str, Any]]] = {
    "manager": (RoleBasis.POST, {"position_ranks": ["department_head", "section_head"], "sub_tiers": SUB_TIERS}),
    "leader": (RoleBasis.APPOINTMENT, {"leads_unit": True}),
    "advisor": (RoleBasis.UNIT, {"org_unit_codes": ["INFO"]}),
    "general": (RoleBasis.RESIDUAL, {}),
    "childcare": (RoleBasis.JOB_CATEGORY, {"job_categories": ["nursery_teacher"]}),
}


async def role(db: AsyncSession, code: str, since: date = START, **more: Any) -> Role:
    basis, lists = ROLES.get(code, (RoleBasis.APPOINTMENT, {}))
    return await add(db, Role(code=code, name=code, basis=basis, valid_from=since, **(lists | more)))


async def roles(db: AsyncSession) -> None:
    for ordinal, code in enumerate(ROLES):
        await role(db, code, ordinal=ordinal)


async def appointment(
    db: AsyncSession, person: Employee, unit: OrgUnit, home: OrgUnit | None = None, since: date = START, **more: Any
) -> RoleAssignment:
    """A leader of the unit; `home` is where the person worked when appointed (default: in the unit)."""
    appointed = RoleAssignment(
        **{"employee_id": person.id, "org_unit_id": unit.id, "role_code": "leader", "status": Decision.ACTIVE, **more},
        home_unit_id=(home or unit).id,
        valid_from=since,
    )
    return await add(db, appointed)


def assignment_body(person: Any, unit: Any, **more: Any) -> dict[str, Any]:
    return {
        "employee_id": str(person.id),
        "role_code": "leader",
        "org_unit_id": str(unit.id),
        "valid_from": str(clock.today()),
        **more,
    }


async def rows(client: AsyncClient, path: str = "/role_assignments", **params: Any) -> list[dict[str, Any]]:
    response = await client.get(path, params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["results"]
    return found


async def held_roles(db: AsyncSession, person_id: UUID) -> list[HeldRole]:
    """The person's roles today, as all orders are published."""
    rows = await db.execute(queries.role_history(person_id, AsOf(clock.today(), clock.today())))
    return queries.latest([queries.HistoryRow(*row) for row in rows])
