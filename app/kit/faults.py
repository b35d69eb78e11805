"""What an error of the database means for a request: whether its transaction can be tried again."""

from collections.abc import Mapping
from enum import Enum, auto

from asyncpg import InterfaceError, InternalClientError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError


class Fault(Enum):
    """Why the database gave a transaction up. Nothing of it was saved, unless the connection was lost at the commit."""

    CONFLICT = auto()
    """Another transaction was in the way: a deadlock, a serialization failure, a row changed after it was read."""
    LOCKED = auto()
    """The time for a lock ran out."""
    LOST = auto()
    """The connection ended."""


class ReplicaFailed(Exception):
    """A read has not got its answer from a replica."""


_BY_STATE: Mapping[str, Fault] = {
    **dict.fromkeys(("40001", "40P01"), Fault.CONFLICT),
    "55P03": Fault.LOCKED,
    # shutdown by an operator or after a crash of another process, idle for too long; then the class of connections
    **dict.fromkeys(("57P01", "57P02", "57P05", "08000", "08003", "08006", "08P01"), Fault.LOST),
}


def sqlstate(error: BaseException) -> str:
    """As the server gave it; empty where it did not respond."""
    state: str | None = getattr(cause_of(error), "sqlstate", None)
    return state or ""


def cause_of(error: BaseException) -> BaseException:
    """The driver's own error."""
    return getattr(getattr(error, "orig", None), "__cause__", None) or error


def fault_of(error: BaseException) -> Fault | None:
    """None for an error that would come again."""
    if isinstance(error, StaleDataError):
        return Fault.CONFLICT
    if isinstance(error, ReplicaFailed):
        return Fault.LOST
    if state := sqlstate(error):
        return _BY_STATE.get(state)
    return Fault.LOST if _is_cut(error) else None


def _is_cut(error: BaseException) -> bool:
    """The connection ended without a word of the server."""
    cause = cause_of(error)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cut = ConnectionError | InterfaceError | InternalClientError  # the last: it is about to end
    return isinstance(cause, cut) and not isinstance(cause, PostgresError)
