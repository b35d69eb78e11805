"""Read models of results and effectiveness."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from app.findings.disclosure import pooled
from app.findings.enums import EffectDesign, WithheldReason
from app.findings.pairs import PairedAnswers, merged
from app.findings.queries import EffectSeries
from app.findings.rules import AnswerCount, Distribution, count_by_step
from app.findings.schemas import (
    CourseEffectiveness,
    EffectRead,
    OptionResult,
    QuestionResult,
    SessionEffectiveness,
    SurveyResults,
)
from app.findings.statistics import UndefinedReason, effect, undefined_figures
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.surveys.enums import QuestionType, ScaleDirection
from app.surveys.models import OptionFields, ScaleFields, Survey, SurveyQuestion

T = TypeVar("T")


def session_effectiveness(session_id: UUID, series: Sequence[EffectSeries]) -> SessionEffectiveness:
    effects = [_effect(one, one.paired, one.withheld) for one in series]
    return SessionEffectiveness(course_session_id=session_id, effects=effects)


def course_effectiveness(
    course_id: UUID, fiscal_year: int | None, series: Sequence[EffectSeries]
) -> CourseEffectiveness:
    """Effects over the settled sessions of the course, by pair_key, design and scale."""
    effects = [_pooled(list(alike)) for _, alike in groupby(sorted(series, key=_in_order), key=_comparable)]
    return CourseEffectiveness(course_id=course_id, fiscal_year=fiscal_year, effects=effects)


def _comparable(series: EffectSeries) -> tuple[str, EffectDesign, QuestionType, int, int, ScaleDirection]:
    scale = series.last.scale
    return series.pair_key, series.design, series.last.rule.type, scale.min, scale.max, scale.direction


def _year(series: EffectSeries) -> int:
    return series.fiscal_year


def _in_order(series: EffectSeries) -> tuple[tuple[object, ...], int, bool, datetime, UUID]:
    settled_at = series.settled_at
    return _comparable(series), _year(series), settled_at is None, settled_at or clock.now(), series.session_id


def _pooled(several: list[EffectSeries]) -> EffectRead:
    settled = [series for series in several if series.settled_at]
    if several[0].design == EffectDesign.PRE_FOLLOW_UP:
        paired = merged(series.paired for series in settled if series.withheld is None)
    else:
        paired = merged(
            pooled((series.paired, series.smallest_group) for series in of_year)
            for _, of_year in groupby(settled, key=_year)
        )
    withheld = None if paired.pairs else WithheldReason.WOULD_DISCLOSE if settled else WithheldReason.STILL_OPEN
    return _effect(several[-1], paired, withheld)


def _effect(series: EffectSeries, paired: PairedAnswers, withheld: WithheldReason | None) -> EffectRead:
    read = EffectRead(
        pair_key=series.pair_key,
        design=series.design,
        skill_code=series.last.row.skill_code,
        text=series.last.row.text,
        scale=ScaleFields.model_validate(series.last.row.scale),
        minimum_group=series.smallest_group,
        suppressed=withheld is not None,
        reason=withheld,
    )
    return read if withheld else _with_figures(read, series, paired)


def _with_figures(read: EffectRead, series: EffectSeries, paired: PairedAnswers) -> EffectRead:
    found = effect(paired.before, paired.after, series.last.scale.direction)
    before, after = zip(*paired.pairs, strict=True)
    read.n_pre, read.n_post, read.n_paired = found.n_pre, found.n_post, found.n_paired
    read.mean_pre, read.mean_post = _defined(found.mean_pre), _defined(found.mean_post)
    read.mean_change, read.improvement = _defined(found.mean_change), _defined(found.improvement)
    read.interval, read.effect_size = _defined(found.interval), _defined(found.effect_size)
    read.paired_t, read.wilcoxon = _defined(found.paired_t), _defined(found.wilcoxon)
    read.undefined = undefined_figures(found)
    read.before = list(count_by_step(series.last.rule, before))
    read.after = list(count_by_step(series.last.rule, after))
    return read


def _defined(figure: T | UndefinedReason) -> T | None:
    return None if isinstance(figure, UndefinedReason) else figure


def survey_results(
    who: Principal, survey: Survey, smallest_group: int, found: Mapping[str, Distribution], *, printed: bool
) -> SurveyResults:
    return SurveyResults(
        survey_id=survey.id,
        kind=survey.kind,
        status=survey.status,
        minimum_group=smallest_group,
        printed=printed,
        questions=[_question(who, question, found[question.code]) for question in survey.questions],
    )


def _question(who: Principal, question: SurveyQuestion, found: Distribution) -> QuestionResult:
    scale = ScaleFields.model_validate(question.scale) if question.scale else None
    return QuestionResult(
        code=question.code,
        type=question.type,
        topic=question.topic,
        text=question.text,
        text_en=question.text_en,
        skill_code=question.skill_code,
        challenge=question.challenge,
        scale=scale,
        complete=question.complete,
        suppressed=found.withheld is not None,
        reason=found.withheld,
        n=found.n,
        options=_options(question, scale, found.counts),
        mean=found.mean,
        median=found.median,
        texts=list(found.texts) if who.may(Permission.RUN_SURVEYS) else [],
    )


def _options(question: SurveyQuestion, scale: ScaleFields | None, counts: Sequence[AnswerCount]) -> list[OptionResult]:
    """Counts with the labels of their options, or of the two ends of the scale."""
    options = [OptionFields.model_validate(option) for option in question.options]
    labels = {option.code: (option.label, option.label_en) for option in options}
    ends = {str(scale.min): (scale.min_label, None), str(scale.max): (scale.max_label, None)} if scale else {}
    return [_option(count, *(labels | ends).get(count.code, (None, None))) for count in counts]


def _option(found: AnswerCount, label: str | None, label_en: str | None) -> OptionResult:
    return OptionResult(code=found.code, label=label, label_en=label_en, count=found.count, percent=found.percent)
