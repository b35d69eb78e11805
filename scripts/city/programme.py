"""The policy's courses and qualifications, reduced to what the generator needs."""

from collections.abc import Mapping
from uuid import UUID

from app.catalog.enums import CourseFormat, EnrollmentMode
from app.seed.source import policy
from scripts.city.awards import Qualification
from scripts.city.timetable import Course


def courses(keys: Mapping[str, UUID]) -> dict[str, Course]:
    """The policy's courses by code; `keys` are their ids in the database."""
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
    """The policy's qualifications by code."""
    return {
        entry["code"]: Qualification(entry.get("valid_for_months"), tuple(entry["skill_codes"]))
        for entry in policy()["qualifications"]
    }
