"""What counts as an answer, and when. Plain values in, decisions out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.kit.problems import Conflict, Invalid, Member
from app.kit.vocabulary import Word
from app.surveys.rules import Identification, Question, QuestionType, SurveyKind, Window

Value = int | float | str | list[str]
MAX_DECIMALS = 6
ASKED_OF_ATTENDEES = frozenset({SurveyKind.POST, SurveyKind.FOLLOW_UP, SurveyKind.RETROSPECTIVE})


class ResponseTiming(Word):
    """A pre-survey answered after the first meeting has started is kept, but is no pre."""

    ON_TIME = "on_time", "期限内", "On time"
    LATE = "late", "期限後", "Late"
    AFTER_START = "after_start", "研修開始後", "After the session started"


class NotAttended(Conflict):
    """This survey is for those who attended the session."""

    ja = "このアンケートは受講した人だけが回答できます。"


class AnsweredAnonymously(Conflict):
    """You have answered anonymously: only your pair_token can replace that answer."""

    ja = "匿名で回答済みです。回答時の pair_token がなければ差し替えられません。"


class PairTokenTaken(Conflict):
    """This pair_token belongs to another answer."""

    ja = "この pair_token は別の回答のものです。"


class PairTokenUnused(Invalid):
    """A pair_token belongs to anonymous surveys only."""

    ja = "pair_token は匿名のアンケートでだけ使います。"


class UnknownSurvey(Invalid):
    """There is no such survey for you."""

    ja = "該当するアンケートがありません。"


class UnknownQuestion(Invalid):
    """The survey has no such question."""

    ja = "該当する設問がありません。"


class AnsweredTwice(Invalid):
    """The question is answered twice."""

    ja = "同じ設問に2回回答しています。"


class AnswerMissing(Invalid):
    """This question must be answered."""

    ja = "必須の設問に回答がありません。"


class AnswerForm(Invalid):
    """Give a number, a text, or an array of option codes."""

    ja = "数値、文字列、または選択肢コードの配列を指定してください。"


class AnswerUnfit(Invalid):
    """The answer does not have the form that the question asks for."""

    ja = "回答の形式が設問に合っていません。"


class OutsideScale(Invalid):
    """The answer lies outside the scale."""

    ja = "回答が尺度の範囲外です。"


class UnknownOption(Invalid):
    """The question has no such option."""

    ja = "該当する選択肢がありません。"


def timing(kind: SurveyKind, window: Window, *, session_starts_at: datetime | None, now: datetime) -> ResponseTiming:
    if kind == SurveyKind.PRE and session_starts_at and now >= session_starts_at:
        return ResponseTiming.AFTER_START
    return ResponseTiming.LATE if window.due_at and now > window.due_at else ResponseTiming.ON_TIME


def check_token(identification: Identification, token: str | None) -> None:
    if token and identification != Identification.ANONYMOUS:
        raise PairTokenUnused(pointer="/pair_token")


def check_holder(*, first: bool, known: bool) -> None:
    """`first`: the person has not answered yet; `known`: an answer with this token is there."""
    if first and known:
        raise PairTokenTaken(pointer="/pair_token")
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
            yield AnsweredTwice.at(f"/answers/{at}/question_code")
        elif fault := _fault(question, value):
            yield fault.at(f"/answers/{at}/value")
        seen.add(code)
    if any(question.required and code not in seen for code, question in questions.items()):
        yield AnswerMissing.at("/answers")


def _fault(question: Question, value: Value) -> type[Invalid] | None:
    match question.type:
        case QuestionType.SINGLE:
            return _choice_fault(question, [value])
        case QuestionType.MULTIPLE:
            return _choice_fault(question, value) if isinstance(value, list) else AnswerUnfit
        case QuestionType.SCALE | QuestionType.NUMBER:
            return _number_fault(question, value)
        case QuestionType.FREE_TEXT:
            return None if isinstance(value, str) and value.strip() else AnswerUnfit


def _choice_fault(question: Question, chosen: Sequence[Value]) -> type[Invalid] | None:
    if not all(isinstance(code, str) for code in chosen):
        return AnswerUnfit
    if not set(map(str, chosen)) <= set(question.options):
        return UnknownOption
    return AnsweredTwice if len(set(map(str, chosen))) < len(chosen) else None


def _number_fault(question: Question, value: Value) -> type[Invalid] | None:
    if isinstance(value, (bool, str, list)) or (question.type == QuestionType.SCALE and not isinstance(value, int)):
        return AnswerUnfit
    if round(value, MAX_DECIMALS) != value:
        return AnswerUnfit
    return OutsideScale if question.scale and value not in question.scale else None
