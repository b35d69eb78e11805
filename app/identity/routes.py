from typing import Annotated

from fastapi import Depends, Form, Request

from app.identity import commands, tokens, views
from app.identity.gate import Caller, may, public
from app.identity.permissions import Permission
from app.identity.schemas import MeRead, SignInForm, TokenRead
from app.kit import clock
from app.kit.database import Db
from app.kit.routing import Router

IsSignedIn = may(Permission.SIGNED_IN)

router = Router(tags=["identity"])


@router.post(
    "/auth/token", summary="Sign in with a local account (OAuth 2.0 password form)", dependencies=[Depends(public)]
)
async def identity_sign_in(request: Request, db: Db, form: Annotated[SignInForm, Form()]) -> TokenRead:
    """Sign in with a local account (OAuth 2.0 password form). The token is short-lived: sign in again when it expires.

    After too many wrong passwords for a name from one address, further attempts in that minute are refused with 429.
    """
    state, settings = request.app.state, request.app.state.settings
    address = request.client.host if request.client else "unknown"
    account = await commands.sign_in(
        db,
        form.username,
        form.password,
        personnel=state.personnel,
        settings=settings,
        wrong=state.wrong_sign_ins,
        address=address,
    )
    token = tokens.issue(settings, state.keys, account.id, clock.now())
    return TokenRead(access_token=token, expires_in=settings.token_minutes * 60)


@router.get("/me", summary="Read the caller's account, permissions and standing", dependencies=[IsSignedIn])
async def identity_me(who: Caller) -> MeRead:
    """The signed-in account, its permissions, and the units that today's posts and appointments add."""
    return views.me(who)
