"""SELECTs of accounts, with what follows for their holders from posts and appointments."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy import FromClause, SQLColumnExpression, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.models import Account
from app.identity.permissions import permissions_of
from app.identity.principal import Principal, Standing

StandingOn = Callable[[SQLColumnExpression[UUID | None], date], FromClause]
"""`roles.functions.standing_on`, given by `app.main`, as packages below `roles` cannot import it."""


async def account_named(db: AsyncSession, username: str) -> Account | None:
    return (await db.execute(select(Account).where(col(Account.username) == username))).scalars().first()


async def principal(
    db: AsyncSession, account_id: UUID, today: date, standing_on: StandingOn, *, demo_accounts: bool
) -> Principal | None:
    """The caller with today's standing, in one statement."""
    standing = standing_on(col(Account.employee_id), today)
    statement = (
        select(Account, standing.c.own_lineage, standing.c.headed, standing.c.acting, standing.c.led)
        .outerjoin(standing, true())
        .where(col(Account.id) == account_id, col(Account.disabled_at).is_(None))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None or (row[0].demonstration and not demo_accounts):
        return None
    account, own, headed, acting, led = row
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
