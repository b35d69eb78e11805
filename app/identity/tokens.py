"""Access tokens: RFC 9068 `at+jwt`, RS256, short-lived.

python-jose is lenient by default, so every claim is required and the header is checked here.
"""

import hashlib
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid4

from jose import JWTError, jwk, jwt
from jose.backends.base import Key

from app.identity.errors import InvalidToken
from app.kit.keys import Keys
from app.kit.settings import Settings

_ALGORITHMS = ["RS256"]

_LONGEST = 8192

REMEMBERED = 10_000  # tokens

_TYPES = {"at+jwt", "application/at+jwt"}

_CHECKS = {f"require_{claim}": True for claim in ("aud", "exp", "iss", "sub", "iat")} | {"leeway": 30}


def issue(settings: Settings, keys: Keys, account_id: UUID, now: datetime) -> str:
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": str(account_id),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=settings.token_minutes)).timestamp()),
        "jti": str(uuid4()),
    }
    return str(
        jwt.encode(claims, _signer(keys.signing_pem), _ALGORITHMS[0], headers={"typ": "at+jwt", "kid": keys.key_id})
    )


@lru_cache(maxsize=4)
def _signer(pem: str) -> Key:
    """The parsed key: parsing and checking an RSA key takes fifty times as long as signing with it."""
    return jwk.construct(pem, _ALGORITHMS[0])


def subject(settings: Settings, keys: Keys, token: str, now: datetime) -> UUID:
    """The account that the token was issued to. Its signature is checked once, and remembered until it expires; whether
    the account may still call is asked each time."""
    if len(token) > _LONGEST:
        raise InvalidToken
    checked_with = f"{keys.key_id} {settings.issuer} {settings.audience} {token}"
    return _verified.subject(checked_with) or _verified.remember(checked_with, *_verify(settings, keys, token, now))


class Verified:
    """Accounts and ends of tokens by their digest, which is no secret, the latest tokens last."""

    def __init__(self) -> None:
        self._known = OrderedDict[bytes, tuple[UUID, float]]()

    def subject(self, token: str) -> UUID | None:
        account, ends = self._known.get(_digest(token), (None, 0.0))
        return account if ends > time.time() else None

    def remember(self, token: str, account: UUID, ends: float) -> UUID:
        self._known[_digest(token)] = account, ends
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return account


_verified = Verified()


def _digest(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), digest_size=16).digest()


def _verify(settings: Settings, keys: Keys, token: str, now: datetime) -> tuple[UUID, float]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") not in _TYPES or header.get("kid") != keys.key_id or "crit" in header:
            raise InvalidToken
        claims = jwt.decode(
            token, keys.public_pem, _ALGORITHMS, _CHECKS, audience=settings.audience, issuer=settings.issuer
        )
        if claims["iat"] > now.timestamp() + _CHECKS["leeway"]:
            raise InvalidToken
        return UUID(claims["sub"]), float(claims["exp"])
    except (JWTError, ValueError, TypeError) as error:
        raise InvalidToken from error
