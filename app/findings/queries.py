"""Answers to the surveys of sessions: distributions by question, and the series that effects are computed from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Float, String, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import NullType
from sqlmodel import col

from app.findings import disclosure, rules
from app.findings.enums import EffectDesign, Stage, WithheldReason
from app.findings.models import BaselineFigure
from app.findings.pairs import STAGES, Answers, PairedAnswers, paired_answers, stage_of
from app.findings.rules import AnswerCount, Distribution
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import planned_for_values
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from app.surveys import queries as surveys
from app.surveys.enums import ResponseTiming, SurveyKind, SurveyStatus
from app.surveys.models import Survey, SurveyQuestion, SurveyResponse
from app.surveys.questions import Question, Scale, Value
from app.surveys.rules import is_settled


@dataclass(frozen=True)
class PairedQuestion:
    """A question with a `pair_key`, of one stage of a session."""

    survey: Survey
    row: SurveyQuestion
    rule: Question
    scale: Scale


Stages = dict[Stage, PairedQuestion]

Collected = Mapping[tuple[UUID, str], Answers]
"""Answers by survey and question code."""

Tallies = Mapping[str, list[tuple[Value, int]]]
"""Values with their number of answers by question code."""


@dataclass(frozen=True)
class EffectSeries:
    """The answers to one paired question of one session by one design; until `settled_at` is set they may change."""

    session_id: UUID
    fiscal_year: int
    pair_key: str
    design: EffectDesign
    last: PairedQuestion
    smallest_group: int
    settled_at: datetime | None
    answers: Mapping[Stage, Answers]

    @property
    def paired(self) -> PairedAnswers:
        return paired_answers(self.design, self.answers)

    @property
    def withheld(self) -> WithheldReason | None:
        settled = self.settled_at is not None
        return disclosure.effect_withheld(self.design, self.answers, self.smallest_group, settled=settled)


def sessions_of(course_id: UUID, fiscal_year: int | None) -> ColumnElement[bool]:
    """The course's sessions that begin in the fiscal year, or all of them."""
    of_course = col(CourseSession.course_id) == course_id
    return of_course if fiscal_year is None else of_course & (col(CourseSession.fiscal_year) == fiscal_year)


async def effect_series(db: AsyncSession, who: Principal, sessions: ColumnElement[bool]) -> list[EffectSeries]:
    """Every paired question of the sessions that meet the condition on `course_session`."""
    chosen = select(col(CourseSession.id), col(CourseSession.fiscal_year)).where(sessions)
    years = {row.id: row.fiscal_year for row in await db.execute(chosen)}
    rows = surveys.with_questions().where(
        col(Survey.course_session_id).in_(years),
        col(Survey.status) != SurveyStatus.DRAFT,
        surveys.session_not_cancelled(),
    )
    found = (await db.scalars(rows.order_by(col(Survey.course_session_id), col(Survey.id)))).all()
    collected = await _collected(db, [survey.id for survey in found])
    return [
        _series(who, (session_id, years[session_id]), pair_key, design, stages, collected)
        for (session_id, pair_key), stages in _paired_questions(found).items()
        for design, needed in STAGES.items()
        if stages.keys() >= set(needed)
    ]


def _paired_questions(found: Iterable[Survey]) -> dict[tuple[UUID, str], Stages]:
    """By session and pair_key, the question of each stage."""
    paired: dict[tuple[UUID, str], Stages] = defaultdict(dict)
    for survey in found:
        for row in survey.questions:
            rule = surveys.as_rule(row)
            if survey.course_session_id and rule.pair_key and rule.scale:
                stage = stage_of(survey.kind, rule.moment)
                paired[survey.course_session_id, rule.pair_key][stage] = PairedQuestion(survey, row, rule, rule.scale)
    return paired


