"""Key files: made once, and refused with a sentence when they cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.kit import keys


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


FILES = ("secret", "signing.pem")
FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b" \n\n",
    "cut": lambda whole: whole[: len(whole) // 2],
    "cut by a character": lambda whole: whole.strip()[:-1],
    "zeros": lambda whole: b"\0" * len(whole),
    "other": lambda _: "秘密の鍵".encode(),
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    keys.ensure(tmp_path / "keys")
    return tmp_path / "keys"


def refusal(directory: Path) -> str:
    with pytest.raises(SystemExit) as refused:
        keys.load(directory)
    return str(refused.value)


def test_keys_are_made_once_for_their_owner_only(directory: Path) -> None:
    first = keys.load(directory)
    keys.load.cache_clear()
    assert keys.load(directory) == first
    assert {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()} == dict.fromkeys(FILES, 0o600)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_key_file_that_cannot_be_used_is_refused_and_stays_as_it_is(directory: Path, name: str, fault: str) -> None:
    path = directory / name
    broken = FAULTS[fault](path.read_bytes())
    path.write_bytes(broken)
    sentence = refusal(directory)
    assert str(path) in sentence
    assert "restore it from a backup" in sentence
    assert path.read_bytes() == broken


@pytest.mark.parametrize("name", FILES)
def test_a_key_file_that_cannot_be_read_is_refused(directory: Path, name: str) -> None:
    """A folder in its place cannot be read by anybody, root included."""
    (directory / name).unlink()
    (directory / name).mkdir()
    assert str(directory / name) in refusal(directory)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024)], ids=["ec", "short"]
)
def test_another_kind_of_key_is_refused(directory: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    (directory / "signing.pem").write_bytes(pem(key))
    assert "no RSA key of 2048 bits" in refusal(directory)


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sentence = refusal(tmp_path / "file" / "keys")
    assert str(tmp_path / "file") in sentence
    assert "APP_KEYS" in sentence
