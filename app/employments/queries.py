"""SELECTs of terms of service, and of what follows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.once import built_once
from app.people.functions import KnownEmployment
from app.people.models import Absence, EmployeeNumber, Employment, OrgUnit, Post
from app.people.sight import Purpose, Sight, sight


def employments(who: Principal) -> Select[Employment]:
    """Terms of the people the caller may see, as far as they are published to the caller."""
    return _employments(sight(who, Purpose.PEOPLE))


@built_once
def _employments(seen: Sight) -> Select[Employment]:
    return select(KnownEmployment).where(seen.person(KnownEmployment.employee_id))


async def held_rows(db: AsyncSession, employee_id: UUID) -> list[Post | Absence]:
    """The person's posts and absences, as recorded."""
    rows: list[Post | Absence] = []
    for model in (Post, Absence):
        rows += await db.scalars(select(model).where(col(model.employee_id) == employee_id))
    return rows


async def unit_ends(db: AsyncSession, rows: Sequence[Post | Absence]) -> Mapping[UUID, date | None]:
    """The ends of the units in which these posts are, by post."""
    posts = [row.id for row in rows if isinstance(row, Post)]
    found = select(col(Post.id), col(OrgUnit.valid_to)).join(OrgUnit, col(OrgUnit.id) == col(Post.org_unit_id))
    return {row[0]: row[1] for row in await db.execute(found.where(col(Post.id).in_(posts)))}


async def number_of(db: AsyncSession, employment_id: UUID) -> EmployeeNumber | None:
    """The employee number that came with these terms."""
    return await db.scalar(select(EmployeeNumber).where(col(EmployeeNumber.employment_id) == employment_id))
