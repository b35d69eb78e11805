"""Seats and the queue for them. Plain values in, decisions out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.errors import AlreadyInState, StatusNotAllowed


def is_open_for_application(status: SessionStatus, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    return status == SessionStatus.PUBLISHED and opens_at <= now < closes_at


SESSION_CANCELLED, SESSION_HELD = "session_cancelled", "session_held"

RESULTS = frozenset({EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT})

SEATED = RESULTS | {EnrollmentStatus.CONFIRMED}

PENDING = frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.CONFIRMED})

ACTIVE = SEATED | PENDING

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
    EnrollmentStatus.CONFIRMED: RESULTS | {EnrollmentStatus.NOT_SELECTED, EnrollmentStatus.WITHDRAWN},
} | dict.fromkeys(RESULTS, RESULTS)


def moved(status: EnrollmentStatus, target: EnrollmentStatus) -> EnrollmentStatus:
    """The target, when it may follow."""
    if status == target:
        raise AlreadyInState(status=status)
    if target not in _NEXT.get(status, ()):
        raise StatusNotAllowed(status=status)
    return target


def place(*, capacity: int, taken: int, needs_approval: bool) -> EnrollmentStatus:
    """Where an application stands at once; one that needs approval takes no seat and no rank before."""
    if needs_approval:
        return EnrollmentStatus.APPLIED
    return EnrollmentStatus.CONFIRMED if taken < capacity else EnrollmentStatus.WAITLISTED


@dataclass(frozen=True)
class Waiting:
    """An entry of the waiting list; `eligible` says that the person could take a seat now."""

    id: UUID
    order: int
    eligible: bool = True


def promoted(queue: Iterable[Waiting], *, free: int) -> list[UUID]:
    """The first in the queue who can come, as many as there are free seats."""
    in_order = sorted(queue, key=lambda waiting: waiting.order)
    return [waiting.id for waiting in in_order if waiting.eligible][: max(free, 0)]


def is_running(status: SessionStatus) -> bool:
    """Seats of it are worth having."""
    return status in (SessionStatus.PUBLISHED, SessionStatus.CLOSED)


def promotes(status: SessionStatus, *, starts_at: datetime, now: datetime) -> bool:
    """The queue moves by itself until the first meeting; afterwards the office seats people one by one."""
    return is_running(status) and now < starts_at
