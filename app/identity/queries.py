"""SELECTs of accounts, with what follows for their holders from posts and appointments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, SQLColumnExpression, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity import rules
from app.identity.models import Account
from app.identity.permissions import permissions_of
from app.identity.principal import Principal, Standing
from app.kit.settings import Settings

StandingOn = Callable[[SQLColumnExpression[UUID | None], date], FromClause]
"""`roles.functions.standing_on`, given by `app.main`, as packages below `roles` cannot import it."""
LastDayServed = Callable[[SQLColumnExpression[UUID | None], date], ColumnElement[date | None]]
"""`people.functions.last_day_served`, given by `app.main`, too."""


@dataclass(frozen=True)
class Personnel:
    """What packages above say about the person of an account."""

    standing_on: StandingOn
    last_day_served: LastDayServed


async def account_named(db: AsyncSession, username: str) -> Account | None:
    return (await db.execute(select(Account).where(col(Account.username) == username))).scalars().first()


async def principal(
    db: AsyncSession, account_id: UUID, today: date, personnel: Personnel, settings: Settings
) -> Principal | None:
    """The caller with today's standing, in one statement. Somebody who is not employed is no caller, or for some days
    after leaving one without permissions, who may read what is their own."""
    standing = personnel.standing_on(col(Account.employee_id), today)
    served_on = personnel.last_day_served(col(Account.employee_id), today)
    statement = (
        select(Account, served_on, standing.c.own_lineage, standing.c.headed, standing.c.acting, standing.c.led)
        .outerjoin(standing, true())
        .where(col(Account.id) == account_id, col(Account.disabled_at).is_(None))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None or (row[0].demonstration and not settings.demo_accounts):
        return None
    account, last, own, headed, acting, led = row
    if account.employee_id and not rules.may_call(last, today, grace_days=settings.leavers_grace_days):
        return None
    grants = [] if account.employee_id and last != today else account.grants
    return Principal(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        grants=tuple(grants),
        permissions=permissions_of(grants),
        today=today,
        employee_id=account.employee_id,
        unit_id=own[-1] if own else None,
        standing=Standing(frozenset(own or ()), frozenset(headed or ()), frozenset(acting or ()), frozenset(led or ())),
    )
