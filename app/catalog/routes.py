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

MayEditCatalog = may(Permission.EDIT_CATALOG)
MayReadPolicy = may(Permission.READ_POLICY)

router = Router(prefix="/courses", tags=["courses"])


async def known_course(id: UUID, db: Db) -> Course:
    return await one_or_404(db, queries.courses(), col(Course.id), id)


Known = Annotated[Course, Depends(known_course)]


@router.get("", summary="List courses", dependencies=[MayReadPolicy])
async def courses_list(query: Annotated[CourseQuery, Query()], pages: Pages) -> Page[CourseRead]:
    """The catalog: courses of the city, the nation, the prefecture and vendors, including retired ones."""
    rows = await pages.fetch(queries.courses(), query)
    return rows.page([views.course(row) for row in rows.rows])


@router.post("", summary="Add a course", status_code=201, dependencies=[MayEditCatalog])
async def courses_add(fields: CourseCreate, db: Db, etag: Etag) -> CourseRead:
    """Skills, roles, ranks and courses referred to must exist; courses must not refer to each other in a cycle."""
    return views.course(etag.created(await commands.add_course(db, fields)))


@router.get("/{id}", summary="Get a course", dependencies=[MayReadPolicy])
async def courses_read(course: Known, etag: Etag) -> CourseRead:
    """The course with its skills, prerequisites and equivalents."""
    return views.course(etag.stamp(course))


async def to_change(id: UUID, db: Db, etag: Etag) -> Course:
    """Locked, if it is still the version of the caller's If-Match."""
    return etag.fresh(await queries.locked_course(db, id))


@router.patch("/{id}", summary="Change a course", dependencies=[MayEditCatalog])
async def courses_change(
    course: Annotated[Course, Depends(to_change)], changes: CourseUpdate, db: Db, etag: Etag
) -> CourseRead:
    """Lists that are sent replace the existing ones; past completions are not affected. A course with sessions on or
    after `retired_on` is not retired: the problem names them."""
    return views.course(etag.stamp(await commands.change_course(db, course, changes)))


@router.delete("/{id}", summary="Delete a course", status_code=204, dependencies=[MayEditCatalog])
async def courses_remove(course: Known, db: Db, etag: Etag) -> None:
    """Only if it has no sessions and no other course refers to it; otherwise set `retired_on` instead."""
    await remove(db, etag.fresh(course))
