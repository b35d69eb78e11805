"""Courses with the skills they teach, their prerequisites and their equivalents."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import StrictBool
from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.catalog.enums import CourseFormat, CourseLevel, EnrollmentMode, ProviderKind
from app.kit.fields import CODE, Code, Day, Fields, FiscalYear, Level, Line, Period, Prose, integer
from app.kit.records import Record, enum_column, int_array, jsonb, no_overlap, relationship, text_array, well_formed

Minutes = Annotated[int, integer(1, 100_000)]

Months = Annotated[int, integer(1, 600)]

Years = Annotated[int, integer(0, 80)]


class CourseFields(Fields):
    """A training that can be run repeatedly, of any provider."""

    code: Code
    title: Line
    title_en: Line | None = None
    description: Prose | None = None
    provider_kind: ProviderKind = enum_column()
    format: CourseFormat = enum_column()
    level: CourseLevel = enum_column(default=CourseLevel.BASIC)
    minutes: Minutes
    mode: EnrollmentMode = enum_column(default=EnrollmentMode.APPLIED)
    themes: list[Code] = text_array(max_length=20)
    plan_items: list[Code] = text_array(max_length=18)
    mandatory_fiscal_years: list[FiscalYear] = int_array(max_length=50)
    valid_for_months: Months | None = None
    valid_until_fiscal_year_end: StrictBool = False
    retired_on: Day | None = None


class Course(CourseFields, Record, table=True):
    """A retired course is kept, because its completions keep counting."""

    __table_args__ = (UniqueConstraint("code"), well_formed("ck_course_code", "code", CODE))
    search_key: str
    target: dict[str, Any] = jsonb()
    completion_rule: dict[str, Any] = jsonb()
    skills: list["CourseSkill"] = relationship(cascade="all, delete-orphan", order_by="CourseSkill.skill_code")
    prerequisite_links: list["CoursePrerequisite"] = relationship(
        cascade="all, delete-orphan", foreign_keys="CoursePrerequisite.course_id"
    )
    equivalent_links: list["CourseEquivalent"] = relationship(
        cascade="all, delete-orphan", foreign_keys="CourseEquivalent.course_id"
    )

    @property
    def prerequisites(self) -> list[str]:
        """Codes of the required courses, sorted."""
        return sorted(link.required.code for link in self.prerequisite_links)

    @property
    def equivalents(self) -> list["CourseEquivalent"]:
        return sorted(self.equivalent_links, key=lambda link: (link.course_code, link.valid_from))


class CourseSkillFields(Fields):
    """A skill that the course teaches, and its level."""

    skill_code: Code = Field(foreign_key="skill.code", index=True)
    level: Level = 1


class CourseSkill(CourseSkillFields, Record, table=True):
    __tablename__ = "course_skill"
    __table_args__ = (UniqueConstraint("course_id", "skill_code"),)
    course_id: UUID = Field(foreign_key="course.id")


class CoursePrerequisite(Record, table=True):
    """The required course must be completed before this one."""

    __tablename__ = "course_prerequisite"
    __table_args__ = (UniqueConstraint("course_id", "required_course_id"),)
    course_id: UUID = Field(foreign_key="course.id")
    required_course_id: UUID = Field(foreign_key="course.id", index=True)
    required: Course = relationship(foreign_keys="CoursePrerequisite.required_course_id")


class CourseEquivalent(Period, Record, table=True):
    """Completing the equivalent course in this period counts as completing this one, but not the other way round."""

    __tablename__ = "course_equivalent"
    __table_args__ = (no_overlap("ex_course_equivalent_period", "course_id", "equivalent_course_id", deferred=True),)
    course_id: UUID = Field(foreign_key="course.id")
    equivalent_course_id: UUID = Field(foreign_key="course.id", index=True)
    equivalent: Course = relationship(foreign_keys="CourseEquivalent.equivalent_course_id")

    @property
    def course_code(self) -> str:
        return self.equivalent.code
