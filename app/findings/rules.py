"""Which answers make a pair, and which pairs may be shown. Plain values in, decisions out.

An answer to a paired question is shown here and nowhere else, and over one group only: the pairs of its session. What
is added later (a follow-up, another session) is shown when what it adds or leaves out is a group of its own.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import fsum
from statistics import median

from app.findings.enums import EffectDesign, Stage, WithheldReason
from app.surveys.enums import QuestionMoment, QuestionType, SurveyKind
from app.surveys.rules import MAX_DECIMALS, Question, Value, percent

Answers = Mapping[bytes, float]

STAGES: Mapping[EffectDesign, tuple[Stage, ...]] = {
    EffectDesign.PRE_POST: (Stage.PRE, Stage.POST),
    EffectDesign.PRE_FOLLOW_UP: (Stage.PRE, Stage.POST, Stage.FOLLOW_UP),
    EffectDesign.RETROSPECTIVE: (Stage.BEFORE, Stage.AFTER),
}


def stage_of(kind: SurveyKind, moment: QuestionMoment | None) -> Stage:
    return Stage(moment or kind)


@dataclass(frozen=True)
class PairedAnswers:
    """Answers before and after by respondent."""

    before: Answers
    after: Answers

    def pairs(self) -> list[tuple[float, float]]:
        return [(value, self.after[who]) for who, value in self.before.items() if who in self.after]


def waves_of(design: EffectDesign, answers: Mapping[Stage, Answers]) -> PairedAnswers:
    first, last = (answers[stage] for stage in (STAGES[design][0], STAGES[design][-1]))
    if design == EffectDesign.PRE_FOLLOW_UP:
        first = {who: value for who, value in first.items() if who in answers[Stage.POST]}
    return PairedAnswers(first, last)


def may_show(waves: PairedAnswers, k: int) -> bool:
    """At least k pairs, and neither the answers before, nor those after, nor the changes are all alike."""
    pairs = waves.pairs()
    changes = [round(after - before, MAX_DECIMALS) for before, after in pairs]
    views = ([before for before, _ in pairs], [after for _, after in pairs], changes)
    return not any(would_disclose(Counter(view).values(), len(pairs), k) for view in views)


def may_show_part(part: PairedAnswers, whole: PairedAnswers, k: int) -> bool:
    """A part of pairs that are shown already: those left out must be nobody, or a group."""
    left_out = len(whole.pairs()) - len(part.pairs())
    return may_show(whole, k) and may_show(part, k) and (left_out == 0 or left_out >= k)


def merged(several: Iterable[PairedAnswers]) -> PairedAnswers:
    """Respondents of different sessions never share a key."""
    before: dict[bytes, float] = {}
    after: dict[bytes, float] = {}
    for waves in several:
        before |= waves.before
        after |= waves.after
    return PairedAnswers(before, after)


def pooled(sessions: Iterable[tuple[PairedAnswers, int]]) -> PairedAnswers:
    """What a course may show of its sessions, each with its k, in the order in which they were settled.

    Sessions that cannot be shown by themselves wait until together they can. As only whole batches enter, neither the
    sessions' own figures nor an earlier reading of the course can be subtracted to a smaller group.
    """
    entered: list[PairedAnswers] = []
    waiting: list[tuple[PairedAnswers, int]] = []
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


CROSS_UNIT_MINIMUM = 10


@dataclass(frozen=True)
class AnswerCount:
    """An option or a step of the scale. A printed figure may have a percentage alone, or nothing."""

    code: str
    count: int | None
    percent: int | None


@dataclass(frozen=True)
class Distribution:
    n: int | None = None
    cells: tuple[AnswerCount, ...] = ()
    mean: float | None = None
    median: float | None = None
    texts: tuple[str, ...] = ()
    withheld: WithheldReason | None = None


Tally = Sequence[tuple[Value, int]]


def least_group(minimum_group: int, *, runs_surveys: bool) -> int:
    """The training office may look at smaller groups than anybody else."""
    return minimum_group if runs_surveys else max(minimum_group, CROSS_UNIT_MINIMUM)


def would_disclose(counts: Collection[int], n: int, k: int) -> bool:
    """Too few answers, or one that all gave, or all but one: that one could subtract itself."""
    return n < k or max(counts, default=0) >= n - 1


def is_paired(kind: SurveyKind, question: Question) -> bool:
    return question.pair_key is not None and kind != SurveyKind.BASELINE


def distribution(kind: SurveyKind, question: Question, tally: Tally, k: int) -> Distribution:
    if is_paired(kind, question):
        return hidden(question, WithheldReason.SHOWN_AS_EFFECT)
    n = sum(count for _, count in tally)
    alike = [] if question.type == QuestionType.MULTIPLE else [count for _, count in tally]
    if would_disclose(alike, n, k):
        return hidden(question, WithheldReason.WOULD_DISCLOSE)
    match question.type:
        case QuestionType.MULTIPLE:
            return _of_several(question, tally, n)
        case QuestionType.FREE_TEXT:
            return Distribution(n, texts=tuple(sorted(str(text) for text, count in tally for _ in range(count))))
        case _:
            return _of_one(question, tally, n)


def hidden(question: Question, why: WithheldReason) -> Distribution:
    return Distribution(cells=tuple(AnswerCount(code, None, None) for code in codes(question)), withheld=why)


def codes(question: Question) -> tuple[str, ...]:
    """The options of a choice, the steps of a scale."""
    if question.type == QuestionType.SCALE and question.scale:
        return tuple(map(str, range(question.scale.min, question.scale.max + 1)))
    return question.options


def _of_one(question: Question, tally: Tally, n: int) -> Distribution:
    counts = {str(value): count for value, count in tally}
    cells = _cells(question, counts, n)
    if question.type == QuestionType.SINGLE:
        return Distribution(n, cells)
    numbers = [number for value, count in tally for number in repeat(_number(value), count)]
    return Distribution(n, cells, mean=fsum(numbers) / n, median=median(numbers))


def spread(question: Question, values: Sequence[float]) -> tuple[AnswerCount, ...]:
    """How often each step of the scale was chosen; numbers without steps have no cells."""
    return _cells(question, Counter(f"{value:g}" for value in values), len(values))


def _cells(question: Question, counts: Mapping[str, int], n: int) -> tuple[AnswerCount, ...]:
    return tuple(AnswerCount(code, counts.get(code, 0), percent(counts.get(code, 0), n)) for code in codes(question))


def _of_several(question: Question, tally: Tally, n: int) -> Distribution:
    """Options are independent of each other, so an option that all chose can be hidden alone; shares may exceed 100."""
    counts = dict.fromkeys(question.options, 0)
    for chosen, count in tally:
        for code in chosen if isinstance(chosen, list) else ():
            counts[code] += count
    return Distribution(n, tuple(_cell(code, count, n) for code, count in counts.items()))


def _cell(code: str, count: int, n: int) -> AnswerCount:
    return AnswerCount(code, None, None) if count >= n - 1 else AnswerCount(code, count, percent(count, n))


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
