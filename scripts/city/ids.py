"""Keys of generated rows: UUIDv7 like all others, but the same for the same seed."""

from datetime import datetime
from random import Random
from uuid import UUID

_PER_MILLISECOND = 4096


class Ids:
    """Ascending keys that count up from one moment, so that rows created later sort after them."""

    def __init__(self, rng: Random, moment: datetime) -> None:
        self._bits = rng.getrandbits
        self._count = int(moment.timestamp() * 1000) * _PER_MILLISECOND

    def __call__(self) -> UUID:
        self._count += 1
        millisecond, sequence = divmod(self._count, _PER_MILLISECOND)
        return UUID(int=millisecond << 80 | 7 << 76 | sequence << 64 | 2 << 62 | self._bits(62))
