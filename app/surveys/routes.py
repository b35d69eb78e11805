from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.keys import Keys
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.surveys import commands, queries, views
from app.surveys.models import Survey, SurveyResponse
from app.surveys.schemas import (
    NonRespondentQuery,
    NonRespondentRead,
    ParticipationRead,
    SurveyCreate,
    SurveyQuery,
    SurveyRead,
    SurveyResponseCreate,
    SurveyResponseQuery,
    SurveyResponseRead,
    SurveyUpdate,
)


def keys(request: Request) -> Keys:
    return request.app.state.keys  # type: ignore[no-any-return]


Secrets = Annotated[Keys, Depends(keys)]

router = Router(tags=[])

surveys = Router(prefix="/surveys", tags=["surveys"])

responses = Router(prefix="/survey_responses", tags=["survey_responses"])


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    """The survey that a route's path names."""
    return await one_or_404(db, queries.visible_to(who), col(Survey.id), id)


Visible = Annotated[Survey, Depends(visible)]


@surveys.get(
    "",
    response_model=Page[SurveyRead],
    summary="Surveys: all for those who run them; otherwise the open ones addressed to the caller",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def surveys_list(query: Annotated[SurveyQuery, Query()], db: Db, pages: Pages, who: Caller) -> Page[SurveyRead]:
    """Surveys: all for those who run them; otherwise the open ones addressed to the caller."""
    rows = await pages.fetch(queries.visible_to(who), query)
    return rows.page(await views.surveys(db, who, rows.rows))


@surveys.post(
    "",
    response_model=SurveyRead,
    status_code=201,
    summary="Draft a survey with its questions",
    dependencies=[may(Permission.RUN_SURVEYS)],
)
async def surveys_draft(wanted: SurveyCreate, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Draft a survey with its questions. A session has at most one of each kind; a baseline asks the organisation."""
    return await views.survey(db, who, etag.created(await commands.draft(db, wanted)))


@surveys.get(
    "/{id}",
    response_model=SurveyRead,
    summary="One survey with its questions",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def surveys_read(survey: Visible, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """One survey with its questions."""
    return await views.survey(db, who, etag.stamp(survey))


@surveys.patch("/{id}", response_model=SurveyRead, summary="Change a draft", dependencies=[may(Permission.RUN_SURVEYS)])
async def surveys_change(survey: Visible, changes: SurveyUpdate, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Change a draft. `questions` are replaced as a whole. Once opened, nothing changes any more."""
    return await views.survey(db, who, etag.stamp(await commands.change(db, etag.fresh(survey), changes)))


@surveys.delete("/{id}", status_code=204, dependencies=[may(Permission.RUN_SURVEYS)], summary="Discard a draft")
async def surveys_discard(survey: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft."""
    await commands.discard(db, etag.fresh(survey))


@surveys.post(
    "/{id}/opening",
    response_model=SurveyRead,
    summary="Open the survey to answers, from `opens_at` if that is set",
    dependencies=[may(Permission.RUN_SURVEYS)],
)
async def surveys_open(survey: Visible, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Open the survey to answers, from `opens_at` if that is set. Its questions and identification are now fixed."""
    return await views.survey(db, who, etag.stamp(await commands.open_to_answers(db, etag.fresh(survey))))


@surveys.post(
    "/{id}/closing",
    response_model=SurveyRead,
    summary="Close the survey for good",
    dependencies=[may(Permission.RUN_SURVEYS)],
)
async def surveys_close(survey: Visible, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Close the survey for good. Results are shown from now on; before, two readings could be subtracted."""
    return await views.survey(db, who, etag.stamp(await commands.close(db, etag.fresh(survey))))


@surveys.get(
    "/{id}/participation",
    response_model=ParticipationRead,
    dependencies=[may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)],
    summary="How many were asked and how many have answered",
)
async def surveys_read_participation(survey: Visible, db: Db, as_of: RequestedDay) -> ParticipationRead:
    """How many were asked and how many have answered. It says nothing of what they answered."""
    return views.participation(survey, await queries.participation(db, survey, as_of), as_of.day)


@surveys.get(
    "/{id}/non_respondents",
    response_model=DatedPage[NonRespondentRead],
    dependencies=[may(Permission.RUN_SURVEYS)],
    summary="Whom to remind: asked, not answered, not on leave on the day",
)
async def surveys_list_non_respondents(
    survey: Visible, query: Annotated[NonRespondentQuery, Query()], pages: Pages, who: Caller
) -> DatedPage[NonRespondentRead]:
    """Whom to remind: asked, not answered, not on leave on the day."""
    rows = await pages.fetch(queries.non_respondents(survey), query, who.as_of(query.as_of))
    return rows.dated_page([views.non_respondent(row) for row in rows.rows])


@responses.post(
    "",
    response_model=SurveyResponseRead,
    status_code=201,
    summary="Answer a survey",
    dependencies=[may(Permission.ANSWER_SURVEYS)],
)
async def survey_responses_respond(
    given: SurveyResponseCreate, db: Db, who: Caller, secrets: Secrets
) -> SurveyResponseRead:
    """Answer a survey. Sent again before the close, it replaces the former answer: the last one wins, and is 201 too.

    An anonymous answer returns a `pair_token` once: only with it can it be replaced, or paired with a later answer.
    """
    return await commands.respond(db, secrets, who, given)


@responses.get(
    "",
    response_model=Page[SurveyResponseRead],
    summary="Named answers: the own ones; those who run surveys see all of them",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def survey_responses_list(
    query: Annotated[SurveyResponseQuery, Query()], pages: Pages, who: Caller
) -> Page[SurveyResponseRead]:
    """Named answers: the own ones; those who run surveys see all of them. Other answers are never listed."""
    rows = await pages.fetch(queries.responses_visible_to(who), query)
    return rows.page([views.response(row) for row in rows.rows])


@responses.get(
    "/{id}", response_model=SurveyResponseRead, summary="One named answer", dependencies=[may(Permission.SIGNED_IN)]
)
async def survey_responses_read(id: UUID, db: Db, etag: Etag, who: Caller) -> SurveyResponseRead:
    """One named answer."""
    return views.response(
        etag.stamp(await one_or_404(db, queries.responses_visible_to(who), col(SurveyResponse.id), id))
    )


for part in (surveys, responses):
    router.include_router(part)
