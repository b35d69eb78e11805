"""The city's policy as `iwaki.toml` has it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from app.catalog.rules import CourseFormat, EnrollmentMode
from app.seed.awards import Qualification
from app.seed.timetable import Course

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


def courses(keys: Mapping[str, UUID]) -> dict[str, Course]:
    """What the generator needs to know of the policy's courses, by code; `keys` are their ids in the register."""
    return {
        entry["code"]: Course(
            id=keys[entry["code"]],
            code=entry["code"],
            minutes=entry["minutes"],
            designated=entry["mode"] == EnrollmentMode.DESIGNATED,
            online=entry["format"] == CourseFormat.E_LEARNING,
            skills=tuple(skill["skill_code"] for skill in entry["skills"]),
            until_fiscal_year_end=entry.get("valid_until_fiscal_year_end", False),
        )
        for entry in policy()["courses"]
    }


def qualifications() -> dict[str, Qualification]:
    return {
        entry["code"]: Qualification(entry.get("valid_for_months"), tuple(entry["skill_codes"]))
        for entry in policy()["qualifications"]
    }
