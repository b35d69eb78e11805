"""The routers of all packages, in the order of the documentation, under one base path."""

from app.audit.routes import router as audit
from app.catalog.routes import router as catalog
from app.course_sessions.routes import router as course_sessions
from app.employees.routes import router as employees
from app.employments.routes import router as employments
from app.enrollments.routes import router as enrollments
from app.findings.routes import router as findings
from app.identity.routes import router as identity
from app.insights.routes import router as insights
from app.kit.routing import Router
from app.lists.routes import router as lists
from app.people.routes import router as people
from app.posts.routes import router as posts
from app.qualifications.routes import router as qualifications
from app.roles.routes import router as roles
from app.skills.routes import router as skills
from app.surveys.routes import router as surveys
from app.vocabulary.routes import router as vocabulary

router = Router(tags=[])

router.add(
    identity,
    people,
    lists,
    employees,
    employments,
    posts,
    roles,
    skills,
    catalog,
    course_sessions,
    qualifications,
    enrollments,
    surveys,
    findings,
    insights,
    vocabulary,
    audit,
)
