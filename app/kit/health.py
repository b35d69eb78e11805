"""Liveness and readiness."""

from typing import Literal

from fastapi import Request
from pydantic import BaseModel

from app.kit.routing import Router

router = Router(base="", tags=["health"])


class Health(BaseModel):
    """The service is healthy."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Check that the process is alive")
async def health_alive() -> Health:
    """The process is alive."""
    return Health()


@router.get("/readyz", summary="Check that the service is ready")
async def health_ready(request: Request) -> Health:
    """Its database can be read and written within two seconds; otherwise 503."""
    await request.app.state.database.check()
    return Health()
