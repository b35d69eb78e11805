"""Paired answers of sessions, and what of their effect the caller may be shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Float, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.course_sessions.models import CourseSession
from app.effects import rules
from app.effects.rules import Answers, EffectDesign, Stage, Waves
from app.effects.schemas import CourseEffectiveness, EffectRead, SessionEffectiveness
from app.effects.statistics import UndefinedReason, effect
from app.identity.principal import Principal
from app.kit import clock
from app.responses.models import SurveySheet
from app.responses.rules import ResponseTiming
from app.results.queries import least_group
from app.results.rules import WithheldReason, spread
from app.surveys import queries as surveys
from app.surveys.models import ScaleFields, Survey, SurveyQuestion
from app.surveys.rules import Question, SurveyStatus, is_settled
from app.surveys.schemas import as_rule

Asked = dict[Stage, tuple[Survey, SurveyQuestion]]
Collected = Mapping[tuple[UUID, str], Answers]


@dataclass(frozen=True)
class Line:
    """One question of one session by one design; without `settled_at` answers may still change."""

    session_id: UUID
    design: EffectDesign
    last: SurveyQuestion
    asked: Question
    least: int
    settled_at: datetime | None
    answers: Mapping[Stage, Answers]

    @property
    def waves(self) -> Waves:
        return rules.waves_of(self.design, self.answers)

    @property
    def withheld(self) -> WithheldReason | None:
        if self.settled_at is None:
            return WithheldReason.STILL_OPEN
        whole = self.waves
        if self.design == EffectDesign.PRE_FOLLOW_UP:
            whole = rules.waves_of(EffectDesign.PRE_POST, self.answers)
        return None if rules.may_show_part(self.waves, whole, self.least) else WithheldReason.WOULD_DISCLOSE


async def of_session(db: AsyncSession, who: Principal, session_id: UUID) -> SessionEffectiveness:
    lines = await _lines(db, who, [session_id])
    effects = [_shown(line, line.waves, line.withheld) for line in lines]
    return SessionEffectiveness(course_session_id=session_id, effects=effects)


async def of_course(db: AsyncSession, who: Principal, course_id: UUID) -> CourseEffectiveness:
    """Questions alike in key, design and scale, over all sessions of the course that are settled."""
    its = select(col(CourseSession.id)).where(col(CourseSession.course_id) == course_id)
    lines = sorted(await _lines(db, who, (await db.scalars(its)).all()), key=_in_order)
    effects = [_pooled(list(alike)) for _, alike in groupby(lines, key=_comparable)]
    return CourseEffectiveness(course_id=course_id, effects=effects)


def _comparable(line: Line) -> tuple[Any, ...]:
    scale = line.asked.scale
    assert scale is not None  # noqa: S101 - a question with a pair_key has one
    return line.asked.pair_key, line.design, line.asked.type, scale.min, scale.max, scale.direction


def _in_order(line: Line) -> tuple[Any, ...]:
    return *_comparable(line), line.settled_at is None, line.settled_at or clock.now(), line.session_id


def _pooled(lines: list[Line]) -> EffectRead:
    settled = [line for line in lines if line.settled_at]
    if lines[0].design == EffectDesign.PRE_FOLLOW_UP:
        waves = rules.merged(line.waves for line in settled if line.withheld is None)
    else:
        waves = rules.pooled((line.waves, line.least) for line in settled)
    withheld = None if waves.pairs() else WithheldReason.WOULD_DISCLOSE if settled else WithheldReason.STILL_OPEN
    return _shown(lines[-1], waves, withheld)


async def _lines(db: AsyncSession, who: Principal, sessions: Sequence[UUID]) -> list[Line]:
    rows = surveys.complete().where(
        col(Survey.course_session_id).in_(sessions), col(Survey.status) != SurveyStatus.DRAFT, surveys.session_stands()
    )
    found = (await db.scalars(rows.order_by(col(Survey.course_session_id), col(Survey.id)))).all()
    collected = await _collected(db, [survey.id for survey in found])
    return [
        _line(who, session_id, design, asked, collected)
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
    answers = col(SurveySheet.answers)
    rows = (
        select(col(SurveySheet.survey_id), code, col(SurveySheet.respondent), answers[code].astext.cast(Float))
        .join(SurveyQuestion, col(SurveyQuestion.survey_id) == col(SurveySheet.survey_id))
        .where(
            col(SurveySheet.survey_id).in_(survey_ids),
            col(SurveySheet.timing) != ResponseTiming.AFTER_START,
            col(SurveyQuestion.pair_key).is_not(None),
            answers.op("?")(code),
        )
    )
    collected: dict[tuple[UUID, str], dict[bytes, float]] = defaultdict(dict)
    for survey_id, question_code, respondent, value in await db.execute(rows):
        collected[survey_id, question_code][respondent] = value
    return collected


def _line(who: Principal, session_id: UUID, design: EffectDesign, asked: Asked, collected: Collected) -> Line:
    used = {stage: asked[stage] for stage in rules.STAGES[design]}
    _, last = asked[rules.STAGES[design][-1]]
    return Line(
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


def _shown(line: Line, waves: Waves, withheld: WithheldReason | None) -> EffectRead:
    return EffectRead(
        pair_key=line.asked.pair_key or "",
        design=line.design,
        skill_code=line.last.skill_code,
        text=line.last.text,
        scale=ScaleFields.model_validate(line.last.scale),
        minimum_group=line.least,
        suppressed=withheld is not None,
        reason=withheld,
        **{} if withheld else _figures(line.asked, waves),
    )


def _figures(asked: Question, waves: Waves) -> dict[str, Any]:
    assert asked.scale is not None  # noqa: S101 - a question with a pair_key has one
    found = effect(waves.before, waves.after, asked.scale.direction)
    figures = {member.name: getattr(found, member.name) for member in fields(found)}
    undefined = {name: figure for name, figure in figures.items() if isinstance(figure, UndefinedReason)}
    known = {name: figure for name, figure in figures.items() if name not in undefined}
    before, after = zip(*waves.pairs(), strict=True)
    return known | {"undefined": undefined, "before": spread(asked, before), "after": spread(asked, after)}
