from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import col

from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.filters import AsOf
from app.kit.keys import Keys
from app.kit.listing import DatedPage, Listing, Page, Pages
from app.kit.reading import found
from app.kit.routing import Router
from app.responses import commands, queries
from app.responses.models import SurveySheet
from app.responses.schemas import (
    NonRespondentQuery,
    NonRespondentRead,
    ParticipationRead,
    ResponseFields,
    ResponseQuery,
    ResponseRead,
)
from app.surveys import queries as surveys
from app.surveys.models import Survey
from app.surveys.schemas import SurveyRead


def keys(request: Request) -> Keys:
    return request.app.state.keys  # type: ignore[no-any-return]


Reader = Annotated[Principal, may(Permission.SIGNED_IN)]
Respondent = Annotated[Principal, may(Permission.ANSWER_SURVEYS)]
Runner = Annotated[Principal, may(Permission.RUN_SURVEYS)]
MayRun = may(Permission.RUN_SURVEYS)
MayCount = may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)
Visible = Annotated[Survey, Depends(surveys.visible)]
Secrets = Annotated[Keys, Depends(keys)]

router = Router(tags=[])
about = Router(prefix="/surveys", tags=["surveys"])
responses = Router(prefix="/survey_responses", tags=["survey_responses"])


@about.post("/{id}/closing", response_model=SurveyRead)
async def close_survey(survey: Visible, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Close the survey for good. Results are shown from now on; before, two readings could be subtracted."""
    return await surveys.shown(db, who, etag.stamp(await commands.close(db, etag.fresh(survey))))


@about.get("/{id}/participation", response_model=ParticipationRead, dependencies=[MayCount])
async def read_participation(survey: Visible, db: Db, as_of: AsOf) -> ParticipationRead:
    """How many were asked and how many have answered. It says nothing of what they answered."""
    return await queries.participation(db, survey, as_of)


@about.get("/{id}/non_respondents", response_model=DatedPage[NonRespondentRead], dependencies=[MayRun])
async def list_non_respondents(survey: Visible, query: Annotated[NonRespondentQuery, Query()], pages: Pages) -> Listing:
    """Whom to remind: asked, not answered, not on leave on the day."""
    return await pages.fetch(queries.non_respondents(survey), query, known_on=query.as_of)


@responses.post("", response_model=ResponseRead, status_code=201)
async def respond(given: ResponseFields, db: Db, who: Respondent, secrets: Secrets) -> ResponseRead:
    """Answer a survey. Sent again before the close, it replaces the former answer: the last one wins, and is 201 too.

    An anonymous answer returns a `pair_token` once: only with it can it be replaced, or paired with a later answer.
    """
    return await commands.respond(db, secrets, who, given)


@responses.get("", response_model=Page[ResponseRead])
async def list_responses(query: Annotated[ResponseQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Named answers: the own ones; those who run surveys see all of them. Other answers are never listed."""
    return await pages.fetch(queries.visible_to(who), query, queries.all_shown())


@responses.get("/{id}", response_model=ResponseRead)
async def read_response(id: UUID, db: Db, etag: Etag, who: Reader) -> ResponseRead:
    """One named answer."""
    return queries.shown(etag.stamp(await found(db, queries.visible_to(who), col(SurveySheet.id), id)))


for part in (about, responses):
    router.include_router(part)
