"""Password hashes by scrypt of the standard library; the hash contains its parameters."""

import hashlib
import hmac
import secrets

_N, _R, _P, _MEMORY = 2**14, 8, 1, 64 * 2**20


def hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_derive(password, salt, _N, _R, _P).hex()}"


def matches(password: str, stored: str) -> bool:
    _, n, r, p, salt, digest = stored.split("$")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt), int(n), int(r), int(p)), bytes.fromhex(digest))


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY)
