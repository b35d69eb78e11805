from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import col

from app.identity.gate import Caller, RequestedDay, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.idempotency import Retry
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.kit.vault import Vault
from app.surveys import commands, queries, secrecy, views
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


async def vault(request: Request) -> Vault:
    return Vault(request.app.state.settings)


Secrets = Annotated[Vault, Depends(vault)]

MayAnswerSurveys = may(Permission.ANSWER_SURVEYS)
MayRunSurveys = may(Permission.RUN_SURVEYS)
MayRunSurveysOrReadFigures = may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(tags=[])
surveys = Router(prefix="/surveys", tags=["surveys"])
responses = Router(prefix="/survey_responses", tags=["survey_responses"])


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    """The survey in the path, if the caller may see it."""
    return await one_or_404(db, queries.visible_to(who), col(Survey.id), id, as_of=who.as_of_today)


Visible = Annotated[Survey, Depends(visible)]


@surveys.get("", summary="List surveys", dependencies=[IsSignedIn])
async def surveys_list(query: Annotated[SurveyQuery, Query()], db: Db, pages: Pages, who: Caller) -> Page[SurveyRead]:
    """All surveys for callers who run surveys or read figures; for others the open ones addressed to them."""
    rows = await pages.fetch(queries.visible_to(who), query, who.as_of_today)
    return rows.page(await views.surveys(db, who, rows.rows))


@surveys.post("", summary="Draft a survey", status_code=201, dependencies=[MayRunSurveys])
async def surveys_draft(fields: SurveyCreate, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Draft a survey with its questions. A session has at most one of each kind; a baseline belongs to no session."""
    return await views.survey(db, who, etag.created(await commands.draft(db, fields)))


@surveys.get("/{id}", summary="Get a survey", dependencies=[IsSignedIn])
async def surveys_read(survey: Visible, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """A survey with its questions, and the actions that the caller may take now."""
    return await views.survey(db, who, etag.stamp(survey))


@surveys.patch("/{id}", summary="Change a draft survey", dependencies=[MayRunSurveys])
async def surveys_change(survey: Visible, changes: SurveyUpdate, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Change a draft. `questions` is replaced as a whole. A survey cannot be changed once it is open."""
    return await views.survey(db, who, etag.stamp(await commands.change(db, etag.fresh(survey), changes)))


@surveys.delete("/{id}", summary="Discard a draft survey", status_code=204, dependencies=[MayRunSurveys])
async def surveys_discard(survey: Visible, db: Db, etag: Etag) -> None:
    """Delete a draft with its questions. A survey cannot be deleted once it is open."""
    await commands.discard(db, etag.fresh(survey))


@surveys.post("/{id}/opening", summary="Open a survey", dependencies=[MayRunSurveys])
async def surveys_open(survey: Visible, db: Db, etag: Etag, who: Caller) -> SurveyRead:
    """Accept responses from now on, or from `opens_at` if that is set. Nothing can be changed afterwards."""
    return await views.survey(db, who, etag.stamp(await commands.open_survey(db, etag.fresh(survey))))


@surveys.post("/{id}/closing", summary="Close a survey", dependencies=[MayRunSurveys])
async def surveys_close(survey: Visible, db: Db, etag: Etag, who: Caller, secrets: Secrets) -> SurveyRead:
    """Accept no more responses, for good. Results are shown only afterwards.

    Before, the difference of two readings would disclose the responses between them. A survey that is not named then
    forgets who has answered. With the last survey of a session, other than `pre`, the key to its pairs is destroyed:
    draft a `follow_up` before, if its answers are to be paired.
    """
    return await views.survey(db, who, etag.stamp(await commands.close(db, secrets, etag.fresh(survey))))


@surveys.get(
    "/{id}/participation",
    summary="Count the people invited and those who have answered",
    dependencies=[MayRunSurveysOrReadFigures],
)
async def surveys_read_participation(
    survey: Visible, db: Db, as_of: RequestedDay, secrets: Secrets
) -> ParticipationRead:
    """How many people are invited as of the day, how many have answered, and how many are on leave.

    A closed survey that is not named has forgotten who has answered: its numbers are those of the day of the close.
    """
    return views.participation(survey, await secrecy.turnout(db, secrets, survey, as_of))


@surveys.get("/{id}/non_respondents", summary="List the people to remind", dependencies=[MayRunSurveys])
async def surveys_list_non_respondents(
    survey: Visible, query: Annotated[NonRespondentQuery, Query()], db: Db, pages: Pages, who: Caller, secrets: Secrets
) -> DatedPage[NonRespondentRead]:
    """Addressees who have not answered and are not on leave on the day; none after the close, unless it is named."""
    have_answered = await secrecy.answered(db, secrets, survey)
    rows = await pages.fetch(queries.non_respondents(survey, have_answered), query, who.as_of(query.as_of))
    return rows.dated_page([views.non_respondent(row) for row in rows.rows])


@responses.post("", summary="Answer a survey", status_code=201, dependencies=[MayAnswerSurveys])
async def survey_responses_respond(
    fields: SurveyResponseCreate, db: Db, who: Caller, secrets: Secrets, retry: Retry
) -> SurveyResponseRead:
    """Submit a response. A further one before the survey closes replaces the former one, also with 201.

    An anonymous response returns a `pair_token`: with it the same person can replace the response, or pair it with the
    response to a later survey. Only named responses are kept for retries, as the answer beside the caller's name would
    be no secret; others have the same effect again, and the same token for an `Idempotency-Key` of 22 or more random
    characters. A `pre` response after the session has started is not counted and, unless named, not stored.
    """
    return await commands.respond(db, secrets, retry, who, fields)


@responses.get("", summary="List named responses", dependencies=[IsSignedIn])
async def survey_responses_list(
    query: Annotated[SurveyResponseQuery, Query()], pages: Pages, who: Caller
) -> Page[SurveyResponseRead]:
    """The caller's own named responses, or all for callers who run surveys. Other responses are never listed."""
    rows = await pages.fetch(queries.responses_visible_to(who), query, who.as_of_today)
    return rows.page([views.response(row) for row in rows.rows])


@responses.get("/{id}", summary="Get a named response", dependencies=[IsSignedIn])
async def survey_responses_read(id: UUID, db: Db, etag: Etag, who: Caller) -> SurveyResponseRead:
    """A named response: the caller's own, or any for callers who run surveys."""
    return views.response(
        etag.stamp(
            await one_or_404(db, queries.responses_visible_to(who), col(SurveyResponse.id), id, as_of=who.as_of_today)
        )
    )


router.add(surveys, responses)
