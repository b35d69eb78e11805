"""One request after another over one connection, by the standard library: for what is prepared and compared."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """To a server, as a context manager; `headers` go with each request."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT)
        self._headers = headers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def ask(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """GET, or POST of a body as JSON, or of a text as it is."""
        kind = {} if body is None or isinstance(body, str) else {"content-type": "application/json"}
        sent = body if body is None or isinstance(body, str) else json.dumps(body)
        everything = {**self._headers, **kind, **(headers or {})}
        self._connection.request("GET" if body is None else "POST", path, sent, everything)
        answer = self._connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
