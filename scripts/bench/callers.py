"""Callers who are signed in, and what only Hagukumi's API can say: whom they see, cursors and tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.identity import tokens
from app.kit import clock, keys
from app.kit.settings import Settings
from scripts.bench.asking import Answer, Connection
from scripts.bench.servers import Served

PAGE, MOST, DEEP = 50, 200, 1000  # people on a page, at most on one, and the number of a deep page
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """Someone with a token."""

    city: Served
    token: str

    @classmethod
    def sign_in(cls, city: Served, name: str) -> "Caller":
        form = urlencode({"grant_type": "password", "username": name, "password": "demo"})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        with Connection(city.server.url, headers) as connection:
            return cls(city, _good(connection.ask(f"{PREFIX}/auth/token", form)).json()["access_token"])

    @cached_property
    def headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> Any:
        with Connection(self.city.server.url, self.headers) as connection:
            return _good(connection.ask(f"{PREFIX}{path}")).json()

    def deep_page(self, people: int) -> tuple[int, str]:
        """The number and the cursor of page 1,000, or of one in the middle of a smaller city."""
        page, cursor = min(DEEP, max(2, people // PAGE // 2)), ""
        before = (page - 1) * PAGE
        with Connection(self.city.server.url, self.headers) as connection:
            for start in range(0, before, MOST):
                path = f"{PREFIX}/employees?limit={min(MOST, before - start)}&include_count=false"
                answer = _good(connection.ask(f"{path}&cursor={cursor}" if cursor else path))
                cursor = answer.json()["metadata"]["next_cursor"]
        return page, cursor

    def tags(self, paths: Iterable[str]) -> Mapping[str, str]:
        """The ETag of each path."""
        with Connection(self.city.server.url, self.headers) as connection:
            return {path: _good(connection.ask(path)).headers["etag"] for path in paths}


def issue(city: Served, accounts: Iterable[UUID]) -> list[str]:
    """Tokens as signing in gives them, without the seconds that thousands of passwords would take."""
    settings, key, now = Settings(keys=city.keys), keys.load(city.keys), clock.now()
    return [tokens.issue(settings, key, account, now) for account in accounts]


def _good(answer: Answer) -> Answer:
    if answer.status >= 300:
        raise SystemExit(f"The bench was refused: {answer.status} {answer.body.decode()[:500]}")
    return answer
