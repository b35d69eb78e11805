from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.catalog import commands, queries, views
from app.catalog.models import Course
from app.catalog.schemas import CourseCreate, CourseQuery, CourseRead, CourseUpdate
from app.identity.gate import may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Page, Pages
from app.kit.reading import one_or_404
from app.kit.records import remove
from app.kit.routing import Router

router = Router(prefix="/courses", tags=["courses"])


async def known_course(id: UUID, db: Db) -> Course:
    return await one_or_404(db, queries.courses(), col(Course.id), id)


Known = Annotated[Course, Depends(known_course)]


@router.get(
    "",
    response_model=Page[CourseRead],
    dependencies=[may(Permission.READ_POLICY)],
    summary="The catalogue: courses of the city, the nation, the prefecture and vendors alike, retired ones too",
)
async def courses_list(query: Annotated[CourseQuery, Query()], pages: Pages) -> Page[CourseRead]:
    """The catalogue: courses of the city, the nation, the prefecture and vendors alike, retired ones too."""
    rows = await pages.fetch(queries.courses(), query)
    return rows.page([views.course(row) for row in rows.rows])


@router.post(
    "", response_model=CourseRead, status_code=201, dependencies=[may(Permission.EDIT_CATALOG)], summary="Add a course"
)
async def courses_add(wanted: CourseCreate, db: Db, etag: Etag) -> CourseRead:
    """Add a course. Skills, roles, ranks and the courses that it names must exist; no course may lead to itself."""
    return views.course(etag.created(await commands.add_course(db, wanted)))


@router.get(
    "/{id}",
    response_model=CourseRead,
    dependencies=[may(Permission.READ_POLICY)],
    summary="One course, with what it teaches, asks for and replaces",
)
async def courses_read(course: Known, etag: Etag) -> CourseRead:
    """One course, with what it teaches, asks for and replaces."""
    return views.course(etag.stamp(course))


@router.patch(
    "/{id}", response_model=CourseRead, dependencies=[may(Permission.EDIT_CATALOG)], summary="Change a course"
)
async def courses_change(course: Known, changes: CourseUpdate, db: Db, etag: Etag) -> CourseRead:
    """Change a course. A list that is sent replaces the one that was there; completions of the past stay."""
    return views.course(etag.stamp(await commands.change_course(db, etag.fresh(course), changes)))


@router.delete(
    "/{id}",
    status_code=204,
    dependencies=[may(Permission.EDIT_CATALOG)],
    summary="Remove a course that was never run nor named by another; one that was run gets a day of retirement",
)
async def courses_remove(course: Known, db: Db, etag: Etag) -> None:
    """Remove a course that was never run nor named by another; one that was run gets a day of retirement."""
    await remove(db, etag.fresh(course))
