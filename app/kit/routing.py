"""The route class that gives every operation its manners, and a router that costs little to pass by."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response, params
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from app.kit import etag, idempotency, strict
from app.kit.deprecation import deprecation_of

Handler = Callable[[Request], Coroutine[object, object, Response]]


class Route(APIRoute):
    def __init__(self, path: str, endpoint: Callable[..., object], **options: Any) -> None:
        self.deprecation = deprecation_of(endpoint)
        if self.deprecation:
            options["openapi_extra"] = (options.get("openapi_extra") or {}) | self.deprecation.openapi()
        super().__init__(path, endpoint, **options)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().handle(scope, receive, self.deprecation.wrap_send(send) if self.deprecation else send)

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()
        known = strict.parameter_names(self.dependant)
        body = self.body_field
        expected = None if body is None else "form" if isinstance(body.field_info, params.Form) else "json"

        async def handler(request: Request) -> Response:
            request = strict.StrictRequest(request.scope, request.receive)
            strict.refuse_unknown_parameters(request, known)
            strict.refuse_malformed_headers(request)
            strict.refuse_other_media_types(request, expected)
            try:
                response = etag.finish_etag(request, await answer(request))
            except idempotency.Replayed as replay:
                return replay.response
            await idempotency.store(request, response)
            return response

        return handler


class Router(APIRouter):
    """A package's router; an operation has the name of its function, `<resource>_<verb>`."""

    def __init__(self, *, prefix: str = "", tags: list[str | Enum], **options: Any) -> None:
        super().__init__(
            prefix=prefix, tags=tags, route_class=Route, generate_unique_id_function=operation_id, **options
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say no by the literal prefix before any pattern is tried: 15 rooms would cost more than the query."""
        literal = self.prefix.split("{")[0]
        if literal and literal not in scope["path"]:
            return Match.NONE, {}
        return super().matches(scope)


def operation_id(route: APIRoute) -> str:
    """The name of the route's function: `enrollments_approve`."""
    return route.name
