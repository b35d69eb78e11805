"""The life of a survey, and which responses it takes. Plain values in, decisions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.problems import passes
from app.surveys.enums import Identification, ResponseTiming, SurveyAction, SurveyKind, SurveyStatus
from app.surveys.errors import (
    AnsweredAnonymously,
    PairTokenNotExpected,
    SessionNotMatchingKind,
    SurveyNotDraft,
    SurveyNotOpen,
    SurveyOfCancelledSession,
    SurveyWindowOrderInvalid,
    SurveyWithoutQuestions,
)
from app.surveys.questions import Question, check_pairs_match

DEFAULT_MINIMUM_GROUP = 10
SMALLEST_MINIMUM_GROUP = 5

AWAITS_LATER_SURVEY = timedelta(days=30)
"""For so long after the end of a session with a pre-survey, the key waits for a survey that is paired with it."""

FOR_ATTENDEES = frozenset({SurveyKind.POST, SurveyKind.FOLLOW_UP, SurveyKind.RETROSPECTIVE})
"""Kinds that are addressed only to people who attended the session."""


@dataclass(frozen=True)
class Window:
    """When responses are accepted: on time until `due_at`, late until `closes_at`, not at all afterwards."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None

    def check(self) -> None:
        instants = [instant for instant in (self.opens_at, self.due_at, self.closes_at) if instant]
        if instants != sorted(instants) or (self.opens_at and self.opens_at == self.closes_at):
            raise SurveyWindowOrderInvalid(pointer="/closes_at" if self.closes_at else "/due_at")

    def is_over(self, now: datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    def contains(self, now: datetime) -> bool:
        return (self.opens_at is None or now >= self.opens_at) and not self.is_over(now)


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


@dataclass(frozen=True)
class Opening:
    """What opening a survey depends on; `others` are the opened surveys of the same session."""

    status: SurveyStatus
    identification: Identification
    questions: Sequence[Question]
    session_cancelled: bool = False
    others: Sequence[tuple[Identification, Sequence[Question]]] = ()

    def check(self) -> SurveyStatus:
        """The status after opening; raises if the survey cannot be opened."""
        status = opened(self.status, questions=len(self.questions), session_cancelled=self.session_cancelled)
        check_pairs_match(self.identification, self.questions, self.others)
        return status


def closed(status: SurveyStatus) -> SurveyStatus:
    if status != SurveyStatus.OPEN:
        raise SurveyNotOpen
    return SurveyStatus.CLOSED


def actions(opening: Opening) -> list[SurveyAction]:
    """What a caller who runs surveys may do with this one now."""
    checks = {SurveyAction.OPENING: opening.check, SurveyAction.CLOSING: lambda: closed(opening.status)}
    return [action for action, check in checks.items() if passes(check)]


def accepts_responses(status: SurveyStatus, window: Window, now: datetime) -> bool:
    return status == SurveyStatus.OPEN and window.contains(now)


def is_settled(status: SurveyStatus) -> bool:
    """All responses are in, and none can be added or replaced; a survey that is over is closed by a job."""
    return status == SurveyStatus.CLOSED


def forgets_people(identification: Identification, status: SurveyStatus) -> bool:
    """After the close nothing says any more who has answered, unless the survey is named."""
    return identification != Identification.NAMED and status == SurveyStatus.CLOSED


def released(waiting: int, group: int) -> int:
    """How many of the waiting answers enter the table: a group, as soon as another group stays behind to mix with."""
    return group if waiting >= 2 * group else 0


def timing(kind: SurveyKind, window: Window, *, session_starts_at: datetime | None, now: datetime) -> ResponseTiming:
    if kind == SurveyKind.PRE and session_starts_at and now >= session_starts_at:
        return ResponseTiming.AFTER_START
    return ResponseTiming.LATE if window.due_at and now > window.due_at else ResponseTiming.ON_TIME


def check_token(identification: Identification, token: str | None) -> None:
    if token and identification != Identification.ANONYMOUS:
        raise PairTokenNotExpected(pointer="/pair_token")


def check_holder(*, first: bool, known: bool) -> None:
    """`first`: the person's first response; `known`: one of this person with this token exists."""
    if not first and not known:
        raise AnsweredAnonymously


def percent(part: int, whole: int) -> int | None:
    """Whole percent, rounded half up as in the printed policy; None if `whole` is 0."""
    return (200 * part + whole) // (2 * whole) if whole else None
