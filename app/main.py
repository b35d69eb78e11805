"""Assembles the service; contains no logic of its own."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import VERSION, api, jobs
from app.audit import recorder
from app.identity.queries import Personnel
from app.insights.queries import FIGURES_REMEMBERED
from app.kit import contract, cors, docs, error_handlers, health, keys, logs
from app.kit.database import Database, of_requests
from app.kit.dispatch import Dispatch
from app.kit.limits import Quota
from app.kit.memory import Memory
from app.kit.middleware import RequestMiddleware
from app.kit.settings import Settings
from app.people.functions import last_day_served
from app.roles.functions import standing_on
from app.vocabulary import modules


def create() -> FastAPI:
    """The factory that uvicorn calls."""
    settings = Settings()
    logs.install(settings)
    return build_app(settings)


def build_app(settings: Settings, database: Database | None = None) -> FastAPI:
    app = FastAPI(
        title="Hagukumi",
        version=VERSION,
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.keys = keys.load(settings.keys)
    app.state.wrong_sign_ins = Quota("wrong-sign-ins", settings.wrong_sign_ins_per_minute)
    app.state.database = database or of_requests(settings)
    app.state.personnel = Personnel(standing_on, last_day_served)
    app.state.figures = Memory(FIGURES_REMEMBERED)
    recorder.install()
    error_handlers.install(app, modules.errors_by_constraint())
    routes = [*api.router.routes, *health.router.routes]
    app.router.routes.extend(routes)
    app.router.middleware_stack = Dispatch(app.router.app, routes)
    contract.install(app)
    docs.install(app)
    app.add_middleware(RequestMiddleware, body_limit=settings.body_limit, calls_per_minute=settings.calls_per_minute)
    cors.install(app, settings.cors_origins)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)  # otherwise collections of young objects dominate tail latency
    database = app.state.database
    async with jobs.running(database, app.state.settings), database.replicas.watched():
        yield
    await database.close()
