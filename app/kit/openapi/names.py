"""Names of schemas as a client's generator will show them, in place of those that Python's modules suggest."""

import re
from typing import Any

from app.kit.openapi.walk import Json

_AT = "#/components/schemas/"
_MADE_UP = (
    (re.compile(r"(\w*Page)_(\w+)_"), r"\2_\1"),  # a generic: Page[CourseRead]
    (re.compile(r"app__(\w+?)__\w+?__(\w+)"), r"\1_\2"),  # the same name in two rooms
    (re.compile(r"Body_(\w+)"), r"\1_form"),
)


def rename(document: Json) -> None:
    schemas: Json = document["components"]["schemas"]
    moved = {_AT + name: _AT + readable(name) for name in schemas}
    document["components"]["schemas"] = {readable(name): schema for name, schema in schemas.items()}
    document |= {part: _referring(document[part], moved) for part in ("paths", "components")}


def readable(name: str) -> str:
    for pattern, made in _MADE_UP:
        if match := pattern.fullmatch(name):
            return "".join(word[0].upper() + word[1:] for word in match.expand(made).split("_"))
    return name


def _referring(value: Any, moved: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _referring(part, moved) for name, part in value.items()}
    if isinstance(value, list):
        return [_referring(part, moved) for part in value]
    return moved.get(value, value) if isinstance(value, str) else value
