"""The outermost layer: request ids, headers of every response, limits, and no text of unexpected errors."""

import re
from collections.abc import Hashable, Iterable, Mapping

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import error_handlers, logs
from app.kit.limits import Allowance, Quota, TooManyRequests
from app.kit.records import uuid7

Header = tuple[bytes, bytes]
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}


class RequestMiddleware:
    """Pure ASGI: a BaseHTTPMiddleware would cost more than the query behind it."""

    def __init__(self, app: ASGIApp, body_limit: int, calls_per_minute: int) -> None:
        self.app, self.body_limit = app, body_limit
        self.calls = Quota("calls", calls_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        if is_head := method == "HEAD":
            scope["method"] = "GET"  # the same response; only its body is left out
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        allowance = self.calls.spend(_caller(headers, scope))

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
                ours = _ALWAYS | allowance.headers() | {"X-Request-Id": request_id}
                message["headers"] = _with(message["headers"], ours)
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        with logs.call(request_id, method, scope["raw_path"].decode("ascii")) as call:
            try:
                app = self.app if allowance.left >= 0 else self._refused(Request(scope, receive), allowance)
                await app(scope, self._limited(receive), respond)
            except Exception as error:
                if call.status is not None:
                    raise
                await error_handlers.on_unexpected(Request(scope, receive), error)(scope, receive, respond)

    @staticmethod
    def _refused(request: Request, allowance: Allowance) -> ASGIApp:
        return error_handlers.on_domain_error(request, TooManyRequests(allowance))

    def _limited(self, receive: Receive) -> Receive:
        """Stop reading where the body exceeds the limit, whatever its Content-Length."""
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.body_limit:
                raise HTTPException(413)
            return message

        return counted


def _with(sent: Iterable[Header], ours: Mapping[str, str]) -> list[Header]:
    """Headers that a response has already stay as they are."""
    there = dict(sent)
    added = ((name.lower().encode(), value.encode()) for name, value in ours.items())
    return [*sent, *(each for each in added if each[0] not in there)]


def _caller(headers: Headers, scope: Scope) -> Hashable:
    """The token, or the address of a caller without one."""
    token = headers.get("authorization")
    return hash(token) if token else (scope.get("client") or ("unknown",))[0]
