"""Questions of a survey, and the answers that they take. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.kit.problems import FieldError, Invalid
from app.surveys.enums import Identification, QuestionMoment, QuestionType, ScaleDirection, SurveyKind
from app.surveys.errors import (
    AnswerNotMatchingQuestion,
    AnswerOutsideScale,
    DuplicateAnswer,
    DuplicateOption,
    DuplicateQuestion,
    InvalidPair,
    MissingAnswer,
    MissingQuestionText,
    OptionsNotMatchingType,
    PairMismatch,
    ScaleNotMatchingType,
    UnknownOption,
    UnknownQuestion,
)

Value = int | float | str | list[str]

MAX_DECIMALS = 6
MAX_STEPS = 100


@dataclass(frozen=True)
class Scale:
    """Whole steps from `min` to `max`; for a number, the range of its value."""

    min: int
    max: int
    direction: ScaleDirection

    def __contains__(self, value: float) -> bool:
        return self.min <= value <= self.max


@dataclass(frozen=True)
class Question:
    code: str
    type: QuestionType
    text: str | None = None
    options: tuple[str, ...] = ()
    scale: Scale | None = None
    pair_key: str | None = None
    moment: QuestionMoment | None = None
    required: bool = True


def check_questions(kind: SurveyKind, questions: Sequence[Question]) -> None:
    """Refuse invalid questions, reporting every field that is wrong."""
    faults = [error.at(f"/questions/{at}/{field}") for at, field, error in _question_faults(kind, questions)]
    if faults:
        raise Invalid(fields=tuple(faults))


def _question_faults(kind: SurveyKind, questions: Sequence[Question]) -> Iterator[tuple[int, str, type[Invalid]]]:
    for at, question in enumerate(questions):
        if question.code in {earlier.code for earlier in questions[:at]}:
            yield at, "code", DuplicateQuestion
        if question.text is None and kind != SurveyKind.BASELINE:
            yield at, "text", MissingQuestionText
        if _has_duplicates(question.options):
            yield at, "options", DuplicateOption
        if not _options_valid(question):
            yield at, "options", OptionsNotMatchingType
        if not _scale_valid(question):
            yield at, "scale", ScaleNotMatchingType
        if not _pair_valid(kind, question, questions):
            yield at, "pair_key", InvalidPair


def _options_valid(question: Question) -> bool:
    """Choices need options; free text may list the themes that its answers were sorted by."""
    chooses = question.type in {QuestionType.SINGLE, QuestionType.MULTIPLE}
    return chooses == bool(question.options) or question.type == QuestionType.FREE_TEXT


def _scale_valid(question: Question) -> bool:
    if question.scale is None:
        return question.type != QuestionType.SCALE
    steps = question.scale.max - question.scale.min
    max_steps = MAX_STEPS if question.type == QuestionType.SCALE else steps
    return question.type in {QuestionType.SCALE, QuestionType.NUMBER} and 0 < steps <= max_steps


def _pair_valid(kind: SurveyKind, question: Question, questions: Sequence[Question]) -> bool:
    if question.pair_key is None:
        return question.moment is None
    partners = [other for other in questions if other.pair_key == question.pair_key]
    moments = {other.moment for other in partners}
    expected = {QuestionMoment.BEFORE, QuestionMoment.AFTER} if kind == SurveyKind.RETROSPECTIVE else {None}
    formats = {(other.type, other.scale) for other in partners}
    return bool(question.scale) and moments == expected and len(partners) == len(expected) and len(formats) == 1


def _has_duplicates(values: Collection[Hashable]) -> bool:
    return len(set(values)) < len(values)


def check_pairs_match(
    identification: Identification,
    questions: Sequence[Question],
    others: Iterable[tuple[Identification, Sequence[Question]]],
) -> None:
    """All surveys of a session ask a pair on the same scale and identification; else answers are not comparable."""
    paired = {question.pair_key: question for question in questions if question.pair_key}
    for other_identification, other_questions in others:
        for other in other_questions:
            own = paired.get(other.pair_key or "")
            if own and (identification, own.type, own.scale) != (other_identification, other.type, other.scale):
                raise PairMismatch


def check_answers(questions: Mapping[str, Question], answers: Sequence[tuple[str, Value]]) -> dict[str, Value]:
    """The answers by question code; refused with every field that is wrong."""
    faults = list(_answer_faults(questions, answers))
    if faults:
        raise Invalid(fields=tuple(faults))
    return dict(answers)


def _answer_faults(questions: Mapping[str, Question], answers: Sequence[tuple[str, Value]]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for at, (code, value) in enumerate(answers):
        question = questions.get(code)
        if question is None:
            yield UnknownQuestion.at(f"/answers/{at}/question_code")
        elif code in seen:
            yield DuplicateAnswer.at(f"/answers/{at}/question_code")
        elif fault := _fault(question, value):
            yield fault.at(f"/answers/{at}/value")
        seen.add(code)
    if any(question.required and code not in seen for code, question in questions.items()):
        yield MissingAnswer.at("/answers")


def _fault(question: Question, value: Value) -> type[Invalid] | None:
    match question.type:
        case QuestionType.SINGLE:
            return _choice_fault(question, [value])
        case QuestionType.MULTIPLE:
            return _choice_fault(question, value) if isinstance(value, list) else AnswerNotMatchingQuestion
        case QuestionType.SCALE | QuestionType.NUMBER:
            return _number_fault(question, value)
        case QuestionType.FREE_TEXT:
            return None if isinstance(value, str) and value.strip() else AnswerNotMatchingQuestion


def _choice_fault(question: Question, chosen: Sequence[Value]) -> type[Invalid] | None:
    if not all(isinstance(code, str) for code in chosen):
        return AnswerNotMatchingQuestion
    if not set(map(str, chosen)) <= set(question.options):
        return UnknownOption
    return DuplicateAnswer if len(set(map(str, chosen))) < len(chosen) else None


def _number_fault(question: Question, value: Value) -> type[Invalid] | None:
    if isinstance(value, (bool, str, list)) or (question.type == QuestionType.SCALE and not isinstance(value, int)):
        return AnswerNotMatchingQuestion
    if round(value, MAX_DECIMALS) != value:
        return AnswerNotMatchingQuestion
    return AnswerOutsideScale if question.scale and value not in question.scale else None
