from typing import Annotated

from fastapi import Depends, Query

from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Listing, Page, Pages
from app.kit.routing import Router
from app.surveys import commands, queries
from app.surveys.models import Survey
from app.surveys.schemas import SurveyAsked, SurveyQuery, SurveyRead, SurveyUpdate

Reader = Annotated[Principal, may(Permission.SIGNED_IN)]
Runner = Annotated[Principal, may(Permission.RUN_SURVEYS)]
MayRun = may(Permission.RUN_SURVEYS)
Visible = Annotated[Survey, Depends(queries.visible)]

router = Router(prefix="/surveys", tags=["surveys"])


@router.get("", response_model=Page[SurveyRead])
async def list_surveys(query: Annotated[SurveyQuery, Query()], pages: Pages, who: Reader) -> Listing:
    """Surveys: all for those who run them; otherwise the open ones addressed to the caller."""
    return await pages.fetch(queries.visible_to(who), query, queries.all_shown(who))


@router.post("", response_model=SurveyRead, status_code=201)
async def draft_survey(wanted: SurveyAsked, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Draft a survey with its questions. A session has at most one of each kind; a baseline asks the organisation."""
    return await queries.shown(db, who, etag.created(await commands.draft(db, wanted)))


@router.get("/{id}", response_model=SurveyRead)
async def read_survey(survey: Visible, db: Db, etag: Etag, who: Reader) -> SurveyRead:
    """One survey with its questions."""
    return await queries.shown(db, who, etag.stamp(survey))


@router.patch("/{id}", response_model=SurveyRead)
async def change_survey(survey: Visible, changes: SurveyUpdate, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Change a draft. `questions` are replaced as a whole. Once opened, nothing changes any more."""
    return await queries.shown(db, who, etag.stamp(await commands.change(db, etag.fresh(survey), changes)))


@router.delete("/{id}", status_code=204, dependencies=[MayRun])
async def discard_survey(survey: Visible, db: Db, etag: Etag) -> None:
    """Discard a draft."""
    await commands.discard(db, etag.fresh(survey))


@router.post("/{id}/opening", response_model=SurveyRead)
async def open_survey(survey: Visible, db: Db, etag: Etag, who: Runner) -> SurveyRead:
    """Open the survey to answers, from `opens_at` if that is set. Its questions and identification are now fixed."""
    return await queries.shown(db, who, etag.stamp(await commands.open_to_answers(db, etag.fresh(survey))))
