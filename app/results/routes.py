from typing import Annotated

from fastapi import Depends

from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.routing import Router
from app.results import queries
from app.results.schemas import SurveyResults
from app.surveys import queries as surveys
from app.surveys.models import Survey

Reader = Annotated[Principal, may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)]
Visible = Annotated[Survey, Depends(surveys.visible)]

router = Router(prefix="/surveys", tags=["surveys"])


@router.get("/{id}/results", response_model=SurveyResults)
async def read_results(survey: Visible, db: Db, who: Reader) -> SurveyResults:
    """How the answers to each question are spread, once the survey is closed.

    Groups below the minimum are suppressed, and so is whatever would give one away: answers that are all alike,
    a survey that is still open, and questions with a `pair_key`, which the effectiveness shows over its pairs.
    """
    return await queries.results(db, who, survey)
