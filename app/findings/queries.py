"""Paired answers of sessions, and what of their effect the caller may be shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Float, String, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.findings import rules
from app.findings.enums import EffectDesign, Stage, WithheldReason
from app.findings.models import BaselineFigure
from app.findings.rules import AnswerCount, Answers, Distribution, PairedAnswers
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from app.surveys import queries as surveys
from app.surveys.enums import ResponseTiming, SurveyKind, SurveyStatus
from app.surveys.models import Survey, SurveyQuestion, SurveyResponse
from app.surveys.queries import as_rule
from app.surveys.rules import Question, Value, is_settled

Asked = dict[Stage, tuple[Survey, SurveyQuestion]]

Collected = Mapping[tuple[UUID, str], Answers]


@dataclass(frozen=True)
class EffectSeries:
    """One question of one session by one design; without `settled_at` answers may still change."""

    session_id: UUID
    design: EffectDesign
    last: SurveyQuestion
    asked: Question
    least: int
    settled_at: datetime | None
    answers: Mapping[Stage, Answers]

    @property
    def waves(self) -> PairedAnswers:
        return rules.waves_of(self.design, self.answers)

    @property
    def withheld(self) -> WithheldReason | None:
        if self.settled_at is None:
            return WithheldReason.STILL_OPEN
        whole = self.waves
        if self.design == EffectDesign.PRE_FOLLOW_UP:
            whole = rules.waves_of(EffectDesign.PRE_POST, self.answers)
        return None if rules.may_show_part(self.waves, whole, self.least) else WithheldReason.WOULD_DISCLOSE


async def effect_series(db: AsyncSession, who: Principal, sessions: ColumnElement[bool]) -> list[EffectSeries]:
    """Every paired question of the sessions that meet the condition on `course_session`."""
    chosen = select(col(CourseSession.id)).where(sessions)
    rows = surveys.complete().where(
        col(Survey.course_session_id).in_(chosen), col(Survey.status) != SurveyStatus.DRAFT, surveys.session_stands()
    )
    found = (await db.scalars(rows.order_by(col(Survey.course_session_id), col(Survey.id)))).all()
    collected = await _collected(db, [survey.id for survey in found])
    return [
        _series(who, session_id, design, asked, collected)
        for (session_id, _), asked in _asked(found).items()
        for design, stages in rules.STAGES.items()
        if asked.keys() >= set(stages)
    ]


def _asked(found: Iterable[Survey]) -> dict[tuple[UUID, str], Asked]:
    """By session and pair_key, what was asked at which stage."""
    asked: dict[tuple[UUID, str], Asked] = defaultdict(dict)
    for survey in found:
        for question in survey.questions:
            if question.pair_key and survey.course_session_id:
                stage = rules.stage_of(survey.kind, question.moment)
                asked[survey.course_session_id, question.pair_key][stage] = survey, question
    return asked


async def _collected(db: AsyncSession, survey_ids: list[UUID]) -> Collected:
    """Answers to paired questions by survey and question; one that came after the first meeting is no pre."""
    code = col(SurveyQuestion.code)
    answers = col(SurveyResponse.answers)
    rows = (
        select(col(SurveyResponse.survey_id), code, col(SurveyResponse.respondent), answers[code].astext.cast(Float))
        .join(SurveyQuestion, col(SurveyQuestion.survey_id) == col(SurveyResponse.survey_id))
        .where(
            col(SurveyResponse.survey_id).in_(survey_ids),
            col(SurveyResponse.timing) != ResponseTiming.AFTER_START,
            col(SurveyQuestion.pair_key).is_not(None),
            answers.op("?")(code),
        )
    )
    collected: dict[tuple[UUID, str], dict[bytes, float]] = defaultdict(dict)
    for survey_id, question_code, respondent, value in await db.execute(rows):
        collected[survey_id, question_code][respondent] = value
    return collected


def _series(who: Principal, session_id: UUID, design: EffectDesign, asked: Asked, collected: Collected) -> EffectSeries:
    used = {stage: asked[stage] for stage in rules.STAGES[design]}
    _, last = asked[rules.STAGES[design][-1]]
    return EffectSeries(
        session_id=session_id,
        design=design,
        last=last,
        asked=as_rule(last),
        least=least_group(who, max(survey.minimum_group for survey, _ in used.values())),
        settled_at=_settled_at([survey for survey, _ in used.values()]),
        answers={stage: collected.get((survey.id, question.code), {}) for stage, (survey, question) in used.items()},
    )


def _settled_at(used: list[Survey]) -> datetime | None:
    """When the last of the surveys took its last answer; None as long as one takes answers."""
    now = clock.now()
    if not all(is_settled(survey.status, surveys.window_of(survey), now) for survey in used):
        return None
    return max(min(filter(None, (survey.closed_at, survey.closes_at))) for survey in used)


Tallies = dict[str, list[tuple[Value, int]]]


def least_group(who: Principal, minimum_group: int) -> int:
    return rules.least_group(minimum_group, runs_surveys=who.may(Permission.RUN_SURVEYS))


async def distributions(db: AsyncSession, survey: Survey, least: int) -> tuple[dict[str, Distribution], bool]:
    """What may be shown of each question's answers, and whether the figures are those printed by the source."""
    printed = await _printed(db, survey) if survey.kind == SurveyKind.BASELINE else {}
    return printed or await _answered(db, survey, least), bool(printed)


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
    answer = func.jsonb_each(col(SurveyResponse.answers)).table_valued(column("key", String), column("value", JSONB))
    counted = (
        select(answer.c.key, answer.c.value, func.count())
        .select_from(SurveyResponse)
        .join(answer, true())
        .where(col(SurveyResponse.survey_id) == survey_id, col(SurveyResponse.timing) != ResponseTiming.AFTER_START)
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
