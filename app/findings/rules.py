"""Distributions of the answers to a question. Plain values in, decisions out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import fsum
from statistics import median

from app.findings import disclosure
from app.findings.enums import WithheldReason
from app.surveys.enums import QuestionType, SurveyKind
from app.surveys.questions import Question, Value
from app.surveys.rules import percent

Tally = Sequence[tuple[Value, int]]
"""Each value with the number of people who answered it."""


@dataclass(frozen=True)
class AnswerCount:
    """How many people chose an option or a step of the scale; null is unknown or withheld."""

    code: str
    count: int | None
    percent: int | None


@dataclass(frozen=True)
class Distribution:
    """What may be shown of the answers to one question; without figures where `withheld` gives a reason."""

    n: int | None = None
    counts: tuple[AnswerCount, ...] = ()
    mean: float | None = None
    median: float | None = None
    texts: tuple[str, ...] = ()
    withheld: WithheldReason | None = None


def distribution(kind: SurveyKind, question: Question, tally: Tally, smallest: int) -> Distribution:
    if disclosure.is_shown_as_effect(kind, question):
        return withheld(question, WithheldReason.SHOWN_AS_EFFECT)
    n = sum(count for _, count in tally)
    counts = chosen(question, tally) if question.type == QuestionType.MULTIPLE else {}
    if disclosure.would_disclose(counts.values() or [count for _, count in tally], n, smallest):
        return withheld(question, WithheldReason.WOULD_DISCLOSE)
    match question.type:
        case QuestionType.MULTIPLE:
            return Distribution(n, _answer_counts(question, counts, n))
        case QuestionType.FREE_TEXT:
            return Distribution(n, texts=tuple(sorted(str(text) for text, count in tally for _ in range(count))))
        case _:
            return _of_single_value(question, tally, n)


def withheld(question: Question, reason: WithheldReason) -> Distribution:
    return Distribution(counts=tuple(AnswerCount(code, None, None) for code in codes(question)), withheld=reason)


def codes(question: Question) -> tuple[str, ...]:
    """The options of a choice, the steps of a scale."""
    if question.type == QuestionType.SCALE and question.scale:
        return tuple(map(str, range(question.scale.min, question.scale.max + 1)))
    return question.options


def count_by_step(question: Question, values: Sequence[float]) -> tuple[AnswerCount, ...]:
    """How many values each step of the scale has; empty for a number without steps."""
    return _answer_counts(question, Counter(f"{value:g}" for value in values), len(values))


def _of_single_value(question: Question, tally: Tally, n: int) -> Distribution:
    counts = _answer_counts(question, {str(value): count for value, count in tally}, n)
    if question.type == QuestionType.SINGLE:
        return Distribution(n, counts)
    numbers = [number for value, count in tally for number in repeat(_number(value), count)]
    return Distribution(n, counts, mean=fsum(numbers) / n, median=median(numbers))


def _answer_counts(question: Question, counts: Mapping[str, int], n: int) -> tuple[AnswerCount, ...]:
    return tuple(AnswerCount(code, counts.get(code, 0), percent(counts.get(code, 0), n)) for code in codes(question))


def chosen(question: Question, tally: Tally) -> dict[str, int]:
    """How many people chose each option of a multiple choice; percentages may add up to more than 100."""
    counts = dict.fromkeys(question.options, 0)
    for options, count in tally:
        for code in options if isinstance(options, list) else ():
            counts[code] += count
    return counts


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
