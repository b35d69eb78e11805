"""Table of contents: the rooms in reading order, under one base."""

from app.audit.routes import router as audit
from app.identity.routes import router as identity
from app.kit.routing import Router
from app.people.routes import router as people
from app.roles.routes import router as roles

router = Router(prefix="/api/v1", tags=[])

for room in (identity, people, roles, audit):
    router.include_router(room)
