"""SELECTs of sessions, and which of them a caller sees."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.problems import DomainError
from app.kit.reading import one_or_404
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession
from app.seats.queries import sessions

SEES_DRAFTS = {Permission.RUN_SESSIONS, Permission.READ_AUDIT}


def visible_to(who: Principal) -> Select[CourseSession]:
    """Drafts are visible only to those who run sessions and to the auditor."""
    if who.permissions.intersection(SEES_DRAFTS):
        return sessions()
    return sessions().where(col(CourseSession.status) != SessionStatus.DRAFT)


async def course(db: AsyncSession, course_id: UUID, not_found: DomainError) -> Course:
    return await one_or_404(db, select(Course), col(Course.id), course_id, not_found)
