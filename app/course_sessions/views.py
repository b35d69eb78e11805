"""Course sessions as the API answers them: with what this caller may do now."""

from app.course_sessions import rules
from app.course_sessions.schemas import CourseSessionRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats import rules as seats_rules
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession


def course_session(session: CourseSession, who: Principal) -> CourseSessionRead:
    """The session with what can be done with it at this moment."""
    now, status = clock.now(), SessionStatus(session.status)
    opens, closes = session.application_opens_at, session.application_closes_at
    run = rules.session_actions(status, ends_at=session.ends_at, now=now)
    record = rules.sheet_actions(session.starts_at, seats_taken=session.seats_taken, now=now)
    actions = (run if who.may(Permission.RUN_SESSIONS) else []) + (
        record if who.may(Permission.RECORD_ATTENDANCE) else []
    )
    moment = {
        "accepts_applications": seats_rules.accepts_applications(status, opens, closes, now),
        "allowed_actions": actions,
    }
    return CourseSessionRead.model_validate(session, update=moment)
