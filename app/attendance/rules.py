"""Which minutes can be recorded. Plain values in, decisions out."""

from collections.abc import Sequence
from uuid import UUID

from app.attendance.errors import InvalidMinutes, MissingMinutes
from app.seats.enums import Attendance
from app.seats.rules import ATTENDED


def repeated(ids: Sequence[UUID]) -> set[int]:
    """Indexes of ids that occur earlier in the list."""
    return {at for at, one in enumerate(ids) if one in ids[:at]}


def minutes_to_record(attendance: Attendance, given: int | None, *, length: int) -> int | None:
    """Those given; none if absent or excused; None if present for the whole meeting."""
    if attendance not in ATTENDED:
        if given:
            raise InvalidMinutes
        return 0
    if given is None and attendance != Attendance.PRESENT:
        raise MissingMinutes
    if given is not None and given > length:
        raise InvalidMinutes
    return given
