"""Operations on the lists of codes: read by everybody who reads policy, extended by those who edit it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.identity.gate import may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Page, Pages
from app.kit.reading import every, one_or_404
from app.kit.records import add
from app.kit.routing import Router
from app.lists import commands, schemas, views
from app.lists.models import AbsenceKind, CourseTheme, JobCategory, JobService
from app.lists.schemas import ListedCodeCreate, ListedCodeRead, ListedCodeUpdate

MayReadPolicy = may(Permission.READ_POLICY)
MayEditPolicy = may(Permission.EDIT_POLICY)

router = Router(tags=[])
job_categories = Router(prefix="/job_categories", tags=["job_categories"])
job_services = Router(prefix="/job_services", tags=["job_services"])
absence_kinds = Router(prefix="/absence_kinds", tags=["absence_kinds"])
course_themes = Router(prefix="/course_themes", tags=["course_themes"])


async def known_job_category(id: UUID, db: Db) -> JobCategory:
    return await one_or_404(db, every(JobCategory), col(JobCategory.id), id)


KnownJobCategory = Annotated[JobCategory, Depends(known_job_category)]


@job_categories.get("", summary="List job categories", dependencies=[MayReadPolicy])
async def job_categories_list(
    query: Annotated[schemas.JobCategoryQuery, Query()], pages: Pages
) -> Page[ListedCodeRead]:
    """The city's job categories, with their labels in both languages."""
    rows = await pages.fetch(every(JobCategory), query)
    return rows.page([views.listed(row) for row in rows.rows])


@job_categories.post("", summary="Add a job category", status_code=201, dependencies=[MayEditPolicy])
async def job_categories_add(fields: ListedCodeCreate, db: Db, etag: Etag) -> ListedCodeRead:
    """Add a job category. From then on other resources may have its code."""
    return views.listed(etag.created(await add(db, JobCategory.model_validate(fields))))


@job_categories.get("/{id}", summary="Get a job category", dependencies=[MayReadPolicy])
async def job_categories_read(listed: KnownJobCategory, etag: Etag) -> ListedCodeRead:
    """A job category."""
    return views.listed(etag.stamp(listed))


@job_categories.patch("/{id}", summary="Change the labels of a job category", dependencies=[MayEditPolicy])
async def job_categories_change(
    listed: KnownJobCategory, changes: ListedCodeUpdate, db: Db, etag: Etag
) -> ListedCodeRead:
    """Change the labels of a job category, or its place. The code stays."""
    return views.listed(etag.stamp(await commands.relabel(db, etag.fresh(listed), changes)))


async def known_job_service(id: UUID, db: Db) -> JobService:
    return await one_or_404(db, every(JobService), col(JobService.id), id)


KnownJobService = Annotated[JobService, Depends(known_job_service)]


@job_services.get("", summary="List job services", dependencies=[MayReadPolicy])
async def job_services_list(query: Annotated[schemas.JobServiceQuery, Query()], pages: Pages) -> Page[ListedCodeRead]:
    """The city's job services, with their labels in both languages."""
    rows = await pages.fetch(every(JobService), query)
    return rows.page([views.listed(row) for row in rows.rows])


@job_services.post("", summary="Add a job service", status_code=201, dependencies=[MayEditPolicy])
async def job_services_add(fields: ListedCodeCreate, db: Db, etag: Etag) -> ListedCodeRead:
    """Add a job service. From then on other resources may have its code."""
    return views.listed(etag.created(await add(db, JobService.model_validate(fields))))


@job_services.get("/{id}", summary="Get a job service", dependencies=[MayReadPolicy])
async def job_services_read(listed: KnownJobService, etag: Etag) -> ListedCodeRead:
    """A job service."""
    return views.listed(etag.stamp(listed))


