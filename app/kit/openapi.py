"""The OpenAPI document: what FastAPI derives, completed by what every operation has in common."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

ABOUT: dict[str, Any] = {
    "title": "Hagukumi",
    "version": "0.1.0",
    "summary": "The register in which a city office develops its digital talent",
    "docs_url": None,
    "redoc_url": None,
}
CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
    "allow_headers": ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id"],
    "expose_headers": ["ETag", "Link", "Location", "X-Request-Id", "Idempotency-Replayed", "Retry-After"],
}


def install(app: FastAPI) -> None:
    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> JSONResponse:
        return JSONResponse(app.openapi())

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(openapi_url="/openapi.json", title="Hagukumi")
