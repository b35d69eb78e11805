from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.catalog.models import Course
from app.findings import queries, views
from app.findings.schemas import CourseEffectiveness, SessionEffectiveness, SurveyResults
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.fields import YearParam
from app.kit.reading import every, one_or_404
from app.kit.routing import Router
from app.seats.models import CourseSession
from app.surveys import queries as surveys
from app.surveys.models import Survey


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    """The survey in the path, if the caller may see it."""
    return await one_or_404(db, surveys.visible_to(who), col(Survey.id), id, as_of=who.as_of_today)


YearOfSessions = Annotated[
    YearParam | None, Query(description="Only sessions that begin in this fiscal year; default: all years together")
]
MayRunSurveysOrReadFigures = may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)

effectiveness = Router(tags=["effectiveness"])


@effectiveness.get(
    "/course_sessions/{id}/effectiveness",
    summary="Read the effectiveness of a session",
    dependencies=[MayRunSurveysOrReadFigures],
)
async def effectiveness_read_session_effectiveness(id: UUID, db: Db, who: Caller) -> SessionEffectiveness:
    """For each paired question, the change of people who answered it both before and after the session.

    Shown once the surveys are closed, for at least `minimum_group` pairs that are not all alike. There is no mean over
    questions, as different people may have answered each of them.
    """
    session = await one_or_404(db, every(CourseSession), col(CourseSession.id), id)
    series = await queries.effect_series(db, who, col(CourseSession.id) == session.id)
    return views.session_effectiveness(session.id, series)


@effectiveness.get(
    "/courses/{id}/effectiveness",
    summary="Read the effectiveness of a course",
    dependencies=[MayRunSurveysOrReadFigures],
)
async def effectiveness_read_course_effectiveness(
    id: UUID, db: Db, who: Caller, fiscal_year: YearOfSessions = None
) -> CourseEffectiveness:
    """The effects of the sessions of a course together; questions with different scales are kept apart.

    Sessions that are too small to be shown alone are included as soon as they make a group together with others of
    their fiscal year.
    """
    course = await one_or_404(db, every(Course), col(Course.id), id)
    series = await queries.effect_series(db, who, queries.sessions_of(course.id, fiscal_year))
    return views.course_effectiveness(course.id, fiscal_year, series)


Visible = Annotated[Survey, Depends(visible)]

results = Router(prefix="/surveys", tags=["surveys"])


@results.get("/{id}/results", summary="Read the results of a survey", dependencies=[MayRunSurveysOrReadFigures])
async def surveys_read_results(survey: Visible, db: Db, who: Caller) -> SurveyResults:
    """How many people gave each answer to each question.

    Groups below `minimum_group`, answers that are all alike, surveys that still accept responses, and questions with a
    `pair_key` are suppressed; the last are shown under `/effectiveness`.
    """
    smallest = queries.smallest_group(who, survey.minimum_group)
    found, printed = await queries.distributions(db, survey, smallest)
    return views.survey_results(who, survey, smallest, found, printed=printed)


router = Router(tags=[])
router.add(results, effectiveness)
