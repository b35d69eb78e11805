"""Which answers make a pair, and which pairs may be shown. Plain values in, decisions out.

An answer to a paired question is shown here and nowhere else, and over one group only: the pairs of its session. What
is added later (a follow-up, another session) is shown when what it adds or leaves out is a group of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kit.vocabulary import Word
from app.responses.rules import MAX_DECIMALS
from app.results.rules import would_disclose
from app.surveys.rules import QuestionMoment, SurveyKind

Answers = Mapping[bytes, float]


class Stage(StrEnum):
    """When an answer was given, or which time it speaks of."""

    PRE = "pre"
    POST = "post"
    FOLLOW_UP = "follow_up"
    BEFORE = "before"
    AFTER = "after"


class EffectDesign(Word):
    """Two waves; two waves and a later one, of those who answered all three; or one form that asks for both times."""

    PRE_POST = "pre_post", "事前・事後", "Before and after"
    PRE_FOLLOW_UP = "pre_follow_up", "事前・事後・追跡", "Before, after and follow-up"
    RETROSPECTIVE = "retrospective", "事後の振り返り", "Retrospective"


STAGES: Mapping[EffectDesign, tuple[Stage, ...]] = {
    EffectDesign.PRE_POST: (Stage.PRE, Stage.POST),
    EffectDesign.PRE_FOLLOW_UP: (Stage.PRE, Stage.POST, Stage.FOLLOW_UP),
    EffectDesign.RETROSPECTIVE: (Stage.BEFORE, Stage.AFTER),
}


def stage_of(kind: SurveyKind, moment: QuestionMoment | None) -> Stage:
    return Stage(moment or kind)


@dataclass(frozen=True)
class Waves:
    """Answers before and after by respondent."""

    before: Answers
    after: Answers

    def pairs(self) -> list[tuple[float, float]]:
        return [(value, self.after[who]) for who, value in self.before.items() if who in self.after]


def waves_of(design: EffectDesign, answers: Mapping[Stage, Answers]) -> Waves:
    first, last = (answers[stage] for stage in (STAGES[design][0], STAGES[design][-1]))
    if design == EffectDesign.PRE_FOLLOW_UP:
        first = {who: value for who, value in first.items() if who in answers[Stage.POST]}
    return Waves(first, last)


def may_show(waves: Waves, k: int) -> bool:
    """At least k pairs, and neither the answers before, nor those after, nor the changes are all alike."""
    pairs = waves.pairs()
    changes = [round(after - before, MAX_DECIMALS) for before, after in pairs]
    views = ([before for before, _ in pairs], [after for _, after in pairs], changes)
    return not any(would_disclose(Counter(view).values(), len(pairs), k) for view in views)


def may_show_part(part: Waves, whole: Waves, k: int) -> bool:
    """A part of pairs that are shown already: those left out must be nobody, or a group."""
    left_out = len(whole.pairs()) - len(part.pairs())
    return may_show(whole, k) and may_show(part, k) and (left_out == 0 or left_out >= k)


def merged(several: Iterable[Waves]) -> Waves:
    """Respondents of different sessions never share a key."""
    before: dict[bytes, float] = {}
    after: dict[bytes, float] = {}
    for waves in several:
        before |= waves.before
        after |= waves.after
    return Waves(before, after)


def pooled(sessions: Iterable[tuple[Waves, int]]) -> Waves:
    """What a course may show of its sessions, each with its k, in the order in which they were settled.

    Sessions that cannot be shown by themselves wait until together they can. As only whole batches enter, neither the
    sessions' own figures nor an earlier reading of the course can be subtracted to a smaller group.
    """
    entered: list[Waves] = []
    waiting: list[tuple[Waves, int]] = []
    for waves, k in sessions:
        if may_show(waves, k):
            entered.append(waves)
            continue
        waiting.append((waves, k))
        batch = merged(waves for waves, _ in waiting)
        if may_show(batch, max(k for _, k in waiting)):
            entered.append(batch)
            waiting = []
    return merged(entered)
