"""Listed codes as the API returns them."""

from app.lists.models import AbsenceKind, CourseTheme, JobCategory, JobService
from app.lists.schemas import ListedCodeRead


def listed(row: JobCategory | JobService | AbsenceKind | CourseTheme) -> ListedCodeRead:
    return ListedCodeRead.model_validate(row)
