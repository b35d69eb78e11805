from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy import select
from sqlmodel import col

from app.catalog.models import Course
from app.findings import queries, views
from app.findings.schemas import CourseEffectiveness, SessionEffectiveness, SurveyResults
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.reading import found
from app.kit.routing import Router
from app.seats.models import CourseSession
from app.surveys import queries as surveys
from app.surveys.models import Survey

Reader = Annotated[Principal, may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)]


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    return await found(db, surveys.visible_to(who), col(Survey.id), id)


effectiveness = Router(tags=["effectiveness"])


@effectiveness.get("/course_sessions/{id}/effectiveness", response_model=SessionEffectiveness)
async def read_session_effectiveness(id: UUID, db: Db, who: Reader) -> SessionEffectiveness:
    """What the session changed: for each paired question the change of those who answered before and after.

    Shown once the surveys are closed, for at least `minimum_group` pairs that are not all alike. Each line names its
    skill; there is no mean over questions, as another mix of people would answer each of them.
    """
    session = await found(db, select(CourseSession), col(CourseSession.id), id)
    series = await queries.effect_series(db, who, col(CourseSession.id) == session.id)
    return views.session_effectiveness(session.id, series)


@effectiveness.get("/courses/{id}/effectiveness", response_model=CourseEffectiveness)
async def read_course_effectiveness(id: UUID, db: Db, who: Reader) -> CourseEffectiveness:
    """What the course changed over all its sessions, questions of another scale apart.

    Sessions too small to be shown enter together, as soon as they make a group.
    """
    course = await found(db, select(Course), col(Course.id), id)
    series = await queries.effect_series(db, who, col(CourseSession.course_id) == course.id)
    return views.course_effectiveness(course.id, series)


Visible = Annotated[Survey, Depends(visible)]

results = Router(prefix="/surveys", tags=["surveys"])


@results.get("/{id}/results", response_model=SurveyResults)
async def read_results(survey: Visible, db: Db, who: Reader) -> SurveyResults:
    """How the answers to each question are spread, once the survey is closed.

    Groups below the minimum are suppressed, and so is whatever would give one away: answers that are all alike,
    a survey that is still open, and questions with a `pair_key`, which the effectiveness shows over its pairs.
    """
    least = queries.least_group(who, survey.minimum_group)
    found, printed = await queries.distributions(db, survey, least)
    return views.survey_results(who, survey, least, found, printed=printed)


router = Router(tags=[])
for part in (results, effectiveness):
    router.include_router(part)
