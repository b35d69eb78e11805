"""Access tokens: RFC 9068 `at+jwt`, RS256, short-lived.

python-jose is lenient by default, so every claim is required and the header is checked here.
"""

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
    """The account that the token was issued to."""
    if len(token) > _LONGEST:
        raise InvalidToken
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") not in _TYPES or header.get("kid") != keys.key_id or "crit" in header:
            raise InvalidToken
        claims = jwt.decode(
            token, keys.public_pem, _ALGORITHMS, _CHECKS, audience=settings.audience, issuer=settings.issuer
        )
        if claims["iat"] > now.timestamp() + _CHECKS["leeway"]:
            raise InvalidToken
        return UUID(claims["sub"])
    except (JWTError, ValueError, TypeError) as error:
        raise InvalidToken from error
