"""The one place that knows every room; it holds no logic."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app import api
from app.audit import recorder
from app.kit import docs, error_handlers, health, keys, logs, openapi
from app.kit.database import Database
from app.kit.edge import Edge
from app.kit.limits import Quota
from app.kit.settings import Settings
from app.vocabulary.rules import POLICY


def create() -> FastAPI:
    """The factory that uvicorn calls."""
    settings = Settings()
    logs.install(settings)
    return build_app(settings)


def build_app(settings: Settings, database: Database | None = None) -> FastAPI:
    app = FastAPI(lifespan=_lifespan, openapi_url=None, redirect_slashes=False, **openapi.about(api.TAGS))
    app.state.settings = settings
    app.state.keys = keys.load(settings.keys)
    app.state.wrong_sign_ins = Quota("wrong-sign-ins", settings.wrong_sign_ins_per_minute)
    app.state.database = database or Database(settings.url, settings.pool_size)
    recorder.install()
    error_handlers.install(app)
    app.include_router(api.router)
    app.include_router(health.router)
    openapi.install(app, api.JAPANESE, POLICY, api.EXAMPLES)
    docs.install(app)
    app.add_middleware(Edge, body_limit=settings.body_limit, calls_per_minute=settings.calls_per_minute)
    if settings.cors_origins:  # around everything, so that a page can read what the edge refuses, too
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **openapi.CORS)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)  # collections of young objects set the tail latency otherwise
    yield
    await app.state.database.close()
