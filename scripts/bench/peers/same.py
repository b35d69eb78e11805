"""(b') The template with Hagukumi's answers, from Hagukumi's tables, in the usual SQLModel way.

Entities are loaded where there are any, facts of the day by the database's functions, those of a page at once; answers
are validated by `response_model`. Reads have no caller and no gate. An application has Hagukumi's duties: a signed-in
caller, the checks, the seat, its event, bookings and log (`same_seats.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.employees.schemas import EmployeeRead, PrimaryPost
from app.kit import clock
from app.kit.listing import DatedMetadata, DatedPage, ResultSet
from app.people.models import Employee, OrgUnit, Post
from scripts.bench.peers import facts, same_seats
from scripts.bench.peers.database import SessionDep

app = FastAPI()
app.include_router(same_seats.router)


@app.get("/employees/{id}", response_model=EmployeeRead)
async def read_employee(id: UUID, session: SessionDep) -> EmployeeRead:
    found = (await session.execute(facts.people(clock.today()).where(col(Employee.id) == id))).all()
    if not found:
        raise HTTPException(404)
    return (await _shown(session, found))[0]


@app.get("/employees", response_model=DatedPage[EmployeeRead])
async def list_employees(
    session: SessionDep, org_unit_id: UUID, limit: Annotated[int, Query(le=200)] = 50, offset: int = 0
) -> DatedPage[EmployeeRead]:
    day = clock.today()
    employed = facts.workforce(day)
    statement = (
        facts.people(day)
        .join(employed, employed.c.employee_id == col(Employee.id))
        .where(employed.c.org_unit_id == org_unit_id)
        .order_by(col(Employee.employee_number), col(Employee.id))
    )
    found = (await session.execute(statement.offset(offset).limit(limit + 1))).all()
    more = str(found[limit - 1][0].id) if len(found) > limit else None
    resultset = ResultSet(count=None, count_is_limited=False, limit=limit, offset=offset)
    metadata = DatedMetadata(resultset=resultset, next_cursor=more, as_of=day)
    return DatedPage(metadata=metadata, results=await _shown(session, found[:limit]))


async def _shown(session: AsyncSession, found: Sequence[Row[Any]]) -> list[EmployeeRead]:
    """Three statements, however many people."""
    day, ids = clock.today(), [row[0].id for row in found]
    employed = await _employed(session, ids, day)
    service = await _service(session, ids, day)
    roles = await _roles(session, ids, day)
    return [_employee(row, employed.get(row[0].id), service[row[0].id], roles.get(row[0].id, []), day) for row in found]


async def _employed(session: AsyncSession, ids: Iterable[UUID], day: date) -> dict[UUID, Row[Any]]:
    today = facts.workforce(day)
    statement = (
        select(today, Post, OrgUnit)
        .outerjoin(Post, col(Post.id) == today.c.post_id)
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Post.org_unit_id))
        .where(today.c.employee_id.in_(ids))
    )
    return {row.employee_id: row for row in await session.execute(statement)}


async def _service(session: AsyncSession, ids: Iterable[UUID], day: date) -> dict[UUID, tuple[date, date | None]]:
    """The first day of the first terms, and the end of the last ones."""
    terms = facts.terms(day)
    held: dict[UUID, tuple[date, date | None]] = {}
    for row in await session.execute(select(terms).where(terms.c.employee_id.in_(ids)).order_by(terms.c.valid_from)):
        first, _ = held.get(row.employee_id, (row.valid_from, None))
        held[row.employee_id] = first, row.valid_to
    return held


async def _roles(session: AsyncSession, ids: Iterable[UUID], day: date) -> dict[UUID, list[str]]:
    roles = facts.roles(day)
    statement = select(roles.c.employee_id, roles.c.role_code).where(roles.c.employee_id.in_(ids)).distinct()
    held: dict[UUID, list[str]] = {}
    for employee_id, code in await session.execute(statement.order_by(roles.c.role_code)):
        held.setdefault(employee_id, []).append(code)
    return held


def _employee(
    row: Row[Any], today: Row[Any] | None, service: tuple[date, date | None], roles: list[str], day: date
) -> EmployeeRead:
    person: Employee = row.Employee
    hired_on, left_on = service
    away = "upcoming" if hired_on > day else "left"
    return EmployeeRead.model_validate(
        {
            **person.model_dump(include=set(EmployeeRead.model_fields)),
            "updated_at": row.changed_at,
            "display_name": person.display_name or person.name,
            "hired_on": hired_on,
            "left_on": left_on,
            "appointment_type": today and today.appointment_type,
            "job_service": today and today.job_service,
            "job_category": today and today.job_category,
            "status": away if today is None else "absent" if today.absent else "active",
            "primary_post": today and today.Post and _post(today.Post, today.OrgUnit),
            "in_scope": bool(today and today.in_scope),
            "roles": roles,
            "former_names": row.former_names,
            "former_numbers": row.former_numbers,
            "as_of": day,
        }
    )


def _post(post: Post, unit: OrgUnit) -> PrimaryPost:
    return PrimaryPost(
        id=post.id,
        org_unit_id=unit.id,
        org_unit_code=unit.code,
        org_unit_name=unit.name,
        position_rank=post.position_rank,
        job_title=post.job_title,
    )
