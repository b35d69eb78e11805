from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.catalog import commands, queries
from app.catalog.models import Course
from app.catalog.schemas import CourseCreate, CourseQuery, CourseRead, CourseUpdate
from app.identity.gate import may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import Listing, Page, Pages
from app.kit.reading import found
from app.kit.records import remove
from app.kit.routing import Router

MayRead = may(Permission.READ_POLICY)
MayEdit = may(Permission.EDIT_CATALOG)

router = Router(prefix="/courses", tags=["courses"])


async def known_course(id: UUID, db: Db) -> Course:
    return await found(db, queries.courses(), col(Course.id), id)


Known = Annotated[Course, Depends(known_course)]


@router.get("", response_model=Page[CourseRead], dependencies=[MayRead])
async def list_courses(query: Annotated[CourseQuery, Query()], pages: Pages) -> Listing:
    """The catalogue: courses of the city, the nation, the prefecture and vendors alike, retired ones too."""
    return await pages.fetch(queries.courses(), query)


@router.post("", response_model=CourseRead, status_code=201, dependencies=[MayEdit])
async def add_course(wanted: CourseCreate, db: Db, etag: Etag) -> Course:
    """Add a course. Skills, roles, ranks and the courses that it names must exist; no course may lead to itself."""
    return etag.created(await commands.add_course(db, wanted))


@router.get("/{id}", response_model=CourseRead, dependencies=[MayRead])
async def read_course(course: Known, etag: Etag) -> Course:
    """One course, with what it teaches, asks for and replaces."""
    return etag.stamp(course)


@router.patch("/{id}", response_model=CourseRead, dependencies=[MayEdit])
async def change_course(course: Known, changes: CourseUpdate, db: Db, etag: Etag) -> Course:
    """Change a course. A list that is sent replaces the one that was there; completions of the past stay."""
    return etag.stamp(await commands.change_course(db, etag.fresh(course), changes))


@router.delete("/{id}", status_code=204, dependencies=[MayEdit])
async def remove_course(course: Known, db: Db, etag: Etag) -> None:
    """Remove a course that was never run nor named by another; one that was run gets a day of retirement."""
    await remove(db, etag.fresh(course))
