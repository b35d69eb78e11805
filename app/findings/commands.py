"""Load the printed results of an earlier survey."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.findings.models import BaselineFigure
from app.findings.schemas import PrintedQuestion, PrintedSurvey
from app.kit import clock
from app.kit.records import add
from app.surveys import rules
from app.surveys.enums import SurveyStatus
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.queries import as_rule
from app.surveys.questions import check_questions

_FIGURES = {"percent", "count"}


async def load_printed(db: AsyncSession, printed: PrintedSurvey) -> Survey:
    """A closed baseline survey, whose results are exactly the figures given."""
    rules.check_kind(printed.kind, has_session=printed.course_session_id is not None)
    survey = Survey.model_validate(printed.model_dump(exclude={"questions"}))
    survey.status, survey.closed_at = SurveyStatus.CLOSED, clock.now()
    survey.questions = [_row(survey, question, position) for position, question in enumerate(printed.questions)]
    check_questions(printed.kind, [as_rule(question) for question in survey.questions])
    await add(db, survey)
    db.add_all(
        BaselineFigure(
            survey_id=survey.id,
            question_code=question.code,
            option_code=option.code,
            percent=option.percent,
            count=option.count,
        )
        for question in printed.questions
        for option in question.options
    )
    await db.flush()
    return survey


def _row(survey: Survey, question: PrintedQuestion, position: int) -> SurveyQuestion:
    options = [option.model_dump(exclude=_FIGURES) for option in question.options]
    fields = question.model_dump(exclude={"options"})
    return SurveyQuestion(survey_id=survey.id, position=position, options=options, **fields)
