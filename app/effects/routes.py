from typing import Annotated
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.catalog.models import Course
from app.course_sessions.models import CourseSession
from app.effects import queries
from app.effects.schemas import CourseEffectiveness, SessionEffectiveness
from app.identity.gate import may
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.database import Db
from app.kit.reading import found
from app.kit.routing import Router

Reader = Annotated[Principal, may(Permission.RUN_SURVEYS, Permission.READ_FIGURES)]

router = Router(tags=["effectiveness"])


@router.get("/course_sessions/{id}/effectiveness", response_model=SessionEffectiveness)
async def read_session_effectiveness(id: UUID, db: Db, who: Reader) -> SessionEffectiveness:
    """What the session changed: for each paired question the change of those who answered before and after.

    Shown once the surveys are closed, for at least `minimum_group` pairs that are not all alike. Each line names its
    skill; there is no mean over questions, as another mix of people would answer each of them.
    """
    session = await found(db, select(CourseSession), col(CourseSession.id), id)
    return await queries.of_session(db, who, session.id)


@router.get("/courses/{id}/effectiveness", response_model=CourseEffectiveness)
async def read_course_effectiveness(id: UUID, db: Db, who: Reader) -> CourseEffectiveness:
    """What the course changed over all its sessions, questions of another scale apart.

    Sessions too small to be shown enter together, as soon as they make a group.
    """
    course = await found(db, select(Course), col(Course.id), id)
    return await queries.of_course(db, who, course.id)
