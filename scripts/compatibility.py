"""What a changed contract breaks for clients of the released one: specshift's findings, and what it does not see."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from specshift import Change, Severity, diff_specs

from scripts.openapi.walk import Json, operations, resolved

_NARROWER = ("Constraint '", "Validation pattern", "A new validation pattern")
_SHOWN = 6  # names of operations in a line
Finding = tuple[str, str]  # where, beginning with the method and path or the path; and what


def breaks(released: Json, current: Json) -> list[str]:
    """A line for each change that breaks clients: the operations affected by name, and the change."""
    names = {f"{method.upper()} {path}": op["operationId"] for path, method, op in operations(released)}
    hit: dict[str, list[str]] = defaultdict(list)
    for location, what in sorted({*_by_specshift(released, current), *_unseen(released, current)}):
        call, _, part = location.partition(" > ")
        callers = [name for known, name in names.items() if call in {known, known.split()[1]}]
        hit[f"{part}: {what}" if part else what] += callers or [location]
    return [f"clients that use {_listed(list(dict.fromkeys(callers)))}: {what}" for what, callers in hit.items()]


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _by_specshift(released: Json, current: Json) -> Iterator[Finding]:
    for change in diff_specs(_opened(released, released), _opened(current, current)).changes:
        if change.severity is not Severity.INFO and not _is_harmless(change):
            yield change.location, change.message


def _is_harmless(change: Change) -> bool:
    """A response within narrower bounds, more keys to sort by, a deprecation, and what `_unseen` judges better."""
    message: str = change.message
    narrower = "> response " in change.location and message.startswith(_NARROWER)
    more_keys = change.location.endswith("parameter 'sort'") and _keys(change.old_value) <= _keys(change.new_value)
    return narrower or more_keys or message.endswith("marked as deprecated.") or bool(change.category == "security")


def _keys(pattern: object) -> set[str]:
    return set(re.findall(r"[a-z_]+", str(pattern)))


def _opened(value: Any, document: Json) -> Any:
    """With the type of a member that may be null also at the member: specshift does not compare alternatives."""
    if isinstance(value, list):
        return [_opened(part, document) for part in value]
    if not isinstance(value, dict):
        return value
    others = [kind for kind in value.get("anyOf", ()) if kind != {"type": "null"}]
    meant = resolved(others[0], document["components"]["schemas"]) if len(others) == 1 else {}
    return {name: _opened(part, document) for name, part in {**meant, **value}.items()}


def _unseen(released: Json, current: Json) -> Iterator[Finding]:
    """Of each remaining operation: its name in clients, the access it requires, the headers of its responses."""
    now = {(path, method): operation for path, method, operation in operations(current)}
    for path, method, before in operations(released):
        if after := now.get((path, method)):
            call = f"{method.upper()} {path}"
            if after["operationId"] != before["operationId"]:
                yield call, f"It is named {after['operationId']} now."
            for way in _ways_in(before):
                if not any(_suffices(way, required) for required in _ways_in(after)):
                    yield call, f"It requires more than {way or 'nothing'} now."
            for place, name in _lost(before, after):
                yield f"{call} > {place}", f"Header {name} has been removed."


def _ways_in(operation: Json) -> list[Json]:
    return operation.get("security") or [{}]


def _suffices(held: Json, required: Json) -> bool:
    """Whether a client with these scopes of these schemes has access where those are required."""
    return all(name in held and set(scopes) <= set(held[name]) for name, scopes in required.items())


def _lost(before: Json, after: Json) -> list[Finding]:
    had, has = (
        {(status, name) for status, response in operation["responses"].items() for name in response.get("headers", ())}
        for operation in (before, after)
    )
    return [(f"response {status}", name) for status, name in had - has if status in after["responses"]]
