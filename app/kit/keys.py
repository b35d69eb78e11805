"""The service's secrets: the signing key of tokens, and a secret from which other keys are derived."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_RSA_BITS = 2048


@dataclass(frozen=True)
class Keys:
    signing_pem: str
    public_pem: str
    key_id: str
    secret: bytes

    def mac(self, purpose: str, message: bytes) -> bytes:
        """A keyed digest for one purpose only."""
        key = hmac.digest(self.secret, purpose.encode(), "sha256")
        return hmac.digest(key, message, "sha256")


def ensure(directory: Path) -> None:
    """Create what is missing, readable by the owner only."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_once(directory / "signing.pem", _new_signing_key)
    _write_once(directory / "secret", lambda: secrets.token_hex(32).encode())


@lru_cache(maxsize=4)
def load(directory: Path) -> Keys:
    ensure(directory)
    pem = (directory / "signing.pem").read_bytes()
    private = serialization.load_pem_private_key(pem, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Keys(pem.decode(), public.decode(), hashlib.sha256(public).hexdigest()[:16], _secret(directory))


def _secret(directory: Path) -> bytes:
    return bytes.fromhex((directory / "secret").read_text())


def _write_once(path: Path, make: Callable[[], bytes]) -> None:
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(make())
    try:
        path.hardlink_to(fresh)  # of two processes, the second uses the key of the first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _new_signing_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
