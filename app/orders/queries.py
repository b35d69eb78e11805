"""SELECTs of a person's terms of service, as recorded."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.orders.rules import Terms
from app.people.models import Employment


async def employments(db: AsyncSession, employee_id: UUID) -> Sequence[Employment]:
    """In order of their beginning."""
    rows = select(Employment).where(col(Employment.employee_id) == employee_id).order_by(col(Employment.valid_from))
    return (await db.scalars(rows)).all()


def terms(row: Employment) -> Terms:
    return Terms(row.id, row.valid_from, row.valid_to)
