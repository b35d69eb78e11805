"""Table of contents: the rooms in reading order, under one base."""

from app.audit.routes import router as audit
from app.identity.routes import router as identity
from app.kit.routing import Router

router = Router(prefix="/api/v1", tags=[])

for room in (identity, audit):
    router.include_router(room)
