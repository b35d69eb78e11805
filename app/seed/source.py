"""Reads the city's policy from `iwaki.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
FILE = Path(__file__).with_name("iwaki.toml")


@cache
def policy() -> Entry:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def requirements(skill_map: Entry) -> list[Entry]:
    """The requirements of the skill map, row by row: provenance, confidence in percent, days of grace."""
    return [
        {
            "skill_code": row["skill"],
            "role_code": role,
            "provenance": row["provenance"],
            "confidence": confidence,
            "grace_days": skill_map["grace_days"],
        }
        for row in skill_map["rows"]
        for role, confidence in row["requirements"].items()
    ]
