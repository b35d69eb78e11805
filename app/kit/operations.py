"""Operations, carried out by a plan that is made once.

FastAPI finds out at each request what an operation depends on, which takes longer than most reads take PostgreSQL. Here
the dependencies are put in order once; parameters and bodies are still read by FastAPI, and answers written by its
serializer. `careful` has FastAPI do it all, for a test to compare.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from fastapi import Request, Response, params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic_core import PydanticUndefined

from app.kit.parameters import Errors, Field, Parameters

Opened = Callable[..., AbstractAsyncContextManager[object]]


@dataclass(frozen=True)
class Step:
    """A dependency, or at last the operation's function: what is called, and with the results of which steps before.

    `needs` are all steps before that must have succeeded, those without a parameter included.
    """

    declared: Dependant
    call: Callable[..., Any]
    opened: Opened | None
    inputs: tuple[tuple[str, int], ...]
    needs: tuple[int, ...]
    parameters: Parameters

    def given(self, request: Request, response: Response, body: object) -> tuple[dict[str, Any], Errors]:
        """The arguments that come from the request."""
        own = self.declared
        values, errors = self.parameters.read(request)
        for field in own.body_params:
            values[field.name], wrong = _validated(field, body)
            errors += wrong
        named = ((own.request_param_name, request), (own.http_connection_param_name, request))
        values |= {name: each for name, each in (*named, (own.response_param_name, response)) if name}
        return values, errors


def _validated(field: Field, body: object) -> tuple[Any, Errors]:
    if body is not PydanticUndefined:
        return field.validate(body, {}, loc=("body",))
    if field.field_info.is_required():
        return None, [{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}]
    return field.field_info.get_default(call_default_factory=True), []


def plan(operation: Dependant) -> tuple[Step, ...]:
    """The steps of an operation, each once, in the order in which FastAPI takes them."""
    steps: list[Step] = []
    numbers: dict[Callable[..., Any], int] = {}

    def number(declared: Dependant) -> int:
        call = declared.call
        assert call is not None  # noqa: S101 - FastAPI leaves it out while it reads a signature
        if call not in numbers:
            before = [(below.name, number(below)) for below in declared.dependencies]
            inputs = tuple((name, step) for name, step in before if name)
            opened = asynccontextmanager(call) if isasyncgenfunction(call) else None
            needs = tuple(step for _, step in before)
            steps.append(Step(declared, call, opened, inputs, needs, Parameters.of(declared)))
            numbers[call] = len(steps) - 1
        return numbers[call]

    number(operation)
    return tuple(steps)


class Operation:
    """What answers requests to a route."""

    def __init__(self, route: APIRoute) -> None:
        self._steps = plan(route.dependant)
        self._takes_body = route.body_field is not None
        self._answer, self._status = route.response_field, route.status_code

    async def __call__(self, request: Request) -> Response:
        body: object = PydanticUndefined
        if self._takes_body and await request.body():
            body = await request.json()
        response = Response()
        del response.headers["content-length"]
        answer = await self._carried_out(request, response, body)
        if isinstance(answer, Response):
            return answer
        finished = self._written(answer)
        finished.raw_headers += response.raw_headers
        return finished

    async def _carried_out(self, request: Request, response: Response, body: object) -> object:
        """What the last step gives. A step whose arguments are wrong is left out with all that need it, and the errors
        of all steps are raised together."""
        open_until_done: AsyncExitStack = request.scope["fastapi_function_astack"]
        results: list[object] = []
        left_out = set[int]()
        errors = Errors()
        for number, step in enumerate(self._steps):
            values, wrong = step.given(request, response, body)
            errors += wrong
            if wrong or not left_out.isdisjoint(step.needs):
                left_out.add(number)
                results.append(None)
                continue
            values |= {name: results[each] for name, each in step.inputs}
            if step.opened:
                results.append(await open_until_done.enter_async_context(step.opened(**values)))
            else:
                results.append(await step.call(**values))
        if errors:
            raise RequestValidationError(errors)
        return results[-1]

    def _written(self, answer: object) -> Response:
        status = self._status or 200
        if self._answer is None:
            response = JSONResponse(answer, status)
            response.body = b"" if status == 204 else response.body
            return response
        checked, wrong = self._answer.validate(answer, {}, loc=("response",))
        if wrong:
            raise ResponseValidationError(wrong, body=None)
        return Response(self._answer.serialize_json(checked), status, media_type="application/json")


def can_be_planned(route: APIRoute) -> bool:
    """It takes and gives JSON, and its dependencies are coroutines or opened by one, of the kinds that a plan knows."""
    is_json = isinstance(route.response_class, DefaultPlaceholder)
    is_form = route.body_field is not None and isinstance(route.body_field.field_info, params.Form)
    return is_json and not is_form and all(map(_is_known, _dependencies(route.dependant)))


def _dependencies(declared: Dependant) -> Iterator[Dependant]:
    yield declared
    for below in declared.dependencies:
        yield from _dependencies(below)


def _is_known(declared: Dependant) -> bool:
    others = (declared.cookie_params, declared.background_tasks_param_name, declared.security_scopes_param_name)
    functions = (declared.call, getattr(declared.call, "__call__", None))  # noqa: B004 - an asynchronous `__call__`
    is_asynchronous = any(iscoroutinefunction(each) or isasyncgenfunction(each) for each in functions)
    return is_asynchronous and declared.use_cache and not any(others)
