"""Codes with their labels, a table for each list. A code is for good: other rows have it; its labels can change."""

from sqlalchemy import UniqueConstraint

from app.kit.fields import CODE, Code, Fields, Line, Small
from app.kit.records import Record, well_formed


class ListedLabels(Fields):
    """What is shown for a code, and its place in the list."""

    name: Line
    name_en: Line | None = None
    ordinal: Small = 0


class ListedCode(ListedLabels):
    """A code of a list."""

    code: Code


class JobCategory(ListedCode, Record, table=True):
    __tablename__ = "job_category"
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_job_category_code", "code", CODE))


class JobService(ListedCode, Record, table=True):
    __tablename__ = "job_service"
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_job_service_code", "code", CODE))


class AbsenceKind(ListedCode, Record, table=True):
    __tablename__ = "absence_kind"
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_absence_kind_code", "code", CODE))


class CourseTheme(ListedCode, Record, table=True):
    __tablename__ = "course_theme"
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_course_theme_code", "code", CODE))
