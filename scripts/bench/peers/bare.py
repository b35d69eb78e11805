"""(c) Starlette and asyncpg alone: each answer is one statement whose JSON PostgreSQL builds. No caller, no gate."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.kit import clock

HERE = Path(__file__).parent
EMPLOYEE, EMPLOYEES, ENROLL = ((HERE / f"{name}.sql").read_text() for name in ("employee", "employees", "enroll"))


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=32, max_size=32) as pool:
        app.state.pool = pool
        app.state.office = await pool.fetchval("SELECT id FROM account WHERE username = 'training'")
        yield


async def employee(request: Request) -> Response:
    body = await request.app.state.pool.fetchval(EMPLOYEE, UUID(request.path_params["id"]), clock.today())
    return answer(body, 200)


async def employees(request: Request) -> Response:
    body = await request.app.state.pool.fetchval(EMPLOYEES, UUID(request.query_params["org_unit_id"]), clock.today())
    return answer(body, 200)


async def enroll(request: Request) -> Response:
    wanted, state = await request.json(), request.app.state
    ids = UUID(wanted["course_session_id"]), UUID(wanted["employee_id"]), state.office
    return answer(await state.pool.fetchval(ENROLL, *ids, clock.today()), 201)


def answer(body: str | None, status: int) -> Response:
    return Response(body or "{}", status if body else 404, media_type="application/json")


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/employees/{id}", employee),
        Route("/employees", employees),
        Route("/enrollments", enroll, methods=["POST"]),
    ],
)
