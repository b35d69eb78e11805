"""How answers are spread, and what may be shown of it. Plain values in, figures out.

Figures are shown for groups of at least k answers, once no answer can change any more, and never twice over bases that
differ: no two readings can be subtracted. What was asked before and after is therefore shown by the effect alone,
over the pairs. Where all answers, or all but one, are alike, they would be known of each person: nothing is shown.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import fsum
from statistics import median

from app.kit.vocabulary import Word
from app.responses.rules import Value, percent
from app.surveys.rules import Question, QuestionType, SurveyKind

CROSS_UNIT_MINIMUM = 10


class WithheldReason(Word):
    """Why nothing is shown; whether answers are too few or too alike is not told apart."""

    STILL_OPEN = "still_open", "回答受付中", "Still open"
    SESSION_CANCELLED = "session_cancelled", "研修中止", "Session cancelled"
    WOULD_DISCLOSE = "would_disclose", "個人の回答が推定されるため秘匿", "Would disclose a person's answer"
    SHOWN_AS_EFFECT = "shown_as_effect", "研修効果として表示", "Shown as an effect"


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
