"""What a page of another origin may send and read, for the origins that the operator allows."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

METHODS = ("GET", "POST", "PATCH", "DELETE")
SENT = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id")
READ = (
    "X-Request-Id",
    "ETag",
    "Location",
    "Link",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Deprecation",
    "Sunset",
)


def install(app: FastAPI, origins: list[str]) -> None:
    """Comes last, around everything else, so that the page can also read what the edge refuses."""
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=METHODS, allow_headers=SENT, expose_headers=READ
        )
