"""SELECTs of sessions, and which of them a caller sees."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.once import built_once
from app.kit.problems import DomainError
from app.kit.reading import one_or_404
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from app.seats.queries import sessions

SEES_DRAFTS = {Permission.RUN_SESSIONS, Permission.READ_AUDIT}


_OFFERED = select(Course).with_for_update(read=True).execution_options(populate_existing=True)


def visible_to(who: Principal) -> Select[CourseSession]:
    """Drafts are visible only to those who run sessions and to the auditor."""
    return _visible(drafts=bool(who.permissions.intersection(SEES_DRAFTS)))


@built_once
def _visible(*, drafts: bool) -> Select[CourseSession]:
    return sessions() if drafts else sessions().where(col(CourseSession.status) != SessionStatus.DRAFT)


async def offered_course(db: AsyncSession, course_id: UUID, not_found: DomainError) -> Course:
    """The course as it is now; nobody retires it until the transaction ends."""
    return await one_or_404(db, _OFFERED, col(Course.id), course_id, not_found)