@job_services.patch("/{id}", summary="Change the labels of a job service", dependencies=[MayEditPolicy])
async def job_services_change(listed: KnownJobService, changes: ListedCodeUpdate, db: Db, etag: Etag) -> ListedCodeRead:
    """Change the labels of a job service, or its place. The code stays."""
    return views.listed(etag.stamp(await commands.relabel(db, etag.fresh(listed), changes)))


async def known_absence_kind(id: UUID, db: Db) -> AbsenceKind:
    return await one_or_404(db, every(AbsenceKind), col(AbsenceKind.id), id)


KnownAbsenceKind = Annotated[AbsenceKind, Depends(known_absence_kind)]


@absence_kinds.get("", summary="List kinds of absence", dependencies=[MayReadPolicy])
async def absence_kinds_list(query: Annotated[schemas.AbsenceKindQuery, Query()], pages: Pages) -> Page[ListedCodeRead]:
    """The city's kinds of absence, with their labels in both languages."""
    rows = await pages.fetch(every(AbsenceKind), query)
    return rows.page([views.listed(row) for row in rows.rows])


@absence_kinds.post("", summary="Add a kind of absence", status_code=201, dependencies=[MayEditPolicy])
async def absence_kinds_add(fields: ListedCodeCreate, db: Db, etag: Etag) -> ListedCodeRead:
    """Add a kind of absence. From then on other resources may have its code."""
    return views.listed(etag.created(await add(db, AbsenceKind.model_validate(fields))))


@absence_kinds.get("/{id}", summary="Get a kind of absence", dependencies=[MayReadPolicy])
async def absence_kinds_read(listed: KnownAbsenceKind, etag: Etag) -> ListedCodeRead:
    """A kind of absence."""
    return views.listed(etag.stamp(listed))


@absence_kinds.patch("/{id}", summary="Change the labels of a kind of absence", dependencies=[MayEditPolicy])
async def absence_kinds_change(
    listed: KnownAbsenceKind, changes: ListedCodeUpdate, db: Db, etag: Etag
) -> ListedCodeRead:
    """Change the labels of a kind of absence, or its place. The code stays."""
    return views.listed(etag.stamp(await commands.relabel(db, etag.fresh(listed), changes)))


async def known_course_theme(id: UUID, db: Db) -> CourseTheme:
    return await one_or_404(db, every(CourseTheme), col(CourseTheme.id), id)


KnownCourseTheme = Annotated[CourseTheme, Depends(known_course_theme)]


@course_themes.get("", summary="List course themes", dependencies=[MayReadPolicy])
async def course_themes_list(query: Annotated[schemas.CourseThemeQuery, Query()], pages: Pages) -> Page[ListedCodeRead]:
    """The city's course themes, with their labels in both languages."""
    rows = await pages.fetch(every(CourseTheme), query)
    return rows.page([views.listed(row) for row in rows.rows])


@course_themes.post("", summary="Add a course theme", status_code=201, dependencies=[MayEditPolicy])
async def course_themes_add(fields: ListedCodeCreate, db: Db, etag: Etag) -> ListedCodeRead:
    """Add a course theme. From then on other resources may have its code."""
    return views.listed(etag.created(await add(db, CourseTheme.model_validate(fields))))


@course_themes.get("/{id}", summary="Get a course theme", dependencies=[MayReadPolicy])
async def course_themes_read(listed: KnownCourseTheme, etag: Etag) -> ListedCodeRead:
    """A course theme."""
    return views.listed(etag.stamp(listed))


@course_themes.patch("/{id}", summary="Change the labels of a course theme", dependencies=[MayEditPolicy])
async def course_themes_change(
    listed: KnownCourseTheme, changes: ListedCodeUpdate, db: Db, etag: Etag
) -> ListedCodeRead:
    """Change the labels of a course theme, or its place. The code stays."""
    return views.listed(etag.stamp(await commands.relabel(db, etag.fresh(listed), changes)))


router.add(job_categories, job_services, absence_kinds, course_themes)
