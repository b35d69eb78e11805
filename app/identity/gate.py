"""The gate of every route: authenticates the caller, requires a permission, recognizes retries."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, params
from fastapi.security import OAuth2PasswordBearer

from app.identity import queries, tokens
from app.identity.errors import InvalidToken
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock, idempotency, rivals
from app.kit.as_of import AsOf
from app.kit.database import Db, read_from_replica
from app.kit.list_query import DayParam

_bearer = OAuth2PasswordBearer(
    "/api/v1/auth/token",
    scheme_name="local",
    description="A short-lived JWT (RFC 9068), validated as RFC8725 recommends. 短時間で失効するトークンです。",
    auto_error=False,
)

Token = Annotated[str | None, Depends(_bearer)]


async def signed_in(request: Request, db: Db, token: Token) -> Principal:
    state = request.app.state
    if token is None:
        raise InvalidToken
    account_id = tokens.subject(state.settings, state.keys, token, clock.now())
    lagging = bool(state.database.replicas)
    who = await queries.principal(db, account_id, clock.today(), state.personnel, state.settings, lagging=lagging)
    if who is None:
        raise InvalidToken
    db.info["actor"] = (who.account_id, who.username)
    db.info["writer"] = who.account_id
    db.info["request_id"] = request.state.request_id
    await read_from_replica(request, db, who.account_id, who.written)
    return who


Caller = Annotated[Principal, Depends(signed_in)]


@dataclass(frozen=True)
class Gate:
    """Requires one of the permissions; 403 otherwise, before anything is looked up."""

    permissions: tuple[Permission, ...]

    async def __call__(self, request: Request, db: Db, who: Caller) -> None:
        who.require(*self.permissions)
        if request.method == "POST":
            await idempotency.replay_or_reserve(request, db, who.account_id)
        await rivals.take_turns(request, db)


def may(*any_of: Permission) -> params.Depends:
    """For `dependencies=[…]` of a route."""
    return params.Depends(Gate(any_of))


async def public() -> None:
    """Marks a route as public; a test fails for a route with neither a gate nor this mark."""


async def requested_day(who: Caller, day: DayParam) -> AsOf:
    return who.as_of(day)


RequestedDay = Annotated[AsOf, Depends(requested_day)]
"""The day of the query parameter `as_of` (default: today), as the caller may know it."""
