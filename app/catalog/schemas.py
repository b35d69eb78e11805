"""Request, response and query models of courses."""

from typing import Annotated, ClassVar

from pydantic import Field as Parameter
from pydantic import StrictBool
from sqlmodel import Field, col

from app.catalog.enums import CourseFormat, CourseLevel, EnrollmentMode, ProviderKind
from app.catalog.functions import has_theme, is_offered_on, mandatory_in, meant_for, serves_plan_item, teaches
from app.catalog.models import Course, CourseFields, CourseSkillFields, Years
from app.kit.fields import Code, Day, Fields, Line, Percent, Period, Read, Values, YearParam
from app.kit.filters import Column, Contains, In, Listed, Where
from app.kit.list_query import ChangedQuery, Sorts
from app.kit.patching import partial
from app.lists.errors import UnknownCourseTheme
from app.lists.models import CourseTheme


class TargetFields(Fields):
    """The target group: every field that is given must match; an empty object means everyone."""

    role_codes: list[Code] = Field(default=[], max_length=20)
    position_ranks: list[Code] = Field(default=[], max_length=50)
    job_categories: list[Code] = Field(default=[], max_length=50)
    years_of_service_min: Years | None = None
    years_of_service_max: Years | None = None


class CompletionRuleFields(Fields):
    """The share of minutes to attend in percent, and a test (0 to 100) if needed."""

    minimum_attendance_percent: Percent = 100
    needs_test: StrictBool = False
    minimum_score: Percent | None = None


class SkillGiven(CourseSkillFields):
    """A skill that the course teaches, and its level."""


class EquivalentFields(Period):
    """A course whose completion in this period counts as completing this one."""

    course_code: Code


class CourseCreate(CourseFields):
    """A course with its lists."""

    target: TargetFields = Field(default_factory=TargetFields)
    completion_rule: CompletionRuleFields = Field(default_factory=CompletionRuleFields)
    skills: list[SkillGiven] = Field(default=[], max_length=50)
    prerequisites: list[Code] = Field(default=[], max_length=20)
    equivalents: list[EquivalentFields] = Field(default=[], max_length=20)


@partial
class CourseUpdate(CourseCreate):
    """Changes to a course; lists that are sent replace the existing ones."""


class CourseRead(CourseCreate, Read):
    """A course of the catalog."""


class CourseQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {
        "code": col(Course.code),
        "title": col(Course.title),
        "minutes": col(Course.minutes),
        "updated_at": col(Course.updated_at),
    }
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Column] = col(Course.id)
    updated: ClassVar[Column] = col(Course.updated_at)

    code: Annotated[Values[Code] | None, In(col(Course.code))] = None
    skill_code: Annotated[Code | None, Where(teaches)] = None
    role_code: Annotated[Code | None, Where(meant_for)] = Parameter(
        default=None, description="Courses whose target contains this role, or no role"
    )
    provider_kind: Annotated[Values[ProviderKind] | None, In(col(Course.provider_kind))] = None
    format: Annotated[Values[CourseFormat] | None, In(col(Course.format))] = None
    level: Annotated[Values[CourseLevel] | None, In(col(Course.level))] = None
    mode: Annotated[Values[EnrollmentMode] | None, In(col(Course.mode))] = None
    theme: Annotated[Code | None, Where(has_theme), Listed(col(CourseTheme.code), UnknownCourseTheme)] = None
    plan_item: Annotated[Code | None, Where(serves_plan_item)] = None
    mandatory_fiscal_year: Annotated[YearParam | None, Where(mandatory_in)] = None
    offered_on: Annotated[Day | None, Where(is_offered_on)] = Parameter(
        default=None, description="Courses not retired on this day"
    )
    q: Annotated[Line | None, Contains(col(Course.search_key))] = Parameter(
        default=None, description="Part of the code, the title or a theme"
    )
