"""Accounts, and what follows for their holders from posts and appointments."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.models import Account
from app.identity.permissions import permissions_of
from app.identity.principal import Principal, Standing

_UNITS = ARRAY(Uuid)


async def account_named(db: AsyncSession, username: str) -> Account | None:
    return (await db.execute(select(Account).where(col(Account.username) == username))).scalars().first()


async def principal(db: AsyncSession, account_id: UUID, today: date, *, demo_accounts: bool) -> Principal | None:
    """The caller with today's standing, in one statement."""
    # standing_of belongs to a higher floor; like a foreign key upward it is named, not imported.
    names = ("own_lineage", "headed", "acting", "led")
    standing = func.standing_of(col(Account.employee_id), today).table_valued(*(column(n, _UNITS) for n in names))
    statement = (
        select(Account, *(standing.c[name] for name in names))
        .outerjoin(standing, true())
        .where(col(Account.id) == account_id, col(Account.disabled_at).is_(None))
    )
    row = (await db.execute(statement)).first()
    if row is None or (row[0].demonstration and not demo_accounts):
        return None
    return _principal(row, today)


def _principal(row: Row[Any], today: date) -> Principal:
    account, own, headed, acting, led = tuple(row)
    return Principal(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        grants=tuple(account.grants),
        permissions=permissions_of(account.grants),
        today=today,
        employee_id=account.employee_id,
        unit_id=own[-1] if own else None,
        standing=Standing(frozenset(own or ()), frozenset(headed or ()), frozenset(acting or ()), frozenset(led or ())),
    )
