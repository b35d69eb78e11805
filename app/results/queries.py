"""Answers counted, printed figures read, and what of them the caller may be shown."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import String, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.course_sessions.rules import SessionStatus
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.responses.models import SurveySheet
from app.responses.rules import ResponseTiming, Value
from app.results import rules
from app.results.models import BaselineFigure
from app.results.rules import AnswerCount, Distribution, WithheldReason
from app.results.schemas import OptionResult, QuestionResult, SurveyResults
from app.surveys import queries as surveys
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.rules import SurveyKind, is_settled
from app.surveys.schemas import as_rule

Tallies = dict[str, list[tuple[Value, int]]]


async def results(db: AsyncSession, who: Principal, survey: Survey) -> SurveyResults:
    least = least_group(who, survey.minimum_group)
    printed = await _printed(db, survey) if survey.kind == SurveyKind.BASELINE else {}
    found = printed or await _answered(db, survey, least)
    return SurveyResults(
        survey_id=survey.id,
        kind=survey.kind,
        status=survey.status,
        minimum_group=least,
        printed=bool(printed),
        questions=[_shown(who, question, found[question.code]) for question in survey.questions],
    )


def least_group(who: Principal, minimum_group: int) -> int:
    return rules.least_group(minimum_group, runs_surveys=who.may(Permission.RUN_SURVEYS))


async def withheld(db: AsyncSession, survey: Survey) -> WithheldReason | None:
    """Why the survey as a whole shows nothing."""
    session = await surveys.session_of(db, survey)
    if session and session.status == SessionStatus.CANCELLED:
        return WithheldReason.SESSION_CANCELLED
    settled = is_settled(survey.status, surveys.window_of(survey), clock.now())
    return None if settled else WithheldReason.STILL_OPEN


async def _answered(db: AsyncSession, survey: Survey, least: int) -> dict[str, Distribution]:
    why = await withheld(db, survey)
    tallies: Tallies = {} if why else await _tallies(db, survey.id)
    asked = [as_rule(question) for question in survey.questions]
    return {
        question.code: rules.hidden(question, why)
        if why
        else rules.distribution(survey.kind, question, tallies.get(question.code, []), least)
        for question in asked
    }


async def _tallies(db: AsyncSession, survey_id: UUID) -> Tallies:
    """How often each answer was given; one that came after the first meeting is no pre."""
    answer = func.jsonb_each(col(SurveySheet.answers)).table_valued(column("key", String), column("value", JSONB))
    counted = (
        select(answer.c.key, answer.c.value, func.count())
        .select_from(SurveySheet)
        .join(answer, true())
        .where(col(SurveySheet.survey_id) == survey_id, col(SurveySheet.timing) != ResponseTiming.AFTER_START)
        .group_by(answer.c.key, answer.c.value)
    )
    tallies: Tallies = defaultdict(list)
    for code, value, count in await db.execute(counted):
        tallies[code].append((value, count))
    return tallies


async def _printed(db: AsyncSession, survey: Survey) -> dict[str, Distribution]:
    figures = await db.scalars(select(BaselineFigure).where(col(BaselineFigure.survey_id) == survey.id))
    cells = {
        (row.question_code, row.option_code): AnswerCount(row.option_code, row.count, row.percent) for row in figures
    }
    if not cells:
        return {}
    unknown = AnswerCount("", None, None)
    return {
        question.code: Distribution(
            cells=tuple(cells.get((question.code, option["code"]), unknown) for option in question.options)
        )
        for question in survey.questions
    }


def _shown(who: Principal, question: SurveyQuestion, found: Distribution) -> QuestionResult:
    texts = found.texts if who.may(Permission.RUN_SURVEYS) else ()
    return QuestionResult(
        **{name: getattr(question, name) for name in QuestionResult.model_fields if hasattr(question, name)}
        | {"options": options(question, found.cells), "texts": list(texts)},
        suppressed=found.withheld is not None,
        reason=found.withheld,
        n=found.n,
        mean=found.mean,
        median=found.median,
    )


def options(question: SurveyQuestion, cells: tuple[AnswerCount, ...]) -> list[OptionResult]:
    """Cells with the labels of their options, or of the ends of their scale."""
    labels: dict[str, dict[str, Any]] = {option["code"]: option for option in question.options}
    if question.scale:
        ends = ((question.scale["min"], "min_label"), (question.scale["max"], "max_label"))
        labels |= {str(end): {"label": question.scale.get(name)} for end, name in ends}
    return [
        OptionResult(code=cell.code, count=cell.count, percent=cell.percent, **_label(labels.get(cell.code, {})))
        for cell in cells
    ]


def _label(option: dict[str, Any]) -> dict[str, Any]:
    return {"label": option.get("label"), "label_en": option.get("label_en")}
