"""Who sees which enrollment, the locks that put competitors in order, the waiting list and the calendars."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.problems import NotFound
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.people.functions import overlaps
from app.people.models import Employee, OrgUnit
from app.people.sight import Purpose, sees_everybody, sees_person, units_in_sight
from app.seats.enums import EnrollmentStatus
from app.seats.functions import HAS_FREE_SEAT, clashing, is_available
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import PENDING, WaitlistEntry

_SESSION_ID = bindparam("session_id", type_=Uuid)

_LOCKED_SESSION = (
    select(CourseSession)
    .options(joinedload(as_attribute(CourseSession.course)), joinedload(as_attribute(CourseSession.meetings)))
    .where(col(CourseSession.id) == _SESSION_ID)
    .with_for_update(of=CourseSession)
    .execution_options(populate_existing=True)
)

_CLASHING = clashing(_SESSION_ID, col(Booking.employee_id).in_(bindparam("people", expanding=True)))

_WAITLIST = select(
    col(Enrollment.id), col(Enrollment.waitlist_order), is_available(col(Enrollment.employee_id), _SESSION_ID)
).where(col(Enrollment.course_session_id) == _SESSION_ID, col(Enrollment.status) == EnrollmentStatus.WAITLISTED)


def sessions() -> Select[CourseSession]:
    """Sessions with their course and meetings."""
    return select(CourseSession).options(
        joinedload(as_attribute(CourseSession.course)), selectinload(as_attribute(CourseSession.meetings))
    )


async def find_locked_session(db: AsyncSession, session_id: UUID) -> CourseSession | None:
    """The session as it is now, with course and meetings; others who change its seats, meetings or status wait."""
    return (await db.execute(_LOCKED_SESSION, {"session_id": session_id})).unique().scalars().first()


async def locked_session(db: AsyncSession, session_id: UUID) -> CourseSession:
    session = await find_locked_session(db, session_id)
    if session is None:
        raise NotFound
    return session


def visible_to(who: Principal) -> Select[Enrollment]:
    """Enrollments of people visible today; heads also keep finished enrollments of former members."""
    seen = sees_person(who, Purpose.ENROLLMENTS, Enrollment.employee_id)
    rows = select(Enrollment).options(joinedload(as_attribute(Enrollment.session), innerjoin=True))
    headed = units_in_sight(who, Purpose.FORMER_MEMBERS)
    if not headed or sees_everybody(who, Purpose.ENROLLMENTS):
        return rows.where(seen)
    below = select(col(OrgUnit.id)).where(overlaps(OrgUnit.lineage, headed))
    return rows.where(seen | (col(Enrollment.status).not_in(PENDING) & col(Enrollment.org_unit_id).in_(below)))


async def locked_enrollment(db: AsyncSession, who: Principal, enrollment_id: UUID) -> Enrollment:
    """The enrollment with its session locked, and all sessions that the person waits for: leaving a seat may promote
    the person there."""
    of_it = select(col(Enrollment.employee_id)).where(col(Enrollment.id) == enrollment_id).scalar_subquery()
    waited = (col(Enrollment.employee_id) == of_it) & (col(Enrollment.status) == EnrollmentStatus.WAITLISTED)
    involved = select(col(Enrollment.course_session_id)).where((col(Enrollment.id) == enrollment_id) | waited)
    rows = select(col(CourseSession.id)).where(col(CourseSession.id).in_(involved)).order_by(col(CourseSession.id))
    await db.execute(rows.with_for_update())
    enrollment = await one_or_404(db, visible_to(who), col(Enrollment.id), enrollment_id)
    set_committed_value(enrollment, "session", await locked_session(db, enrollment.course_session_id))
    return enrollment


async def lock_people(db: AsyncSession, ids: Iterable[UUID]) -> None:
    """One writer for each calendar. Always after the session and in one order, which rules deadlocks out."""
    people = select(col(Employee.id)).where(col(Employee.id).in_(set(ids))).order_by(col(Employee.id))
    await db.execute(people.with_for_update(key_share=True))


async def enrollments_in(
    db: AsyncSession, session_id: UUID, statuses: Collection[EnrollmentStatus]
) -> Sequence[Enrollment]:
    rows = select(Enrollment).where(
        col(Enrollment.course_session_id) == session_id, col(Enrollment.status).in_(statuses)
    )
    return (await db.execute(rows.order_by(col(Enrollment.waitlist_order), col(Enrollment.id)))).scalars().all()


async def last_waitlist_order(db: AsyncSession, session_id: UUID) -> int:
    order = func.max(col(Enrollment.waitlist_order))
    return await db.scalar(select(order).where(col(Enrollment.course_session_id) == session_id)) or 0


async def waitlist(db: AsyncSession, session: CourseSession) -> list[WaitlistEntry]:
    rows = await db.execute(_WAITLIST, {"session_id": session.id})
    return [WaitlistEntry(id=row[0], order=row[1] or 0, available=row[2]) for row in rows]


async def clashing_sessions(db: AsyncSession, session_id: UUID, people: Collection[UUID]) -> Sequence[UUID]:
    """Other sessions in which one of the people has a seat at the time of this one."""
    return (await db.execute(_CLASHING, {"session_id": session_id, "people": people})).scalars().all()


async def sessions_also_waited_for(db: AsyncSession, people: Collection[UUID], but: UUID) -> Sequence[UUID]:
    """Sessions with a free seat for which one of the people waits: a freed calendar may let them in."""
    waited = select(col(Enrollment.course_session_id)).where(
        col(Enrollment.employee_id).in_(people), col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    )
    free = select(col(CourseSession.id)).where(
        col(CourseSession.id).in_(waited),
        col(CourseSession.id) != but,
        HAS_FREE_SEAT,
    )
    return (await db.execute(free.order_by(col(CourseSession.id)))).scalars().all()


async def bookings_of(db: AsyncSession, session_id: UUID) -> Sequence[Booking]:
    """Bookings of the session's meetings by people who hold a seat or held one."""
    meetings = select(col(SessionMeeting.id)).where(col(SessionMeeting.course_session_id) == session_id)
    return (await db.scalars(select(Booking).where(col(Booking.session_meeting_id).in_(meetings)))).all()


async def held_bookings(db: AsyncSession, enrollments: Collection[UUID]) -> Sequence[Booking]:
    rows = select(Booking).where(col(Booking.enrollment_id).in_(enrollments), col(Booking.holds))
    return (await db.scalars(rows)).all()
