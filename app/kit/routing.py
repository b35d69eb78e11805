"""The route class that applies the API's conventions to every operation, and the routers of packages."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response, params
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit import etag, idempotency, operations, rivals, strict
from app.kit.deprecation import deprecation_of
from app.kit.once import careful

BASE = "/api/v1"
Handler = Callable[[Request], Coroutine[object, object, Response]]


class Route(APIRoute):
    def __init__(self, path: str, endpoint: Callable[..., object], **options: Any) -> None:
        self.deprecation = deprecation_of(endpoint)
        if self.deprecation:
            options["openapi_extra"] = (options.get("openapi_extra") or {}) | self.deprecation.openapi()
        super().__init__(path, endpoint, **options)
        if operations.can_be_planned(self) and not self.deprecation:  # whose headers its problems have, too
            self.app = _planned(self._with_conventions(operations.Operation(self)), self.app)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().handle(scope, receive, self.deprecation.wrap_send(send) if self.deprecation else send)

    def get_route_handler(self) -> Handler:
        return self._with_conventions(super().get_route_handler())

    def _with_conventions(self, respond: Handler) -> Handler:
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


def _planned(respond: Handler, by_the_framework: ASGIApp) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if careful.get():
            await by_the_framework(scope, receive, send)
            return
        response = await respond(Request(scope, receive))
        await response(scope, receive, send)

    return app


class Router(APIRouter):
    """A package's router; an operation has the name of its function, `<resource>_<verb>`."""

    def __init__(self, *, prefix: str = "", tags: list[str | Enum], base: str = BASE) -> None:
        super().__init__(prefix=base + prefix, tags=tags, route_class=Route, generate_unique_id_function=operation_id)

    def add(self, *parts: APIRouter) -> None:
        """The routes of other routers, after its own. FastAPI's `include_router` would match each part anew."""
        for part in parts:
            self.routes.extend(part.routes)


def operation_id(route: APIRoute) -> str:
    """The name of the route's function: `enrollments_approve`."""
    return route.name
