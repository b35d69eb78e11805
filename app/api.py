"""Table of contents: the rooms in reading order, under one base."""

import json
import tomllib
from pathlib import Path

from app.audit.routes import router as audit
from app.catalog.routes import router as catalog
from app.course_sessions.routes import router as course_sessions
from app.employees.routes import router as employees
from app.enrollments.routes import router as enrollments
from app.findings.routes import router as findings
from app.identity.routes import router as identity
from app.insights.routes import router as insights
from app.kit.routing import Router
from app.people.routes import router as people
from app.qualifications.routes import router as qualifications
from app.roles.routes import router as roles
from app.skills.routes import router as skills
from app.surveys.routes import router as surveys
from app.vocabulary.routes import router as vocabulary

router = Router(prefix="/api/v1", tags=[])

TAGS = {
    "identity": "Sign-in, and who is signed in.",
    "org_units": "The tree of units as of any day.",
    "employees": "The people of the office, one row for life.",
    "posts": "Where a person works, by published orders.",
    "absences": "Leave, secondment and suspension.",
    "position_ranks": "Ranks of positions.",
    "scope_rules": "Who is in the scope of the policy.",
    "roles": "Roles of digital talent.",
    "role_assignments": "Who holds a role, and when.",
    "role_vacancies": "Units that need a leader and have none.",
    "skills": "Digital skills.",
    "skill_maps": "Versions of the skill map.",
    "skill_requirements": "The skills that a role needs.",
    "skill_records": "Evidence that a person has a skill.",
    "skill_gaps": "Missing skills, explained and counted.",
    "courses": "The catalogue of trainings.",
    "course_sessions": "The runs of a training.",
    "enrollments": "Seats: applications, decisions, attendance, completion.",
    "qualifications": "Qualifications that count.",
    "qualification_awards": "Who passed which qualification, and when.",
    "surveys": "Questionnaires and their results.",
    "survey_responses": "One person's answers to a questionnaire.",
    "effectiveness": "What a training changed, by paired answers.",
    "vocabulary": "The labels of coded values.",
    "audit_entries": "The log of every change.",
    "health": "Is the service alive and ready.",
}

"""The groups of operations, for the document; `ja.toml` has its words in Japanese."""

JAPANESE = tomllib.loads(Path(__file__).with_name("ja.toml").read_text(encoding="utf-8"))

EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))

"""What the demonstration city was sent and answered at each operation: written by `scripts.capture_examples`."""

for package in (
    identity,
    people,
    employees,
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
):
    router.include_router(package)
