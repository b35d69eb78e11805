"""SELECTs of personnel data. Every read starts from what the caller may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit.as_of import AsOf
from app.kit.fields import Period
from app.kit.once import built_once
from app.kit.records import in_force
from app.people import functions
from app.people.enums import PostKind
from app.people.models import Employee, EmployeeNumber, FormerName, OrgUnit, PositionRank, Post


async def locked_employee(db: AsyncSession, employee_id: UUID) -> Employee | None:
    """The employee, locked, so that writes about one person run one after another."""
    statement = select(Employee).where(col(Employee.id) == employee_id).with_for_update()
    return (await db.execute(statement)).scalars().first()


async def unit(db: AsyncSession, unit_id: UUID) -> OrgUnit | None:
    return await db.get(OrgUnit, unit_id)


async def predecessors(db: AsyncSession, unit_id: UUID) -> Sequence[OrgUnit]:
    """Units that name this one as a successor."""
    return (await db.scalars(select(OrgUnit).where(col(OrgUnit.successor_ids).contains([unit_id])))).all()


async def primary_unit(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> OrgUnit | None:
    """The unit of the person's primary post on the day."""
    posts = functions.posts_on(as_of)
    primary = (posts.c.employee_id == employee_id) & (posts.c.kind == PostKind.PRIMARY)
    return await db.scalar(select(OrgUnit).join(posts, posts.c.org_unit_id == col(OrgUnit.id)).where(primary))


async def primary_units(db: AsyncSession, people: Collection[UUID], as_of: AsOf) -> Mapping[UUID, UUID]:
    """The unit of each person's primary post on the day."""
    posts = functions.posts_on(as_of)
    rows = select(posts.c.employee_id, posts.c.org_unit_id).where(
        posts.c.kind == PostKind.PRIMARY, posts.c.employee_id.in_(people)
    )
    return {row[0]: row[1] for row in await db.execute(rows)}


async def is_used_after(db: AsyncSession, unit_id: UUID, day: date) -> bool:
    """A post in the unit, or a unit directly below it, ends after the day or never."""
    posts = select(col(Post.id)).where(col(Post.org_unit_id) == unit_id, ends_after(Post, day))
    units = select(col(OrgUnit.id)).where(col(OrgUnit.parent_id) == unit_id, ends_after(OrgUnit, day))
    return await db.scalar(posts.union_all(units).limit(1)) is not None


def ends_after(model: type[Period], day: date) -> ColumnElement[bool]:
    """The row's period ends after the day or never."""
    return or_(col(model.valid_to).is_(None), col(model.valid_to) > day)


async def rank_exists(db: AsyncSession, code: str) -> bool:
    return await db.scalar(select(col(PositionRank.id)).where(col(PositionRank.code) == code)) is not None


@built_once
def units_on_day() -> Select[OrgUnit]:
    """Units that exist on the statement's day."""
    return select(OrgUnit).where(functions.valid_on(OrgUnit))


async def numbers(db: AsyncSession, employee_id: UUID) -> Sequence[EmployeeNumber]:
    """In order of their beginning; a person has at least one."""
    rows = select(EmployeeNumber).where(col(EmployeeNumber.employee_id) == employee_id)
    return (await db.scalars(rows.order_by(col(EmployeeNumber.valid_from)))).all()


async def former_names(db: AsyncSession, employee_id: UUID) -> Sequence[FormerName]:
    rows = select(FormerName).where(col(FormerName.employee_id) == employee_id)
    return (await db.scalars(rows.order_by(col(FormerName.valid_to), col(FormerName.id)))).all()


async def people_with_another_number(db: AsyncSession, today: date) -> Sequence[Employee]:
    """People, locked, whose number in use is not the one that they show."""
    in_use = in_force(col(EmployeeNumber.valid_from), col(EmployeeNumber.valid_to), today)
    rows = (
        select(Employee)
        .join(EmployeeNumber, (col(EmployeeNumber.employee_id) == col(Employee.id)) & in_use)
        .where(col(EmployeeNumber.number) != col(Employee.employee_number))
        .order_by(col(Employee.id))
        .with_for_update(of=Employee)
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(rows)).all()
