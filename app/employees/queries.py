from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.employees.schemas import PrimaryPost
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.reading import found
from app.people import functions as people_functions
from app.people.enums import PostKind
from app.people.models import Absence, Employee, Employment, NumberHeld, OrgUnit, Post
from app.people.queries import FACTS, beyond
from app.people.sight import within_sight


def employees(who: Principal, day: date, *, also_former: bool = False) -> Select[Any]:
    """People with their facts of the day; one who is not employed then has none."""
    seen = within_sight(who, col(Employee.id), day, Permission.READ_PEOPLE)
    facts = (FACTS.c.appointment_type, FACTS.c.job_service, FACTS.c.job_category, FACTS.c.in_scope, FACTS.c.absent)
    joined = select(Employee, *facts).join(FACTS, FACTS.c.employee_id == col(Employee.id), isouter=also_former)
    return joined.where(seen)


async def primary_posts(db: AsyncSession, ids: list[UUID], day: date, known_on: date) -> dict[UUID, PrimaryPost]:
    posts = people_functions.posts_on(day, known_on)
    statement = (
        select(posts, col(OrgUnit.code).label("org_unit_code"), col(OrgUnit.name).label("org_unit_name"))
        .join(OrgUnit, col(OrgUnit.id) == posts.c.org_unit_id)
        .where(posts.c.employee_id.in_(ids), posts.c.kind == PostKind.PRIMARY)
    )
    return {row.employee_id: PrimaryPost.model_validate(row) for row in await db.execute(statement)}


async def employments(db: AsyncSession, employee_id: UUID) -> Sequence[Employment]:
    statement = (
        select(Employment).where(col(Employment.employee_id) == employee_id).order_by(col(Employment.valid_from))
    )
    return (await db.execute(statement)).scalars().all()


async def open_rows(db: AsyncSession, employee_id: UUID, day: date) -> Sequence[Post | Absence | NumberHeld]:
    """What still runs on or after the day and must end when the person leaves."""
    found: list[Any] = []
    for model in (Post, Absence, NumberHeld):
        theirs = select(model).where(col(model.employee_id) == employee_id, beyond(model, day))
        found += (await db.execute(theirs)).scalars()
    return found


async def person(db: AsyncSession, who: Principal, employee_id: UUID, day: date) -> Employee:
    """The person, if in sight on that day."""
    seen = within_sight(who, col(Employee.id), day, Permission.READ_PEOPLE)
    return await found(db, select(Employee).where(seen), col(Employee.id), employee_id)
