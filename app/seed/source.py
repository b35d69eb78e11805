"""The city's policy as `iwaki.toml` has it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
FILE = Path(__file__).with_name("iwaki.toml")


@cache
def policy() -> Entry:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def cells(read: Entry) -> list[Entry]:
    """The map's cells row by row: a role needs a skill, where that is known from, and how surely."""
    return [
        {"skill_code": row["skill"], "role_code": role, "provenance": row["provenance"], "confidence": confidence}
        for row in read["rows"]
        for role, confidence in row["cells"].items()
    ]
