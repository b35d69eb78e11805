"""SELECTs of accounts, with what follows for their holders from posts and appointments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Uuid,
    bindparam,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity import rules
from app.identity.models import Account
from app.identity.permissions import permissions_of
from app.identity.principal import Principal, Standing
from app.kit.as_of import TODAY
from app.kit.reading import fetched
from app.kit.settings import Settings
from app.kit.write_marks import Position, written_by

StandingOn = Callable[[SQLColumnExpression[UUID | None], BindParameter[date]], FromClause]
"""`roles.functions.standing_on`, given by `app.main`, as packages below `roles` cannot import it."""
LastDayServed = Callable[[SQLColumnExpression[UUID | None], BindParameter[date]], ColumnElement[date | None]]
"""`people.functions.last_day_served`, given by `app.main`, too."""


@dataclass(frozen=True)
class Personnel:
    """What packages above say about the person of an account."""

    standing_on: StandingOn
    last_day_served: LastDayServed


async def account_named(db: AsyncSession, username: str) -> Account | None:
    return (await db.execute(select(Account).where(col(Account.username) == username))).scalars().first()


async def principal(
    db: AsyncSession,
    account_id: UUID,
    today: date,
    personnel: Personnel,
    settings: Settings,
    *,
    lagging: bool = False,
) -> Principal | None:
    """The caller with today's standing, in one statement; with their mark where what they read next may lag. Somebody
    who is not employed is no caller, or for some days after leaving one without permissions, who may read what is their
    own."""
    rows = await fetched(db, _caller(personnel, lagging=lagging), {"account_id": account_id, "today": today})
    row = rows[0] if rows else None
    if row is None or (row.demonstration and not settings.demo_accounts):
        return None
    if row.employee_id and not rules.may_call(row.served_on, today, grace_days=settings.leavers_grace_days):
        return None
    grants = [] if row.employee_id and row.served_on != today else row.grants
    return Principal(
        account_id=account_id,
        username=row.username,
        display_name=row.display_name,
        grants=tuple(grants),
        permissions=permissions_of(grants),
        today=today,
        employee_id=row.employee_id,
        unit_id=row.own_lineage[-1] if row.own_lineage else None,
        standing=Standing(*(frozenset(units or ()) for units in (row.own_lineage, row.headed, row.acting, row.led))),
        written=Position(row.era, row.lsn) if lagging and row.era else None,
    )


@cache
def _caller(personnel: Personnel, *, lagging: bool) -> Select[*tuple[Any, ...]]:
    """Built once, as every request asks it."""
    account_id = bindparam("account_id", type_=Uuid)
    standing = personnel.standing_on(col(Account.employee_id), TODAY)
    columns: list[SQLColumnExpression[Any]] = [
        col(Account.username),
        col(Account.display_name),
        col(Account.grants),
        col(Account.employee_id),
        col(Account.demonstration),
        personnel.last_day_served(col(Account.employee_id), TODAY).label("served_on"),
        *(standing.c[name] for name in ("own_lineage", "headed", "acting", "led")),
    ]
    found = (
        select(*columns)
        .select_from(Account)
        .outerjoin(standing, true())
        .where(col(Account.id) == account_id, col(Account.disabled_at).is_(None))
    )
    written = written_by(account_id)
    return found.add_columns(*written.c).outerjoin(written, true()) if lagging else found
