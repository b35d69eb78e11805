"""Sign-in with a local account, and opening one."""

from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import passwords, queries
from app.identity.errors import InvalidCredentials
from app.identity.models import Account
from app.kit import clock
from app.kit.limits import Quota
from app.kit.records import add
from app.kit.settings import Settings

_UNKNOWN = passwords.hashed("nobody")


async def sign_in(
    db: AsyncSession,
    username: str,
    password: str,
    *,
    personnel: queries.Personnel,
    settings: Settings,
    wrong: Quota,
    address: str,
) -> Account:
    """The account, if the password is right and it may call; an unknown name takes as long as a wrong password.

    `wrong` counts failed attempts for this name from this address; when it is used up, no password is checked.
    """
    attempts = (username, address)
    wrong.refuse(attempts)
    account = await queries.account_named(db, username)
    stored = account.password_hash if account else _UNKNOWN
    matches = await to_thread.run_sync(passwords.matches, password, stored)
    known = await queries.principal(db, account.id, clock.today(), personnel, settings) if account and matches else None
    if account is None or known is None:
        wrong.spend(attempts)
        raise InvalidCredentials
    return account


async def open_account(
    db: AsyncSession,
    username: str,
    password: str,
    grants: list[str],
    *,
    display_name: str,
    employee_id: UUID | None = None,
    demonstration: bool = False,
) -> Account:
    return await add(
        db,
        Account(
            username=username,
            password_hash=passwords.hashed(password),
            display_name=display_name,
            grants=grants,
            employee_id=employee_id,
            demonstration=demonstration,
        ),
    )
