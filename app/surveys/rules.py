"""What a questionnaire may ask, and when it may be answered. Plain values in, decisions out."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kit.problems import Conflict, Invalid, passes
from app.kit.vocabulary import Word


class SurveyKind(Word):
    """A baseline asks the whole organisation; the others belong to a session."""

    PRE = "pre", "事前アンケート", "Pre-survey"
    POST = "post", "事後アンケート", "Post-survey"
    FOLLOW_UP = "follow_up", "追跡アンケート", "Follow-up survey"
    RETROSPECTIVE = "retrospective", "振り返りアンケート", "Retrospective survey"
    BASELINE = "baseline", "全庁アンケート", "Organisation-wide baseline"


class Identification(Word):
    """Pseudonymous answers of one person to one session can be paired; anonymous ones only with the person's token."""

    NAMED = "named", "記名", "Named"
    PSEUDONYMOUS = "pseudonymous", "仮名", "Pseudonymous"
    ANONYMOUS = "anonymous", "匿名", "Anonymous"


class SurveyStatus(Word):
    DRAFT = "draft", "下書き", "Draft"
    OPEN = "open", "受付中", "Open"
    CLOSED = "closed", "受付終了", "Closed"


class SurveyAction(Word):
    """The sub-resources of a survey that act."""

    OPENING = "opening", "受付開始", "Open"
    CLOSING = "closing", "受付終了", "Close"


class QuestionType(Word):
    SINGLE = "single", "単一選択", "Single choice"
    MULTIPLE = "multiple", "複数選択", "Multiple choice"
    SCALE = "scale", "尺度", "Scale"
    NUMBER = "number", "数値", "Number"
    FREE_TEXT = "free_text", "自由記述", "Free text"


class ScaleDirection(Word):
    HIGHER_IS_BETTER = "higher_is_better", "大きいほど良い", "Higher is better"
    LOWER_IS_BETTER = "lower_is_better", "小さいほど良い", "Lower is better"


class QuestionMoment(Word):
    """What a retrospective question asks about: how it was, or how it is now."""

    BEFORE = "before", "研修前", "Before"
    AFTER = "after", "研修後", "After"


DEFAULT_MINIMUM_GROUP = 10
LEAST_MINIMUM_GROUP = 5
MOST_STEPS = 100


class SurveyNotDraft(Conflict):
    """Only a draft may be changed, opened or deleted."""

    ja = "変更・開始・削除できるのは下書きのアンケートだけです。"


class SurveyNotOpen(Conflict):
    """The survey does not take answers now."""

    ja = "このアンケートは現在回答を受け付けていません。"


class SurveyWithoutQuestions(Conflict):
    """A survey without questions cannot be opened."""

    ja = "設問のないアンケートは開始できません。"


class SurveyExists(Conflict):
    """The session has a survey of this kind already."""

    ja = "この実施回にはすでに同じ種別のアンケートがあります。"
    constraint = "uq_survey_course_session_id_kind"


class SurveyOfCancelledSession(Conflict):
    """The session is cancelled, and its surveys with it."""

    ja = "実施回が中止されたため、このアンケートは行われません。"


class PairMismatch(Conflict):
    """Another survey of the session asks this pair on another scale or under another identification."""

    ja = "同じ実施回の別のアンケートと、対の設問の尺度または記名方式が異なります。"


class SessionExpected(Invalid):
    """A baseline has no session; every other kind needs one."""

    ja = "baseline 以外の種別には実施回が必要です。baseline には指定できません。"
    constraint = "ck_survey_baseline"


class WindowReversed(Invalid):
    """The survey must open before it is due, and be due no later than it closes."""

    ja = "opens_at、due_at、closes_at の順になるように指定してください。"
    constraint = "ck_survey_window"


class QuestionAgain(Invalid):
    """The code stands twice."""

    ja = "コードが重複しています。"
    constraint = "uq_survey_question_survey_id_code"


class OptionAgain(Invalid):
    """The same option stands twice."""

    ja = "選択肢が重複しています。"


class OptionsExpected(Invalid):
    """Single and multiple choice need options; scales and numbers have none."""

    ja = "単一・複数選択の設問には選択肢が必要です。尺度・数値の設問には指定できません。"


class ScaleExpected(Invalid):
    """A scale question needs a scale of 2 to 101 steps, a number may have a range, others have none."""

    ja = "尺度の設問には2〜101段階の scale が必要です。数値の設問には範囲を指定できます。他の設問には指定できません。"


class PairUnfit(Invalid):
    """Pairs need a scale; a retrospective form asks each pair before and after, other forms once."""

    ja = "対の設問には尺度が必要です。retrospective は before と after で1回ずつ、他の種別は1回だけ尋ねてください。"


class TextExpected(Invalid):
    """Only a baseline may have questions whose wording is lost."""

    ja = "設問文が必要です(文言が失われた設問は baseline に限ります)。"


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
            raise WindowReversed(pointer="/closes_at" if self.closes_at else "/due_at")

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
            yield at, "code", QuestionAgain
        if question.text is None and kind != SurveyKind.BASELINE:
            yield at, "text", TextExpected
        if _repeats(question.options):
            yield at, "options", OptionAgain
        if not _options_fit(question):
            yield at, "options", OptionsExpected
        if not _scale_fits(question):
            yield at, "scale", ScaleExpected
        if not _pair_fits(kind, question, questions):
            yield at, "pair_key", PairUnfit


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
        raise SessionExpected(pointer="/course_session_id")


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
