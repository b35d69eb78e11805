"""The box of an open survey that is not named: who has answered, and answers that wait to be mixed. No database."""

import json
import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.surveys.questions import Value

_NONCE = 12
_PAGE = 4096

Answers = dict[str, Value]


@dataclass
class Box:
    """`waiting` has the answers by respondent. Neither the order of people nor that of answers is kept."""

    answered: set[UUID] = field(default_factory=set)
    waiting: dict[bytes, Answers] = field(default_factory=dict)


def seal(box: Box, key: bytes) -> bytes:
    """Filled up to whole pages, so that its length does not tell how long an answer is."""
    content = {
        "answered": sorted(person.hex for person in box.answered),
        "waiting": {who.hex(): box.waiting[who] for who in sorted(box.waiting)},
    }
    text = json.dumps(content).encode()
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.ljust(-(-len(text) // _PAGE) * _PAGE), None)


def unseal(content: bytes, key: bytes | None) -> Box | None:
    """A box without a key has not been sealed yet; None where the key does not fit."""
    if key is not None:
        try:
            content = AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], None)
        except InvalidTag:
            return None
    found = json.loads(content)
    return Box(
        {UUID(person) for person in found["answered"]},
        {bytes.fromhex(who): answers for who, answers in found["waiting"].items()},
    )
