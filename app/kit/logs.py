"""Log lines, a JSON object each. No query of a URL, no parameter and no text of an error: nothing personal."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from app.kit.settings import Settings

log = logging.getLogger("hagukumi")
sql = logging.getLogger("hagukumi.sql")


@dataclass
class Call:
    """What is counted during a request."""

    request_id: str
    status: int | None = None
    statements: int = 0


_current: ContextVar[Call | None] = ContextVar("current", default=None)


class JsonLines(logging.Formatter):
    """The time (UTC), the level, the event, and the fields that were given with it as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "event": record.getMessage(), **getattr(record, "facts", {})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def install(settings: Settings) -> None:
    """Write everything that the process logs as JSON to stderr, the web server's lines included."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    sql.setLevel(logging.DEBUG if settings.log_sql else logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True


@contextmanager
def call(request_id: str, method: str, path: str) -> Iterator[Call]:
    """Counts statements and measures the time, and logs both at the end. The path has no query."""
    counted, started = Call(request_id), perf_counter()
    token = _current.set(counted)
    try:
        yield counted
    finally:
        _current.reset(token)
        facts = {
            "request_id": request_id,
            "method": method,
            "path": path,
            "status": counted.status,
            "duration_ms": round((perf_counter() - started) * 1000, 1),
            "statements": counted.statements,
        }
        log.info("call", extra={"facts": facts})


def failure(event: str, error: Exception, **facts: str) -> None:
    """The type of the error and where it was raised, never its text: that may contain personal data."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error(event, extra={"facts": {**facts, "kind": type(error).__name__, "place": place}})
    log.debug("for developers, never in production", exc_info=error)


def note(event: str, **facts: str) -> None:
    """What an operator wants to know."""
    log.warning(event, extra={"facts": facts})


def count_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    """A listener of the engines: counts for the current call; APP_LOG_SQL shows the text, without parameters."""
    counted = _current.get()
    if counted:
        counted.statements += 1
    if sql.isEnabledFor(logging.DEBUG):
        facts = {"request_id": counted and counted.request_id, "sql": statement}
        sql.debug("statement", extra={"facts": facts})
