from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.listing import Also
from app.surveys import enums, rules
from app.surveys.enums import Identification
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import openings, window_of
from app.surveys.schemas import AnswerFields, ResponseRead, SurveyRead


def response(sheet: SurveySheet) -> ResponseRead:
    answers = [AnswerFields(question_code=code, value=value) for code, value in sorted(sheet.answers.items())]
    return ResponseRead.model_validate(sheet, update={"identification": Identification.NAMED, "answers": answers})


def all_responses() -> Also:
    async def show(_db: AsyncSession, sheets: Sequence[SurveySheet]) -> Sequence[ResponseRead]:
        return [response(sheet) for sheet in sheets]

    return show


async def shown(db: AsyncSession, who: Principal, survey: Survey) -> SurveyRead:
    """The survey as it stands now for the caller."""
    return (await all_shown(who)(db, [survey]))[0]  # type: ignore[no-any-return]


def all_shown(who: Principal) -> Also:
    async def show(db: AsyncSession, surveys: Sequence[Survey]) -> Sequence[SurveyRead]:
        if not who.may(Permission.RUN_SURVEYS):
            return [_read(survey, []) for survey in surveys]
        known = await openings(db, surveys)
        return [_read(survey, rules.actions(opening)) for survey, opening in zip(surveys, known, strict=True)]

    return show


def _read(survey: Survey, actions: list[enums.SurveyAction]) -> SurveyRead:
    accepts = rules.takes_answers(survey.status, window_of(survey), clock.now())
    return SurveyRead.model_validate(survey, update={"accepts_answers": accepts, "allowed_actions": actions})
