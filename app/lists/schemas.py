"""Listed codes as the API shows them, and the parameters of their lists."""

from typing import Annotated, ClassVar

from sqlmodel import col

from app.kit.fields import Code, Read, Values
from app.kit.filters import Column, In
from app.kit.list_query import ChangedQuery, Sorts
from app.kit.patching import partial
from app.lists.models import AbsenceKind, CourseTheme, JobCategory, JobService, ListedCode, ListedLabels


class ListedCodeCreate(ListedCode):
    """A new code of a list."""


@partial
class ListedCodeUpdate(ListedLabels):
    """Changes to the labels of a code; the code itself stays."""


class ListedCodeRead(ListedCode, Read):
    """A code of a list, with its labels in both languages."""


class JobCategoryQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(JobCategory.ordinal), "code": col(JobCategory.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(JobCategory.id)
    updated: ClassVar[Column] = col(JobCategory.updated_at)

    code: Annotated[Values[Code] | None, In(col(JobCategory.code))] = None


class JobServiceQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(JobService.ordinal), "code": col(JobService.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(JobService.id)
    updated: ClassVar[Column] = col(JobService.updated_at)

    code: Annotated[Values[Code] | None, In(col(JobService.code))] = None


class AbsenceKindQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(AbsenceKind.ordinal), "code": col(AbsenceKind.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(AbsenceKind.id)
    updated: ClassVar[Column] = col(AbsenceKind.updated_at)

    code: Annotated[Values[Code] | None, In(col(AbsenceKind.code))] = None


class CourseThemeQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(CourseTheme.ordinal), "code": col(CourseTheme.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Column] = col(CourseTheme.id)
    updated: ClassVar[Column] = col(CourseTheme.updated_at)

    code: Annotated[Values[Code] | None, In(col(CourseTheme.code))] = None
