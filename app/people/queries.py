"""SELECTs of personnel data. Every read starts from what the caller may see."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.fields import Period
from app.people import functions
from app.people.enums import PostKind
from app.people.functions import KnownAbsence, KnownPost
from app.people.models import Absence, Employee, OrgUnit, PositionRank, Post
from app.people.sight import Purpose, sees_person


def posts(who: Principal) -> Select[Post]:
    """Posts of the people the caller may see, as far as their orders are published to the caller."""
    return select(KnownPost).where(sees_person(who, Purpose.PEOPLE, KnownPost.employee_id))


def absences(who: Principal) -> Select[Absence]:
    return select(KnownAbsence).where(sees_person(who, Purpose.PEOPLE, KnownAbsence.employee_id))


async def locked_employee(db: AsyncSession, employee_id: UUID) -> Employee | None:
    """The employee, locked, so that writes about one person run one after another."""
    statement = select(Employee).where(col(Employee.id) == employee_id).with_for_update()
    return (await db.execute(statement)).scalars().first()


async def unit(db: AsyncSession, unit_id: UUID) -> OrgUnit | None:
    return await db.get(OrgUnit, unit_id)


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


async def rank_in_use(db: AsyncSession, code: str) -> bool:
    return await db.scalar(select(col(Post.id)).where(col(Post.position_rank) == code).limit(1)) is not None


def units_on_day() -> Select[OrgUnit]:
    """Units that exist on the statement's day."""
    return select(OrgUnit).where(functions.valid_on(OrgUnit))
