"""Rate limits per caller: counted by the minute, in each process separately.

`RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-10. A library would bring three
packages and a thread for a counter that is reset each minute.
"""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace

from app.kit import clock
from app.kit.problems import DomainError

_WINDOW = 60  # seconds


@dataclass(frozen=True)
class Allowance:
    """What a caller has left in this minute; below zero, this call was one too many."""

    policy: str
    most: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit": f'"{self.policy}";r={max(self.left, 0)};t={self.seconds}',
            "RateLimit-Policy": f'"{self.policy}";q={self.most};w={_WINDOW}',
        }


class TooManyRequests(DomainError):
    """Too many requests: wait until the minute is over."""

    status = 429
    ja = "呼び出しが多すぎます。1分ほど待ってからやり直してください。"

    def __init__(self, allowance: Allowance) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(allowance.seconds), **allowance.headers()}


class Quota:
    """A number of uses per minute for each key."""

    def __init__(self, policy: str, most: int) -> None:
        self.policy, self.most = policy, most
        self._minute = 0
        self._spent: Counter[Hashable] = Counter()

    def left(self, key: Hashable) -> Allowance:
        minute, second = divmod(int(clock.now().timestamp()), _WINDOW)
        if minute != self._minute:
            self._minute, self._spent = minute, Counter()
        return Allowance(self.policy, self.most, self.most - self._spent[key], _WINDOW - second)

    def spend(self, key: Hashable) -> Allowance:
        before = self.left(key)
        self._spent[key] += 1
        return replace(before, left=before.left - 1)

    def refuse(self, key: Hashable) -> None:
        """Raise TooManyRequests where nothing is left."""
        if (allowance := self.left(key)).left <= 0:
            raise TooManyRequests(allowance)
