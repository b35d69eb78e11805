"""Commands of the offices that maintain the lists."""

from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.patching import revise
from app.lists.models import AbsenceKind, CourseTheme, JobCategory, JobService, ListedLabels
from app.lists.schemas import ListedCodeUpdate

L = TypeVar("L", JobCategory, JobService, AbsenceKind, CourseTheme)


async def relabel(db: AsyncSession, listed: L, changes: ListedCodeUpdate) -> L:
    revise(ListedLabels, listed, changes)
    await db.flush()
    return listed
