"""The service's secrets: the signing key of tokens, and a secret from which other keys are derived.

A key file that is empty, cut or cannot be read ends the program with a sentence that names it: with another key in
its place, tokens and pseudonyms would silently be other ones.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_RSA_BITS = 2048
_SECRET = re.compile(rb"[0-9a-f]{64}\s*")
_RESTORE = {
    "signing.pem": "restore it from a backup, or delete it: a new one is made then, and everybody signs in again.",
    "secret": "restore it from a backup. Deleting it makes a new one: earlier pseudonyms in surveys match no more.",
}


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
    with _usable(directory, "APP_KEYS names the directory of the keys: make it one that the service can write."):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(directory / "signing.pem", _new_signing_key)
        _write_once(directory / "secret", lambda: secrets.token_hex(32).encode())


@lru_cache(maxsize=4)
def load(directory: Path) -> Keys:
    ensure(directory)
    private = _signing_key(directory / "signing.pem")
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key_id = hashlib.sha256(public).hexdigest()[:16]
    return Keys(pem.decode(), public.decode(), key_id, _secret(directory / "secret"))


def _signing_key(path: Path) -> rsa.RSAPrivateKey:
    content = _read(path)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable(path, "holds no complete key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _RSA_BITS:
        raise _unusable(path, f"holds no RSA key of {_RSA_BITS} bits or more")
    return key


def _secret(path: Path) -> bytes:
    content = _read(path)
    if not _SECRET.fullmatch(content):
        raise _unusable(path, "does not hold 64 hexadecimal digits")
    return bytes.fromhex(content.decode())


def _read(path: Path) -> bytes:
    with _usable(path, _RESTORE[path.name]):
        content = path.read_bytes()
    if not content.strip():
        raise _unusable(path, "is empty")
    return content


def _unusable(path: Path, fault: str) -> SystemExit:
    return SystemExit(f"The key file {path} {fault}: {_RESTORE[path.name]}")


@contextmanager
def _usable(path: Path, remedy: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename2 or error.filename or path
        raise SystemExit(f"{place} cannot be used ({error.strerror}): {remedy}") from None


def _write_once(path: Path, make: Callable[[], bytes]) -> None:
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())  # otherwise the name may outlive a power failure without the content
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
