"""Every SELECT of employees with the facts of a day, as far as orders are published to the caller."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.problems import NotFound
from app.kit.reading import one_or_404
from app.people.enums import PostKind
from app.people.functions import WORKFORCE, posts_on
from app.people.models import Absence, Employee, EmployeeNumber, Employment, OrgUnit, Post
from app.people.queries import ends_after
from app.people.sight import Purpose, sees_person


def employees(who: Principal, as_of: AsOf, *, also_former: bool = False) -> Select[Any]:
    """People in sight on the day: `Employee`, then the columns of the workforce and of the primary post, null where
    there is none."""
    post = posts_on(name="primary_post")
    primary = (post.c.employee_id == col(Employee.id)) & (post.c.kind == PostKind.PRIMARY)
    return (
        select(
            Employee,
            WORKFORCE.c.appointment_type,
            WORKFORCE.c.job_service,
            WORKFORCE.c.job_category,
            WORKFORCE.c.in_scope,
            WORKFORCE.c.absent,
            post.c.id.label("post_id"),
            post.c.org_unit_id,
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
            post.c.position_rank,
            post.c.job_title,
        )
        .join(WORKFORCE, WORKFORCE.c.employee_id == col(Employee.id), isouter=also_former)
        .outerjoin(post, primary)
        .outerjoin(OrgUnit, col(OrgUnit.id) == post.c.org_unit_id)
        .where(sees_person(who, Purpose.PEOPLE, Employee.id, as_of))
    )


async def employee_on(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> Any:
    """One row of `employees`, of a person who may be upcoming or have left."""
    statement = employees(who, as_of, also_former=True).where(col(Employee.id) == employee_id)
    row = (await db.execute(statement, as_of.params)).first()
    if row is None:
        raise NotFound
    return row


async def employee(db: AsyncSession, who: Principal, employee_id: UUID, as_of: AsOf) -> Employee:
    seen = sees_person(who, Purpose.PEOPLE, Employee.id, as_of)
    return await one_or_404(db, select(Employee).where(seen), col(Employee.id), employee_id)


async def employments(db: AsyncSession, employee_id: UUID) -> Sequence[Employment]:
    statement = select(Employment).where(col(Employment.employee_id) == employee_id)
    return (await db.scalars(statement.order_by(col(Employment.valid_from)))).all()


async def open_rows(db: AsyncSession, employee_id: UUID, day: date) -> Sequence[Post | Absence | EmployeeNumber]:
    """Posts, absences and numbers that last ends_after the day and end when the person leaves."""
    found: list[Post | Absence | EmployeeNumber] = []
    for model in (Post, Absence, EmployeeNumber):
        theirs = select(model).where(col(model.employee_id) == employee_id, ends_after(model, day))
        found += await db.scalars(theirs)
    return found
