"""Read models of courses."""

from app.catalog.models import Course
from app.catalog.schemas import CourseRead


def course(row: Course) -> CourseRead:
    return CourseRead.model_validate(row)
