from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any
from uuid import UUID

from app.findings import rules
from app.findings.enums import EffectDesign, WithheldReason
from app.findings.queries import EffectSeries
from app.findings.rules import AnswerCount, Distribution, PairedAnswers, spread
from app.findings.schemas import (
    CourseEffectiveness,
    EffectRead,
    OptionResult,
    QuestionResult,
    SessionEffectiveness,
    SurveyResults,
)
from app.findings.statistics import UndefinedReason, effect
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.surveys.models import ScaleFields, Survey, SurveyQuestion
from app.surveys.rules import Question


def _effect(line: EffectSeries, waves: PairedAnswers, withheld: WithheldReason | None) -> EffectRead:
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


def _figures(asked: Question, waves: PairedAnswers) -> dict[str, Any]:
    assert asked.scale is not None  # noqa: S101 - a question with a pair_key has one
    found = effect(waves.before, waves.after, asked.scale.direction)
    figures = {member.name: getattr(found, member.name) for member in fields(found)}
    undefined = {name: figure for name, figure in figures.items() if isinstance(figure, UndefinedReason)}
    known = {name: figure for name, figure in figures.items() if name not in undefined}
    before, after = zip(*waves.pairs(), strict=True)
    return known | {"undefined": undefined, "before": spread(asked, before), "after": spread(asked, after)}


def _question(who: Principal, question: SurveyQuestion, found: Distribution) -> QuestionResult:
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


def session_effectiveness(session_id: UUID, series: Sequence[EffectSeries]) -> SessionEffectiveness:
    effects = [_effect(one, one.waves, one.withheld) for one in series]
    return SessionEffectiveness(course_session_id=session_id, effects=effects)


def course_effectiveness(course_id: UUID, series: Sequence[EffectSeries]) -> CourseEffectiveness:
    """Questions alike in key, design and scale, over all sessions of the course that are settled."""
    effects = [_pooled(list(alike)) for _, alike in groupby(sorted(series, key=_in_order), key=_comparable)]
    return CourseEffectiveness(course_id=course_id, effects=effects)


def _comparable(line: EffectSeries) -> tuple[Any, ...]:
    scale = line.asked.scale
    assert scale is not None  # noqa: S101 - a question with a pair_key has one
    return line.asked.pair_key, line.design, line.asked.type, scale.min, scale.max, scale.direction


def _in_order(line: EffectSeries) -> tuple[Any, ...]:
    return *_comparable(line), line.settled_at is None, line.settled_at or clock.now(), line.session_id


def _pooled(lines: list[EffectSeries]) -> EffectRead:
    settled = [line for line in lines if line.settled_at]
    if lines[0].design == EffectDesign.PRE_FOLLOW_UP:
        waves = rules.merged(line.waves for line in settled if line.withheld is None)
    else:
        waves = rules.pooled((line.waves, line.least) for line in settled)
    withheld = None if waves.pairs() else WithheldReason.WOULD_DISCLOSE if settled else WithheldReason.STILL_OPEN
    return _effect(lines[-1], waves, withheld)


def survey_results(
    who: Principal, survey: Survey, least: int, found: Mapping[str, Distribution], *, printed: bool
) -> SurveyResults:
    return SurveyResults(
        survey_id=survey.id,
        kind=survey.kind,
        status=survey.status,
        minimum_group=least,
        printed=printed,
        questions=[_question(who, question, found[question.code]) for question in survey.questions],
    )
