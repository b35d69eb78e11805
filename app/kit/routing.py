"""The route class that applies the API's conventions to every operation, and the routers of packages."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response, params
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from app.kit import etag, idempotency, rivals, strict
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
        respond = super().get_route_handler()
        known = strict.parameter_names(self.dependant)
        body = self.body_field
        takes_json = body is not None and not isinstance(body.field_info, params.Form)

        async def handler(request: Request) -> Response:
            request = strict.StrictRequest(request.scope, request.receive)
            strict.refuse_unreadable(request, known)
            if takes_json:
                strict.refuse_other_media_types(request)

            async def attempt() -> Response:
                try:
                    response = etag.finish_etag(request, await respond(request))
                except idempotency.Replayed as replay:
                    return replay.response
                if request.method == "POST":
                    await idempotency.store(request, response)
                return response

            return await rivals.until_settled(request, attempt)

        return handler


class Router(APIRouter):
    """A package's router; an operation has the name of its function, `<resource>_<verb>`."""

    def __init__(self, *, prefix: str = "", tags: list[str | Enum]) -> None:
        super().__init__(prefix=prefix, tags=tags, route_class=Route, generate_unique_id_function=operation_id)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Compare the literal prefix first: without this, a request to the last of 15 routers takes 0.5 ms more."""
        literal = self.prefix.split("{")[0]
        if literal and literal not in scope["path"]:
            return Match.NONE, {}
        return super().matches(scope)


def operation_id(route: APIRoute) -> str:
    """The name of the route's function: `enrollments_approve`."""
    return route.name
