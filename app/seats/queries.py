"""Who sees which enrollment, the locks that put rivals in order, the queue and the calendar."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from app.identity.principal import Principal
from app.kit import clock
from app.kit.problems import DomainError, NotFound
from app.kit.reading import one_or_404
from app.kit.records import as_attribute, in_force
from app.people.functions import overlaps
from app.people.models import Employee, Employment, OrgUnit
from app.people.sight import Purpose, sees_everybody, sees_person, units_in_sight
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import PENDING, Waiting


def sessions() -> Select[CourseSession]:
    """Sessions with their course and meetings."""
    return select(CourseSession).options(
        joinedload(as_attribute(CourseSession.course)), selectinload(as_attribute(CourseSession.meetings))
    )


async def locked_session(db: AsyncSession, session_id: UUID, not_found: DomainError | None = None) -> CourseSession:
    """The session as it is now, with course and meetings; others who finish_etag its seats, meetings or state wait."""
    rows = (
        select(CourseSession)
        .options(joinedload(as_attribute(CourseSession.course)), joinedload(as_attribute(CourseSession.meetings)))
        .where(col(CourseSession.id) == session_id)
        .with_for_update(of=CourseSession)
        .execution_options(populate_existing=True)
    )
    session = (await db.execute(rows)).unique().scalars().first()
    if session is None:
        raise not_found or NotFound
    return session


def visible_to(who: Principal) -> Select[Enrollment]:
    """Enrollments of people in sight today; heads also keep finished enrollments of former members."""
    seen = sees_person(who, Purpose.ENROLLMENTS, Enrollment.employee_id)
    rows = select(Enrollment).options(joinedload(as_attribute(Enrollment.session), innerjoin=True))
    headed = units_in_sight(who, Purpose.FORMER_MEMBERS)
    if not headed or sees_everybody(who, Purpose.ENROLLMENTS):
        return rows.where(seen)
    below = select(col(OrgUnit.id)).where(overlaps(OrgUnit.lineage, headed))
    return rows.where(seen | (col(Enrollment.status).not_in(PENDING) & col(Enrollment.org_unit_id).in_(below)))


async def locked(db: AsyncSession, who: Principal, enrollment_id: UUID) -> Enrollment:
    """The enrollment once its session is locked, and with it all sessions that the person waits for, since leaving a
    seat may promote them there."""
    of_it = select(col(Enrollment.employee_id)).where(col(Enrollment.id) == enrollment_id).scalar_subquery()
    waited = (col(Enrollment.employee_id) == of_it) & (col(Enrollment.status) == EnrollmentStatus.WAITLISTED)
    involved = select(col(Enrollment.course_session_id)).where((col(Enrollment.id) == enrollment_id) | waited)
    rows = select(col(CourseSession.id)).where(col(CourseSession.id).in_(involved)).order_by(col(CourseSession.id))
    await db.execute(rows.with_for_update())
    enrollment = await one_or_404(db, visible_to(who), col(Enrollment.id), enrollment_id)
    set_committed_value(enrollment, "session", await locked_session(db, enrollment.course_session_id))
    return enrollment


async def lock_people(db: AsyncSession, ids: Iterable[UUID]) -> None:
    """One calendar, one writer: always after the session and in one order, so that nobody waits in a circle."""
    people = select(col(Employee.id)).where(col(Employee.id).in_(set(ids))).order_by(col(Employee.id))
    await db.execute(people.with_for_update(key_share=True))


async def of_session(
    db: AsyncSession, session_id: UUID, statuses: Collection[EnrollmentStatus]
) -> Sequence[Enrollment]:
    rows = select(Enrollment).where(
        col(Enrollment.course_session_id) == session_id, col(Enrollment.status).in_(statuses)
    )
    return (await db.execute(rows.order_by(col(Enrollment.waitlist_order), col(Enrollment.id)))).scalars().all()


async def last_in_queue(db: AsyncSession, session_id: UUID) -> int:
    order = func.max(col(Enrollment.waitlist_order))
    return await db.scalar(select(order).where(col(Enrollment.course_session_id) == session_id)) or 0


async def queue(db: AsyncSession, session: CourseSession) -> list[Waiting]:
    """The waiting list; eligible is who is employed on the days and has no other seat at the time."""
    employee_id = col(Enrollment.employee_id)
    eligible = employed_throughout(employee_id, session.id) & ~exists(
        clashes(session.id, col(Booking.employee_id) == employee_id)
    )
    rows = select(col(Enrollment.id), col(Enrollment.waitlist_order), eligible).where(
        col(Enrollment.course_session_id) == session.id, col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    )
    return [Waiting(row[0], row[1] or 0, row[2]) for row in await db.execute(rows)]


def days_of(session: CourseSession) -> list[date]:
    return sorted({clock.day_of(meeting.starts_at) for meeting in session.meetings})


def employed_throughout(employee_id: Any, session_id: Any) -> ColumnElement[bool]:
    """Employed on every day of the session."""
    day = cast(func.timezone(str(clock.TOKYO), col(SessionMeeting.starts_at)), Date)
    terms = (
        exists()
        .where(
            col(Employment.employee_id) == employee_id,
            in_force(col(Employment.valid_from), col(Employment.valid_to), day),
        )
        .correlate_except(Employment)
    )
    days = select(col(SessionMeeting.id)).where(col(SessionMeeting.course_session_id) == session_id, ~terms)
    return ~days.correlate_except(SessionMeeting).exists()


def clashes(session_id: Any, of_people: ColumnElement[bool]) -> Select[UUID]:
    """Other sessions in which these people have a seat at the time of one of this session's meetings."""
    booked, wanted = aliased(SessionMeeting), aliased(SessionMeeting)
    return (
        select(col(booked.course_session_id))
        .distinct()
        .join(Booking, col(Booking.session_meeting_id) == col(booked.id))
        .join(wanted, col(Booking.during).op("&&")(func.tstzrange(col(wanted.starts_at), col(wanted.ends_at))))
        .where(
            col(wanted.course_session_id) == session_id,
            col(booked.course_session_id) != session_id,
            col(Booking.holds),
            of_people,
        )
    )


async def clashing_sessions(db: AsyncSession, session_id: UUID, people: Collection[UUID]) -> Sequence[UUID]:
    return (await db.execute(clashes(session_id, col(Booking.employee_id).in_(people)))).scalars().all()


async def sessions_also_waited_for(db: AsyncSession, people: Collection[UUID], but: UUID) -> Sequence[UUID]:
    """Sessions with a free seat for which one of the people waits: a freed calendar may let them in."""
    waited = select(col(Enrollment.course_session_id)).where(
        col(Enrollment.employee_id).in_(people), col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    )
    free = select(col(CourseSession.id)).where(
        col(CourseSession.id).in_(waited),
        col(CourseSession.id) != but,
        col(CourseSession.seats_taken) < col(CourseSession.capacity),
    )
    return (await db.execute(free.order_by(col(CourseSession.id)))).scalars().all()


async def bookings_of(db: AsyncSession, session_id: UUID) -> Sequence[Booking]:
    """Bookings of the session's meetings by those who hold a seat or held one."""
    meetings = select(col(SessionMeeting.id)).where(col(SessionMeeting.course_session_id) == session_id)
    return (await db.scalars(select(Booking).where(col(Booking.session_meeting_id).in_(meetings)))).all()


async def held_bookings(db: AsyncSession, enrollments: Collection[UUID]) -> Sequence[Booking]:
    return (
        await db.scalars(select(Booking).where(col(Booking.enrollment_id).in_(enrollments), col(Booking.holds)))
    ).all()
