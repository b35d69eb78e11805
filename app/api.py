"""Table of contents: the rooms in reading order, under one base."""

from app.applications.routes import router as applications
from app.audit.routes import router as audit
from app.catalog.routes import router as courses
from app.course_sessions.routes import router as course_sessions
from app.effects.routes import router as effectiveness
from app.enrollment.routes import router as seats
from app.identity.routes import router as identity
from app.kit.routing import Router
from app.people.routes import router as people
from app.qualifications.routes import router as qualifications
from app.responses.routes import router as survey_responses
from app.results.routes import router as survey_results
from app.roles.routes import router as roles
from app.skills.routes import router as skills
from app.surveys.routes import router as surveys

router = Router(prefix="/api/v1", tags=[])

for room in (
    identity,
    people,
    roles,
    skills,
    courses,
    course_sessions,
    qualifications,
    seats,
    applications,
    surveys,
    survey_responses,
    survey_results,
    effectiveness,
    audit,
):
    router.include_router(room)
