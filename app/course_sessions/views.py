"""Read models of sessions, with what the caller may do now."""

from app.course_sessions import rules
from app.course_sessions.schemas import CourseLabel, CourseSessionRead, MeetingRead
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, SessionMeeting
from app.seats.rules import accepts_applications


def course_session(session: CourseSession, who: Principal) -> CourseSessionRead:
    now, status, course = clock.now(), SessionStatus(session.status), session.course
    offered = rules.is_offered(session.starts_at, retired_on=course.retired_on)
    run = rules.session_actions(status, starts_at=session.starts_at, ends_at=session.ends_at, offered=offered, now=now)
    record = rules.attendance_actions(session.starts_at, seats_taken=session.seats_taken, now=now)
    return CourseSessionRead(
        id=session.id,
        created_at=session.created_at,
        updated_at=session.updated_at,
        course_id=course.id,
        course=CourseLabel(id=course.id, code=course.code, title=course.title, title_en=course.title_en),
        fiscal_year=session.fiscal_year,
        status=status,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        capacity=session.capacity,
        application_opens_at=session.application_opens_at,
        application_closes_at=session.application_closes_at,
        withdrawal_closes_at=session.withdrawal_closes_at,
        needs_approval=session.needs_approval,
        meetings=[_meeting(meeting) for meeting in session.meetings],
        seats_taken=session.seats_taken,
        free_seats=session.free_seats,
        waitlist_length=session.waitlist_length,
        accepts_applications=accepts_applications(
            status, session.application_opens_at, session.application_closes_at, now
        ),
        allowed_actions=[
            *(run if who.may(Permission.RUN_SESSIONS) else ()),
            *(record if who.may(Permission.RECORD_ATTENDANCE) else ()),
        ],
    )


def _meeting(meeting: SessionMeeting) -> MeetingRead:
    return MeetingRead(
        id=meeting.id, starts_at=meeting.starts_at, ends_at=meeting.ends_at, place=meeting.place, url=meeting.url
    )
