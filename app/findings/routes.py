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
from app.kit.database import Db
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.seats.models import CourseSession
from app.surveys import queries as surveys
from app.surveys.models import Survey


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    return await one_or_404(db, surveys.visible_to(who), col(Survey.id), id)


effectiveness = Router(tags=["effectiveness"])


@effectiveness.get(
    "/course_sessions/{id}/effectiveness",
    response_model=SessionEffectiveness,
    summary="What the session changed: for each paired question the change of those who answered before and after",
    dependencies=[may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)],
)
async def effectiveness_read_session_effectiveness(id: UUID, db: Db, who: Caller) -> SessionEffectiveness:
    """What the session changed: for each paired question the change of those who answered before and after.

    Shown once the surveys are closed, for at least `minimum_group` pairs that are not all alike. Each line names its
    skill; there is no mean over questions, as another mix of people would answer each of them.
    """
    session = await one_or_404(db, select(CourseSession), col(CourseSession.id), id)
    series = await queries.effect_series(db, who, col(CourseSession.id) == session.id)
    return views.session_effectiveness(session.id, series)


@effectiveness.get(
    "/courses/{id}/effectiveness",
    response_model=CourseEffectiveness,
    summary="What the course changed over all its sessions, questions of another scale apart",
    dependencies=[may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)],
)
async def effectiveness_read_course_effectiveness(id: UUID, db: Db, who: Caller) -> CourseEffectiveness:
    """What the course changed over all its sessions, questions of another scale apart.

    Sessions too small to be shown enter together, as soon as they make a group.
    """
    course = await one_or_404(db, select(Course), col(Course.id), id)
    series = await queries.effect_series(db, who, col(CourseSession.course_id) == course.id)
    return views.course_effectiveness(course.id, series)


Visible = Annotated[Survey, Depends(visible)]

results = Router(prefix="/surveys", tags=["surveys"])


@results.get(
    "/{id}/results",
    response_model=SurveyResults,
    summary="How the answers to each question are spread, once the survey is closed",
    dependencies=[may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)],
)
async def surveys_read_results(survey: Visible, db: Db, who: Caller) -> SurveyResults:
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
