"""Deprecation and Sunset headers for operations that will be removed.

@router.get("/old")
@deprecated(since=date(2027, 4, 1), sunset=date(2028, 4, 1), info_url="https://…/guide#old")
async def read_old() -> OldRead: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from email.utils import format_datetime
from typing import TypeVar

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from app.kit import clock

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
_MARK = "__deprecation__"


@dataclass(frozen=True)
class Deprecation:
    """Deprecated since one day (RFC 9745), removed on another (RFC 8594)."""

    since: date
    sunset: date
    info_url: str

    def __post_init__(self) -> None:
        if self.sunset <= self.since:
            raise ValueError("sunset must be later than since")

    def headers(self) -> dict[str, str]:
        removed = clock.start_of(self.sunset).astimezone(UTC)
        return {
            "Deprecation": f"@{int(clock.start_of(self.since).timestamp())}",
            "Sunset": format_datetime(removed, usegmt=True),
            "Link": ", ".join(f'<{self.info_url}>; rel="{rel}"; type="text/html"' for rel in ("deprecation", "sunset")),
        }

    def openapi(self) -> dict[str, object]:
        description = f"Deprecated since {self.since}, removed on {self.sunset}; what to call instead"
        return {"deprecated": True, "externalDocs": {"url": self.info_url, "description": description}}

    def wrap_send(self, send: Send) -> Send:
        """Adds the headers to every response, problems included."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers().items():
                    headers.append(name, value)
            await send(message)

        return send_with_headers


def deprecated(*, since: date, sunset: date, info_url: str) -> Callable[[Endpoint], Endpoint]:
    """Decorator of a route's function, below the decorator of the router."""
    deprecation = Deprecation(since, sunset, info_url)

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, deprecation)
        return endpoint

    return mark


def deprecation_of(endpoint: Callable[..., object]) -> Deprecation | None:
    found: Deprecation | None = getattr(endpoint, _MARK, None)
    return found
