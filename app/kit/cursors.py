"""Opaque cursors, signed and bound to the query that they continue."""

import base64
import hmac
import json
from collections.abc import Sequence

from pydantic import JsonValue
from pydantic_core import to_json

from app.kit.keys import Keys
from app.kit.problems import Invalid

Position = Sequence[JsonValue]
"""Values of the sort keys in the last row of the page before."""
_MAC_BYTES = 16


class InvalidCursor(Invalid):
    """The cursor does not belong to this list, filter and sort: start again without one."""

    ja = "カーソルがこの一覧・絞り込み・並び順のものではありません。カーソルなしでやり直してください。"


def encode(keys: Keys, query: bytes, last: Sequence[object]) -> str:
    """`last`: the values of the sort keys in the last row."""
    payload = to_json(last)
    return base64.urlsafe_b64encode(_mac(keys, query, payload) + payload).rstrip(b"=").decode()


def decode(keys: Keys, query: bytes, cursor: str) -> Position:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidCursor(pointer="/query/cursor") from error
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(keys, query, payload)):
        raise InvalidCursor(pointer="/query/cursor")
    position: Position = json.loads(payload)
    return position


def _mac(keys: Keys, query: bytes, payload: bytes) -> bytes:
    return keys.mac("cursor", query + b"\0" + payload)[:_MAC_BYTES]
