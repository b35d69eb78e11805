"""What is built once and used by every request, and the switch by which a test has everything built and checked anew.

To build a statement takes Python longer than PostgreSQL takes to answer it. A statement is therefore built for a shape
of question (whose rows, which filters, which order) and remembered; the values of a request are bound when it is run.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

careful: ContextVar[bool] = ContextVar("careful", default=False)
"""Nothing that was built before is used, and what is read is validated: a test compares both ways."""

_SHAPES = 512
"""Of each statement: far more than are in use, and a bound on memory for callers who try every combination."""


def built_once(build: Callable[P, T]) -> Callable[P, T]:
    """Remembers what is built from arguments that have few values: never an id, a day or a text that a client sends."""
    remembered = lru_cache(_SHAPES)(build)

    @wraps(build)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        if careful.get():
            return build(*args, **kwargs)
        return remembered(*args, **kwargs)  # type: ignore[arg-type]

    return once
