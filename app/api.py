"""Table of contents: the rooms in reading order, under one base."""

from app.audit.routes import router as audit
from app.catalog.routes import router as courses
from app.course_sessions.routes import router as course_sessions
from app.effects.routes import router as effectiveness
from app.identity.routes import router as identity
from app.kit.routing import Router
from app.people.routes import router as people
from app.responses.routes import router as survey_responses
from app.results.routes import router as survey_results
from app.roles.routes import router as roles
from app.surveys.routes import router as surveys

router = Router(prefix="/api/v1", tags=[])

for room in (identity, people, roles, courses, course_sessions, surveys, survey_responses, survey_results, effectiveness, audit):
    router.include_router(room)
