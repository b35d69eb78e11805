"""What clients send and get for courses, where it differs from the tables."""

from typing import Annotated, Any, ClassVar

from pydantic import Field as Parameter
from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, col

from app.catalog.enums import CourseFormat, CourseLevel, EnrollmentMode, ProviderKind
from app.catalog.models import Course, CourseFields, CourseSkillFields, Years
from app.kit.fields import Code, Day, Fields, Line, Percent, Period, Read, Values, YearAsked, example
from app.kit.filters import Contains, In, ListQuery, Sorts, Where
from app.kit.patching import Partial


class TargetFields(Fields):
    """Whom a course is for: every member that is given must match; an empty object means everyone."""

    role_codes: list[Code] = Field(default=[], max_length=20)
    position_ranks: list[Code] = Field(default=[], max_length=50)
    job_categories: list[Code] = Field(default=[], max_length=50)
    years_of_service_min: Years | None = None
    years_of_service_max: Years | None = None


class CompletionRuleFields(Fields):
    """What completes a course: the share of minutes attended in percent, and a test (0 to 100) where one is needed."""

    minimum_attendance_percent: Percent = 100
    needs_test: bool = False
    minimum_score: Percent | None = None


class SkillGiven(CourseSkillFields):
    """A skill that completing the course gives, and up to which level."""


class EquivalentFields(Period):
    """A course whose completion in this period counts as completing the course that names it."""

    course_code: Code


class CourseCreate(CourseFields):
    """A course as a client writes it; lists replace what was there."""

    target: TargetFields = Field(default_factory=TargetFields)
    completion_rule: CompletionRuleFields = Field(default_factory=CompletionRuleFields)
    skills: list[SkillGiven] = Field(default=[], max_length=50)
    prerequisites: list[Code] = Field(default=[], max_length=20)
    equivalents: list[EquivalentFields] = Field(default=[], max_length=20)


class CourseUpdate(CourseCreate, Partial):
    model_config = example(retired_on="2028-03-31")


class CourseRead(CourseCreate, Read):
    """A course as the catalogue has it."""


class CourseQuery(ListQuery):
    sorts: ClassVar[Sorts] = {
        "code": col(Course.code),
        "title": col(Course.title),
        "minutes": col(Course.minutes),
        "updated_at": col(Course.updated_at),
    }
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Any] = col(Course.id)

    code: Annotated[Values[Code] | None, In(col(Course.code))] = None
    skill_code: Annotated[Code | None, Where(lambda code, _: col(Course.skills).any(skill_code=code))] = None
    role_code: Annotated[Code | None, Where(lambda code, _: _meant_for(code))] = Parameter(
        default=None, description="Courses whose target names this role, or no role"
    )
    provider_kind: Annotated[Values[ProviderKind] | None, In(col(Course.provider_kind))] = None
    format: Annotated[Values[CourseFormat] | None, In(col(Course.format))] = None
    level: Annotated[Values[CourseLevel] | None, In(col(Course.level))] = None
    mode: Annotated[Values[EnrollmentMode] | None, In(col(Course.mode))] = None
    theme: Annotated[Line | None, Where(lambda theme, _: col(Course.themes).contains([theme]))] = None
    plan_item: Annotated[Code | None, Where(lambda item, _: col(Course.plan_items).contains([item]))] = None
    mandatory_fiscal_year: Annotated[
        YearAsked | None, Where(lambda year, _: col(Course.mandatory_fiscal_years).contains([year]))
    ] = None
    offered_on: Annotated[
        Day | None, Where(lambda day, _: or_(col(Course.retired_on).is_(None), col(Course.retired_on) > day))
    ] = Parameter(default=None, description="Courses not retired on this day")
    q: Annotated[Line | None, Contains(col(Course.search_key))] = Parameter(
        default=None, description="Part of the code, the title or a theme"
    )


def _meant_for(role_code: str) -> ColumnElement[bool]:
    roles = col(Course.target)["role_codes"]
    return or_(roles == [], roles.contains([role_code]))