async def _collected(db: AsyncSession, survey_ids: list[UUID]) -> Collected:
    """Answers to paired questions, without pre-responses that came after the first meeting had started.

    A row for each question, as reading a row takes longer in Python than an answer in an array.
    """
    code = col(SurveyQuestion.code)
    answers = col(SurveyResponse.answers)
    rows = (
        select(
            col(SurveyResponse.survey_id),
            code,
            func.array_agg(col(SurveyResponse.respondent), type_=NullType()),
            func.array_agg(answers[code].astext.cast(Float), type_=NullType()),
        )
        .join(SurveyQuestion, col(SurveyQuestion.survey_id) == col(SurveyResponse.survey_id))
        .where(
            col(SurveyResponse.survey_id).in_(survey_ids),
            col(SurveyResponse.timing) != ResponseTiming.AFTER_START,
            col(SurveyQuestion.pair_key).is_not(None),
            answers.op("?")(code),
        )
        .group_by(col(SurveyResponse.survey_id), code)
    )
    return {
        (survey_id, question_code): dict(zip(respondents, values, strict=True))
        for survey_id, question_code, respondents, values in await db.execute(rows)
    }


def _series(
    who: Principal, session: tuple[UUID, int], pair_key: str, design: EffectDesign, stages: Stages, collected: Collected
) -> EffectSeries:
    used = {stage: stages[stage] for stage in STAGES[design]}
    of_surveys = [question.survey for question in used.values()]
    return EffectSeries(
        session_id=session[0],
        fiscal_year=session[1],
        pair_key=pair_key,
        design=design,
        last=stages[STAGES[design][-1]],
        smallest_group=smallest_group(who, max(survey.minimum_group for survey in of_surveys)),
        settled_at=_settled_at(of_surveys),
        answers={
            stage: collected.get((question.survey.id, question.rule.code), {}) for stage, question in used.items()
        },
    )


def _settled_at(used: list[Survey]) -> datetime | None:
    """When the last of the surveys stopped accepting responses; None while one still does."""
    closes = [survey.closed_at for survey in used if survey.closed_at and is_settled(survey.status)]
    return max(closes) if len(closes) == len(used) else None


def smallest_group(who: Principal, minimum_group: int) -> int:
    return disclosure.smallest_group(minimum_group, runs_surveys=who.may(Permission.RUN_SURVEYS))


async def distributions(db: AsyncSession, survey: Survey, smallest: int) -> tuple[dict[str, Distribution], bool]:
    """What may be shown of each question by its code, and whether these are printed figures."""
    printed = await _printed(db, survey) if survey.kind == SurveyKind.BASELINE else {}
    return printed or await _answered(db, survey, smallest), bool(printed)


async def _answered(db: AsyncSession, survey: Survey, smallest: int) -> dict[str, Distribution]:
    reason = await _withheld(db, survey)
    tallies: Tallies = {} if reason else await _tallies(db, survey.id)
    return {
        question.code: rules.withheld(question, reason)
        if reason
        else rules.distribution(survey.kind, question, tallies.get(question.code, []), smallest)
        for question in surveys.questions_of(survey)
    }


async def _withheld(db: AsyncSession, survey: Survey) -> WithheldReason | None:
    session = await surveys.session_of(db, survey)
    return disclosure.survey_withheld(
        session_cancelled=session is not None and session.status == SessionStatus.CANCELLED,
        settled=is_settled(survey.status),
    )


async def _tallies(db: AsyncSession, survey_id: UUID) -> Tallies:
    """Answers counted by value, without pre-responses that came after the first meeting had started."""
    answer = func.jsonb_each(col(SurveyResponse.answers)).table_valued(column("key", String), column("value", JSONB))
    counted = (
        select(answer.c.key, answer.c.value, func.count())
        .select_from(SurveyResponse)
        .join(answer, true())
        .where(col(SurveyResponse.survey_id) == survey_id, col(SurveyResponse.timing) != ResponseTiming.AFTER_START)
        .group_by(answer.c.key, answer.c.value)
    )
    tallies: dict[str, list[tuple[Value, int]]] = defaultdict(list)
    for code, value, count in await db.execute(planned_for_values(counted)):
        tallies[code].append((value, count))
    return tallies


async def _printed(db: AsyncSession, survey: Survey) -> dict[str, Distribution]:
    """The printed figures of each question; empty for a survey with responses of its own."""
    figures = await db.scalars(select(BaselineFigure).where(col(BaselineFigure.survey_id) == survey.id))
    counts = {
        (row.question_code, row.option_code): AnswerCount(row.option_code, row.count, row.percent) for row in figures
    }
    if not counts:
        return {}
    unknown = AnswerCount("", None, None)
    return {
        question.code: Distribution(
            counts=tuple(counts.get((question.code, option), unknown) for option in question.options)
        )
        for question in surveys.questions_of(survey)
    }
