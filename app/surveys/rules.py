"""What counts as an answer, and when. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kit.problems import Invalid, Member, passes
from app.surveys.enums import (
    Identification,
    QuestionMoment,
    QuestionType,
    ResponseTiming,
    ScaleDirection,
    SurveyAction,
    SurveyKind,
    SurveyStatus,
)
from app.surveys.errors import (
    AnsweredAnonymously,
    AnswerNotMatchingQuestion,
    AnswerOutsideScale,
    DuplicateAnswer,
    DuplicateOption,
    DuplicatePairToken,
    DuplicateQuestion,
    InvalidPair,
    MissingAnswer,
    MissingQuestionText,
    OptionsNotMatchingType,
    PairMismatch,
    PairTokenNotExpected,
    ScaleNotMatchingType,
    SessionNotMatchingKind,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyOfCancelledSession,
    SurveyWindowOrderInvalid,
    SurveyWithoutQuestions,
    UnknownOption,
    UnknownQuestion,
)

Value = int | float | str | list[str]

MAX_DECIMALS = 6

ASKED_OF_ATTENDEES = frozenset({SurveyKind.POST, SurveyKind.FOLLOW_UP, SurveyKind.RETROSPECTIVE})


@dataclass(frozen=True)
class Scale:
    """From `min` to `max` in whole steps; a number's scale is the range it may lie in."""

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


