"""Read models of surveys and responses."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.people.models import Employee
from app.surveys import queries, rules
from app.surveys.enums import Identification, ResponseTiming, SurveyAction
from app.surveys.models import Survey, SurveyResponse
from app.surveys.schemas import AnswerFields, NonRespondentRead, ParticipationRead, SurveyRead, SurveyResponseRead


async def surveys(db: AsyncSession, who: Principal, rows: Sequence[Survey]) -> list[SurveyRead]:
    """Surveys with the actions that the caller may take now."""
    if not who.may(Permission.RUN_SURVEYS):
        return [_survey(row, []) for row in rows]
    openings = await queries.openings(db, rows)
    return [_survey(row, rules.actions(opening)) for row, opening in zip(rows, openings, strict=True)]


async def survey(db: AsyncSession, who: Principal, row: Survey) -> SurveyRead:
    return (await surveys(db, who, [row]))[0]


def _survey(row: Survey, actions: list[SurveyAction]) -> SurveyRead:
    accepts = rules.accepts_responses(row.status, queries.window_of(row), clock.now())
    return SurveyRead.model_validate(row, update={"accepts_answers": accepts, "allowed_actions": actions})


def response(row: SurveyResponse) -> SurveyResponseRead:
    """A named response; other responses are never read back."""
    answers = [AnswerFields(question_code=code, value=value) for code, value in sorted(row.answers.items())]
    return SurveyResponseRead.model_validate(row, update={"identification": Identification.NAMED, "answers": answers})


def receipt(survey: Survey, timing: ResponseTiming, token: str) -> SurveyResponseRead:
    """A response just submitted that is not named; an anonymous one is returned with its token, only this once."""
    anonymous = survey.identification == Identification.ANONYMOUS
    return SurveyResponseRead(
        survey_id=survey.id,
        identification=survey.identification,
        timing=timing,
        pair_token=token if anonymous else None,
    )


def participation(survey: Survey, counted: tuple[date, int, int, int]) -> ParticipationRead:
    day, invited, answered, on_leave = counted
    return ParticipationRead(
        survey_id=survey.id,
        as_of=day,
        invited=invited,
        answered=answered,
        on_leave=on_leave,
        response_rate=rules.percent(answered, invited),
    )


def non_respondent(row: Employee) -> NonRespondentRead:
    return NonRespondentRead.model_validate(row, from_attributes=True)
