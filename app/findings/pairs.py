"""Which answers make a pair. Plain values in, values out."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from app.findings.enums import EffectDesign, Stage
from app.surveys.enums import QuestionMoment, SurveyKind

Answers = Mapping[bytes, float]
"""One answer per respondent."""

STAGES: Mapping[EffectDesign, tuple[Stage, ...]] = {
    EffectDesign.PRE_POST: (Stage.PRE, Stage.POST),
    EffectDesign.PRE_FOLLOW_UP: (Stage.PRE, Stage.POST, Stage.FOLLOW_UP),
    EffectDesign.RETROSPECTIVE: (Stage.BEFORE, Stage.AFTER),
}


@dataclass(frozen=True)
class PairedAnswers:
    """Answers before and after by respondent."""

    before: Answers
    after: Answers

    def paired(self) -> Set[bytes]:
        """The respondents who gave both answers."""
        return self.before.keys() & self.after.keys()

    @cached_property
    def pairs(self) -> list[tuple[float, float]]:
        return [(value, self.after[who]) for who, value in self.before.items() if who in self.after]


def stage_of(kind: SurveyKind, moment: QuestionMoment | None) -> Stage:
    return Stage(moment or kind)


def paired_answers(design: EffectDesign, answers: Mapping[Stage, Answers]) -> PairedAnswers:
    """The first and the last stage; a follow-up only counts for people who also answered the post-survey."""
    first, last = (answers[stage] for stage in (STAGES[design][0], STAGES[design][-1]))
    if design == EffectDesign.PRE_FOLLOW_UP:
        first = {who: value for who, value in first.items() if who in answers[Stage.POST]}
    return PairedAnswers(first, last)


def merged(several: Iterable[PairedAnswers]) -> PairedAnswers:
    """The answers of several sessions; a respondent has a different key in each."""
    before: dict[bytes, float] = {}
    after: dict[bytes, float] = {}
    for paired in several:
        before |= paired.before
        after |= paired.after
    return PairedAnswers(before, after)
