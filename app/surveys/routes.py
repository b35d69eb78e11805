from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import col

from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.filters import AsOf
from app.kit.keys import Keys
from app.kit.listing import DatedPage, Listing, Page, Pages
from app.kit.reading import found
from app.kit.routing import Router
from app.surveys import commands, queries, views
from app.surveys.models import Survey, SurveySheet
from app.surveys.schemas import (
    NonRespondentQuery,
    NonRespondentRead,
    ParticipationRead,
    ResponseFields,
    ResponseQuery,
    ResponseRead,
    SurveyAsked,
    SurveyQuery,
    SurveyRead,
    SurveyUpdate,
)


def keys(request: Request) -> Keys:
    return request.app.state.keys  # type: ignore[no-any-return]


Reader = Annotated[Principal, may(Permission.SIGNED_IN)]

Respondent = Annotated[Principal, may(Permission.ANSWER_SURVEYS)]

Runner = Annotated[Principal, may(Permission.RUN_SURVEYS)]

MayRun = may(Permission.RUN_SURVEYS)

MayCount = may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)

Secrets = Annotated[Keys, Depends(keys)]

router = Router(tags=[])

surveys = Router(prefix="/surveys", tags=["surveys"])

responses = Router(prefix="/survey_responses", tags=["survey_responses"])


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    """The survey that a route's path names."""
    return await found(db, queries.visible_to(who), col(Survey.id), id)


Visible = Annotated[Survey, Depends(visible)]


@surveys.get("", response_model=Page[SurveyRead])
async def list_surveys(query: Annotated[SurveyQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Surveys: all for those who run them; otherwise the open ones addressed to the caller."""
    return await pages.fetch(queries.visible_to(who), query, views.all_shown(who))


@surveys.post("", response_model=SurveyRead, status_code=201)
async def draft_survey(wanted: SurveyAsked, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Draft a survey with its questions. A session has at most one of each kind; a baseline asks the organisation."""
    return await views.shown(db, who, etag.created(await commands.draft(db, wanted)))


@surveys.get("/{id}", response_model=SurveyRead)
async def read_survey(survey: Visible, db: Db, etag: Etag, who: Reader) -> SurveyRead:
    """One survey with its questions."""
    return await views.shown(db, who, etag.stamp(survey))


@surveys.patch("/{id}", response_model=SurveyRead)
async def change_survey(survey: Visible, changes: SurveyUpdate, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Change a draft. `questions` are replaced as a whole. Once opened, nothing changes any more."""
    return await views.shown(db, who, etag.stamp(await commands.change(db, etag.fresh(survey), changes)))


@surveys.delete("/{id}", status_code=204, dependencies=[MayRun])
async def discard_survey(survey: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft."""
    await commands.discard(db, etag.fresh(survey))


@surveys.post("/{id}/opening", response_model=SurveyRead)
async def open_survey(survey: Visible, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Open the survey to answers, from `opens_at` if that is set. Its questions and identification are now fixed."""
    return await views.shown(db, who, etag.stamp(await commands.open_to_answers(db, etag.fresh(survey))))


@surveys.post("/{id}/closing", response_model=SurveyRead)
async def close_survey(survey: Visible, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Close the survey for good. Results are shown from now on; before, two readings could be subtracted."""
    return await views.shown(db, who, etag.stamp(await commands.close(db, etag.fresh(survey))))


@surveys.get("/{id}/participation", response_model=ParticipationRead, dependencies=[MayCount])
async def read_participation(survey: Visible, db: Db, as_of: AsOf) -> ParticipationRead:
    """How many were asked and how many have answered. It says nothing of what they answered."""
    return await queries.participation(db, survey, as_of)


@surveys.get("/{id}/non_respondents", response_model=DatedPage[NonRespondentRead], dependencies=[MayRun])
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
    return await pages.fetch(queries.responses_visible_to(who), query, views.all_responses())


@responses.get("/{id}", response_model=ResponseRead)
async def read_response(id: UUID, db: Db, etag: Etag, who: Reader) -> ResponseRead:
    """One named answer."""
    return views.response(etag.stamp(await found(db, queries.responses_visible_to(who), col(SurveySheet.id), id)))


for part in (surveys, responses):
    router.include_router(part)
