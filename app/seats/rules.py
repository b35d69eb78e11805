"""Statuses, seats and the waiting list. Plain values in, decisions out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.seats.enums import Attendance, EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, StatusNotAllowed

SESSION_CANCELLED, SESSION_HELD = "session_cancelled", "session_held"
LEFT, NOT_RECONFIRMED, RECONFIRMED = "left", "not_reconfirmed", "reconfirmed"

ATTENDANCE_CORRECTED, MEETINGS_CHANGED = "attendance corrected", "meetings changed"
"""Reasons that the service records itself."""

RESULTS = frozenset({EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT})

SEATED = RESULTS | {EnrollmentStatus.CONFIRMED}
"""Statuses that hold a seat (SQL: `holds_seat`)."""

PENDING = frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.CONFIRMED})

UNDECIDED = PENDING - SEATED
"""Statuses from which a seat can still be given."""

ACTIVE = SEATED | PENDING
"""Statuses of which a person can have one in a session (index: `uq_enrollment_active`)."""

ATTENDED = frozenset({Attendance.PRESENT, Attendance.LATE, Attendance.LEFT_EARLY})

ATTENDANCE_OPENS_BEFORE = timedelta(hours=12)

_NEXT: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.APPLIED: frozenset(
        {
            EnrollmentStatus.CONFIRMED,
            EnrollmentStatus.WAITLISTED,
            EnrollmentStatus.DECLINED,
            EnrollmentStatus.NOT_SELECTED,
            EnrollmentStatus.WITHDRAWN,
        }
    ),
    EnrollmentStatus.WAITLISTED: frozenset(
        {EnrollmentStatus.CONFIRMED, EnrollmentStatus.NOT_SELECTED, EnrollmentStatus.WITHDRAWN}
    ),
    EnrollmentStatus.CONFIRMED: RESULTS
    | {EnrollmentStatus.DECLINED, EnrollmentStatus.NOT_SELECTED, EnrollmentStatus.WITHDRAWN},
} | dict.fromkeys(RESULTS, RESULTS)


_TAKEN_BACK = frozenset({EnrollmentStatus.CONFIRMED, EnrollmentStatus.WITHDRAWN})
"""What a result becomes when its session has a meeting ahead again or is cancelled; no action on it leads there."""


@dataclass(frozen=True)
class EnrollmentState:
    """What the history keeps of an enrollment; `completed_on` only if it is completed."""

    status: EnrollmentStatus
    completed_on: date | None = None
    score: int | None = None


def next_state(before: EnrollmentState, after: EnrollmentState) -> EnrollmentState:
    """The second, if it may follow the first: a result may be corrected, and taken back with its session."""
    if before == after:
        raise AlreadyInState(status=before.status)
    taken_back = before.status in RESULTS and after.status in _TAKEN_BACK
    if before.status != after.status and not taken_back:
        next_status(before.status, after.status)
    return after


def next_status(status: EnrollmentStatus, target: EnrollmentStatus) -> EnrollmentStatus:
    """The target, if it may follow the status."""
    if status == target:
        raise AlreadyInState(status=status)
    if target not in _NEXT.get(status, ()):
        raise StatusNotAllowed(status=status)
    return target


def initial_status(*, capacity: int, taken: int, needs_approval: bool = False) -> EnrollmentStatus:
    """An enrollment that needs approval takes neither a seat nor a rank on the waiting list before it."""
    if needs_approval:
        return EnrollmentStatus.APPLIED
    return EnrollmentStatus.CONFIRMED if taken < capacity else EnrollmentStatus.WAITLISTED


@dataclass(frozen=True)
class WaitlistEntry:
    """One enrollment on the waiting list; `available`: the person can come."""

    id: UUID
    order: int
    available: bool = True


def next_to_promote(waitlist: Iterable[WaitlistEntry], *, free_seats: int) -> list[UUID]:
    """The first on the waiting list who are available, as many as there are free seats."""
    in_order = sorted(waitlist, key=lambda entry: entry.order)
    return [entry.id for entry in in_order if entry.available][: max(free_seats, 0)]


def is_running(status: SessionStatus) -> bool:
    """Published or closed: not a draft, held or cancelled."""
    return status in (SessionStatus.PUBLISHED, SessionStatus.CLOSED)


def promotes_automatically(status: SessionStatus, *, starts_at: datetime, now: datetime) -> bool:
    """Until the first meeting; afterwards the training office gives seats one by one."""
    return is_running(status) and now < starts_at


def accepts_applications(status: SessionStatus, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """Published and within the application window (SQL: `course_sessions.functions.accepts_applications`)."""
    return status == SessionStatus.PUBLISHED and opens_at <= now < closes_at


def is_attendance_open(starts_at: datetime, *, now: datetime) -> bool:
    """From twelve hours before the meeting (or, for a session, its first meeting)."""
    return now >= starts_at - ATTENDANCE_OPENS_BEFORE
