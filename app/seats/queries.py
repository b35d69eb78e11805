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

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.problems import DomainError
from app.kit.reading import found
from app.kit.records import on_day, related
from app.people.enums import PostKind
from app.people.functions import in_subtree, posts_on
from app.people.models import Employee, Employment, OrgUnit
from app.people.sight import within_sight
from app.roles.queries import overlaps
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import PENDING, Waiting


def sessions() -> Select[CourseSession]:
    """Sessions with their course and meetings."""
    return select(CourseSession).options(
        joinedload(related(CourseSession.course)), selectinload(related(CourseSession.meetings))
    )


async def locked_session(db: AsyncSession, session_id: UUID, otherwise: DomainError | None = None) -> CourseSession:
    """The session as it is now; whoever settles its seats, meetings or state next waits for us."""
    rows = sessions().with_for_update(of=CourseSession).execution_options(populate_existing=True)
    return await found(db, rows, col(CourseSession.id), session_id, otherwise)


def visible_to(who: Principal) -> Select[Enrollment]:
    """Those of people in sight today; of people who have moved on, a head keeps what is over."""
    seen = within_sight(who, col(Enrollment.employee_id), who.today, Permission.READ_ENROLLMENTS_ALL)
    below = select(col(OrgUnit.id)).where(overlaps(col(OrgUnit.lineage), who.standing.headed))
    kept = col(Enrollment.status).not_in(PENDING) & col(Enrollment.org_unit_id).in_(below)
    rows = select(Enrollment).options(joinedload(related(Enrollment.session), innerjoin=True))
    return rows.where(seen | kept if who.standing.headed else seen)


def at_session(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Enrollment.course_session_id).in_(select(col(CourseSession.id)).where(condition))


def in_unit(top: UUID, day: date) -> ColumnElement[bool]:
    """Of people whose primary unit on the day is this one or stands below it."""
    posts = posts_on(day, day, "members")
    primary = (posts.c.kind == PostKind.PRIMARY) & in_subtree(posts.c.org_unit_id, top)
    return col(Enrollment.employee_id).in_(select(posts.c.employee_id).where(primary))


async def locked(db: AsyncSession, who: Principal, enrollment_id: UUID) -> Enrollment:
    """The enrollment as it stands once its session is locked, and with it all that the person waits for: whoever
    leaves a seat may be let in there."""
    of_it = select(col(Enrollment.employee_id)).where(col(Enrollment.id) == enrollment_id).scalar_subquery()
    waited = (col(Enrollment.employee_id) == of_it) & (col(Enrollment.status) == EnrollmentStatus.WAITLISTED)
    involved = select(col(Enrollment.course_session_id)).where((col(Enrollment.id) == enrollment_id) | waited)
    rows = select(col(CourseSession.id)).where(col(CourseSession.id).in_(involved)).order_by(col(CourseSession.id))
    await db.execute(rows.with_for_update())
    enrollment = await found(db, visible_to(who), col(Enrollment.id), enrollment_id)
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
            on_day(col(Employment.valid_from), col(Employment.valid_to), day),
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


async def attended_meetings(db: AsyncSession, session_id: UUID) -> set[UUID]:
    """Meetings of the session for which somebody's attendance is recorded."""
    rows = _bookings_of(session_id, col(Booking.session_meeting_id)).where(col(Booking.attendance).is_not(None))
    return set((await db.execute(rows.distinct())).scalars())


async def booked(db: AsyncSession, session_id: UUID) -> set[tuple[UUID, UUID]]:
    """Which enrollment has which meeting in the calendar."""
    rows = _bookings_of(session_id, col(Booking.enrollment_id), col(Booking.session_meeting_id))
    return {(row[0], row[1]) for row in await db.execute(rows)}


def _bookings_of(session_id: UUID, *columns: Any) -> Select[Any]:
    meetings = select(col(SessionMeeting.id)).where(col(SessionMeeting.course_session_id) == session_id)
    return select(*columns).where(col(Booking.session_meeting_id).in_(meetings))
