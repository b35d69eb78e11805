"""What the training office does with sessions. Whoever changes one that is published holds its row's lock."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.catalog.rules import UnknownCourse
from app.course_sessions import queries, rules
from app.course_sessions.models import CourseSession, CourseSessionFields, SessionMeeting
from app.course_sessions.rules import Meeting, Schedule
from app.course_sessions.schemas import CourseSessionCreate, CourseSessionPlan, CourseSessionUpdate
from app.kit import clock
from app.kit.patching import whole
from app.kit.records import add, aligned, remove, uuid7


async def plan_session(db: AsyncSession, wanted: CourseSessionCreate) -> CourseSession:
    """A draft of a run; nobody but those who run sessions sees it."""
    course = await queries.course(db, wanted.course_id, UnknownCourse(pointer="/course_id"))
    columns = _columns(wanted, course, wanted.fiscal_year)
    session = CourseSession(course_id=course.id, course=course, **columns)
    session.meetings = _meetings(session, wanted)
    return await add(db, session)


async def revise_session(db: AsyncSession, session: CourseSession, changes: CourseSessionUpdate) -> CourseSession:
    """Change a locked session; a fiscal year that was not sent follows the meetings."""
    rules.check_revisable(session.status)
    plan = whole(session, changes)
    assert isinstance(plan, CourseSessionPlan)  # noqa: S101 - what CourseSessionUpdate completes to
    rules.check_capacity(plan.capacity, taken=session.seats_taken)
    for name, value in _columns(plan, session.course, changes.fiscal_year).items():
        setattr(session, name, value)
    session.meetings = _meetings(session, plan)
    await db.flush()
    return session


def _columns(plan: CourseSessionPlan, course: Course, fiscal_year: int | None) -> dict[str, Any]:
    """What the session's own row says; `updated_at`, since moved meetings alone make a new version, too."""
    schedule = Schedule(
        meetings=tuple(Meeting(meeting.starts_at, meeting.ends_at) for meeting in plan.meetings),
        application_opens_at=plan.application_opens_at,
        application_closes_at=plan.application_closes_at,
        withdrawal_closes_at=plan.withdrawal_closes_at,
    )
    rules.check_schedule(schedule, fiscal_year=fiscal_year)
    rules.check_offered(schedule, retired_on=course.retired_on)
    derived = {name: getattr(schedule, name) for name in ("fiscal_year", "starts_at", "ends_at")}
    own = {name: getattr(plan, name) for name in CourseSessionFields.model_fields}
    return own | derived | {"updated_at": clock.now()}


def _meetings(session: CourseSession, plan: CourseSessionPlan) -> list[SessionMeeting]:
    """One that is sent with its id stays or moves, any other is new."""
    standing = {meeting.id for meeting in session.meetings}
    for at, meeting in enumerate(plan.meetings):
        if meeting.id and meeting.id not in standing:
            raise rules.UnknownMeeting(pointer=f"/meetings/{at}/id")
    in_order = sorted(plan.meetings, key=lambda meeting: meeting.starts_at)
    wanted = [meeting.model_dump() | {"id": meeting.id or uuid7()} for meeting in in_order]
    return aligned(session.meetings, SessionMeeting, ["id"], wanted)


async def publish_session(db: AsyncSession, session: CourseSession) -> CourseSession:
    session.status = rules.published(session.status)
    await db.flush()
    return session


async def close_session(db: AsyncSession, session: CourseSession) -> CourseSession:
    session.status = rules.closed(session.status, ends_at=session.ends_at, now=clock.now())
    await db.flush()
    return session


async def cancel_session(db: AsyncSession, session: CourseSession) -> CourseSession:
    """The session's own part: whoever has a seat or waits is for the caller to settle."""
    session.status = rules.cancelled(session.status)
    await db.flush()
    return session


async def discard_session(db: AsyncSession, session: CourseSession) -> None:
    rules.check_draft(session.status)
    await remove(db, session)