@dataclass(frozen=True)
class Window:
    """When answers are taken: to `due_at` in time, from then to `closes_at` late, after that never."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None

    def check(self) -> None:
        given = [instant for instant in (self.opens_at, self.due_at, self.closes_at) if instant]
        if given != sorted(given) or (self.opens_at and self.opens_at == self.closes_at):
            raise SurveyWindowOrderInvalid(pointer="/closes_at" if self.closes_at else "/due_at")

    def is_over(self, now: datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    def holds(self, now: datetime) -> bool:
        return (self.opens_at is None or now >= self.opens_at) and not self.is_over(now)


def check_questions(kind: SurveyKind, questions: Sequence[Question]) -> None:
    """Refuse a questionnaire that cannot be asked, naming every member that is wrong."""
    faults = [error.at(f"/questions/{at}/{member}") for at, member, error in _question_faults(kind, questions)]
    if faults:
        raise Invalid(members=tuple(faults))


def _question_faults(kind: SurveyKind, questions: Sequence[Question]) -> Iterator[tuple[int, str, type[Invalid]]]:
    for at, question in enumerate(questions):
        if question.code in {earlier.code for earlier in questions[:at]}:
            yield at, "code", DuplicateQuestion
        if question.text is None and kind != SurveyKind.BASELINE:
            yield at, "text", MissingQuestionText
        if _repeats(question.options):
            yield at, "options", DuplicateOption
        if not _options_fit(question):
            yield at, "options", OptionsNotMatchingType
        if not _scale_fits(question):
            yield at, "scale", ScaleNotMatchingType
        if not _pair_fits(kind, question, questions):
            yield at, "pair_key", InvalidPair


def _options_fit(question: Question) -> bool:
    """Free text may list the themes under which opinions were sorted."""
    chooses = question.type in {QuestionType.SINGLE, QuestionType.MULTIPLE}
    return chooses == bool(question.options) or question.type == QuestionType.FREE_TEXT


def _scale_fits(question: Question) -> bool:
    if question.scale is None:
        return question.type != QuestionType.SCALE
    steps = question.scale.max - question.scale.min
    most = MOST_STEPS if question.type == QuestionType.SCALE else steps
    return question.type in {QuestionType.SCALE, QuestionType.NUMBER} and 0 < steps <= most


def _pair_fits(kind: SurveyKind, question: Question, questions: Sequence[Question]) -> bool:
    if question.pair_key is None:
        return question.moment is None
    partners = [other for other in questions if other.pair_key == question.pair_key]
    moments = {other.moment for other in partners}
    expected = {QuestionMoment.BEFORE, QuestionMoment.AFTER} if kind == SurveyKind.RETROSPECTIVE else {None}
    alike = {(other.type, other.scale) for other in partners}
    return bool(question.scale) and moments == expected and len(partners) == len(expected) and len(alike) == 1


def _repeats(values: Collection[Hashable]) -> bool:
    return len(set(values)) < len(values)


def check_kind(kind: SurveyKind, *, has_session: bool) -> None:
    if (kind == SurveyKind.BASELINE) == has_session:
        raise SessionNotMatchingKind(pointer="/course_session_id")


def check_draft(status: SurveyStatus) -> None:
    if status != SurveyStatus.DRAFT:
        raise SurveyNotDraft


def opened(status: SurveyStatus, *, questions: int, session_cancelled: bool) -> SurveyStatus:
    check_draft(status)
    if session_cancelled:
        raise SurveyOfCancelledSession
    if not questions:
        raise SurveyWithoutQuestions(pointer="/questions")
    return SurveyStatus.OPEN


def check_partners(
    identification: Identification,
    questions: Sequence[Question],
    others: Iterable[tuple[Identification, Sequence[Question]]],
) -> None:
    """Pairs of one session are asked on one scale and under one identification, or they could not be compared."""
    asked = {question.pair_key: question for question in questions if question.pair_key}
    for other_identification, other_questions in others:
        for other in other_questions:
            own = asked.get(other.pair_key or "")
            if own and (identification, own.type, own.scale) != (other_identification, other.type, other.scale):
                raise PairMismatch


@dataclass(frozen=True)
class Opening:
    """What opening a survey depends on; `others` are those of its session that have been opened."""

    status: SurveyStatus
    identification: Identification
    questions: Sequence[Question]
    session_cancelled: bool = False
    others: Sequence[tuple[Identification, Sequence[Question]]] = ()

    def check(self) -> SurveyStatus:
        """The status that follows."""
        follows = opened(self.status, questions=len(self.questions), session_cancelled=self.session_cancelled)
        check_partners(self.identification, self.questions, self.others)
        return follows


def closed(status: SurveyStatus) -> SurveyStatus:
    if status != SurveyStatus.OPEN:
        raise SurveyNotOpen
    return SurveyStatus.CLOSED


def actions(opening: Opening) -> list[SurveyAction]:
    """What those who run surveys may do with one now."""
    checks = {SurveyAction.OPENING: opening.check, SurveyAction.CLOSING: lambda: closed(opening.status)}
    return [action for action, check in checks.items() if passes(check)]


def takes_answers(status: SurveyStatus, window: Window, now: datetime) -> bool:
    return status == SurveyStatus.OPEN and window.holds(now)


def is_settled(status: SurveyStatus, window: Window, now: datetime) -> bool:
    """No answer can come or change any more; before that, two readings could be subtracted from each other."""
    return status == SurveyStatus.CLOSED or (status == SurveyStatus.OPEN and window.is_over(now))


def timing(kind: SurveyKind, window: Window, *, session_starts_at: datetime | None, now: datetime) -> ResponseTiming:
    if kind == SurveyKind.PRE and session_starts_at and now >= session_starts_at:
        return ResponseTiming.AFTER_START
    return ResponseTiming.LATE if window.due_at and now > window.due_at else ResponseTiming.ON_TIME


def check_token(identification: Identification, token: str | None) -> None:
    if token and identification != Identification.ANONYMOUS:
        raise PairTokenNotExpected(pointer="/pair_token")


def check_holder(*, first: bool, known: bool) -> None:
    """`first`: the person has not answered yet; `known`: an answer with this token is there."""
    if first and known:
        raise DuplicatePairToken(pointer="/pair_token")
    if not first and not known:
        raise AnsweredAnonymously


def percent(part: int, whole: int) -> int | None:
    """Whole percent as the policy prints them, half up; of nobody there is none."""
    return (200 * part + whole) // (2 * whole) if whole else None


def check_answers(questions: Mapping[str, Question], answers: Sequence[tuple[str, Value]]) -> dict[str, Value]:
    """The answers by question code, or every member that is wrong."""
    faults = list(_answer_faults(questions, answers))
    if faults:
        raise Invalid(members=tuple(faults))
    return dict(answers)


def _answer_faults(questions: Mapping[str, Question], answers: Sequence[tuple[str, Value]]) -> Iterator[Member]:
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


DEFAULT_MINIMUM_GROUP = 10

LEAST_MINIMUM_GROUP = 5

MOST_STEPS = 100
