"""Who sees which enrollment, the locks that put competitors in order, the waiting list and the calendars.

Locks are taken in one order: a session with those that may be affected, by id in one statement, then people, by id in
one statement. After people no further session is locked.

Writers wait for a session in its queue, an advisory lock, before its row: PostgreSQL serves a queue in the order of
arrival, while those who wait for a row start over whenever it changes, and in a rush some never have their turn.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, Text, Uuid, any_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.once import built_once
from app.kit.problems import NotFound
from app.kit.reading import fetched, one_or_404
from app.kit.records import as_attribute
from app.people.models import Employee, OrgUnit
from app.people.sight import Purpose, Sight, sees_person, sight
from app.seats.enums import EnrollmentStatus
from app.seats.functions import (
    APPLICATION,
    CIRCUMSTANCES,
    HAS_FREE_SEAT,
    Circumstances,
    LockedApplication,
    admissions,
    clashing,
    published_today,
)
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import PENDING, WaitlistEntry

_SESSION_ID = bindparam("session_id", type_=Uuid)


def _queue(sessions: Select[UUID]) -> Select[UUID, object]:
    """Wait in the queues of these sessions, one after the other by id."""
    wanted = sessions.order_by(col(CourseSession.id)).offset(0).subquery()
    return select(wanted.c.id, func.pg_advisory_xact_lock(func.hashtextextended(cast(wanted.c.id, Text), 0)))


_QUEUE = _queue(select(col(CourseSession.id)).where(col(CourseSession.id) == _SESSION_ID))

_SESSION = (
    select(CourseSession)
    .options(joinedload(as_attribute(CourseSession.course)), joinedload(as_attribute(CourseSession.meetings)))
    .where(col(CourseSession.id) == _SESSION_ID)
    .execution_options(populate_existing=True)
)
_SESSION_TO_LOCK = _SESSION.with_for_update(of=CourseSession)

_CLASHING = clashing(_SESSION_ID, col(Booking.employee_id).in_(bindparam("people", expanding=True)))

_ADMISSION = admissions(_SESSION_ID)

_WAITLIST = (
    select(col(Enrollment.id), col(Enrollment.waitlist_order), _ADMISSION.c.can_come)
    .join(_ADMISSION, _ADMISSION.c.employee_id == col(Enrollment.employee_id))
    .where(col(Enrollment.course_session_id) == _SESSION_ID, col(Enrollment.status) == EnrollmentStatus.WAITLISTED)
)

_LOCKED_APPLICATION = select(*APPLICATION.c)

_ATTEMPTS_TO_LOCK = 20


def sessions() -> Select[CourseSession]:
    """Sessions with their course and meetings."""
    return select(CourseSession).options(
        joinedload(as_attribute(CourseSession.course)), selectinload(as_attribute(CourseSession.meetings))
    )


async def locked_application(
    db: AsyncSession, who: Principal, session_id: UUID, employee_id: UUID
) -> LockedApplication | None:
    """What decides this application, with its locks taken: the session, then the calendars of the person and of those
    who wait for it. None if there is no such session."""
    known, published = who.as_of_today, published_today()
    days = {"day": known.day, "known_by": known.published_by, "published_by": published.published_by}
    rows = await fetched(db, _LOCKED_APPLICATION, {"session_id": session_id, "employee_id": employee_id, **days})
    return LockedApplication(*rows[0]) if rows else None


async def locked_session(db: AsyncSession, session_id: UUID) -> CourseSession:
    """The session as it is now, with course and meetings; others who change its seats, meetings or status wait. It is
    read after the queue: what a statement joins to a row that it waits for is older than the row."""
    await db.execute(_QUEUE, {"session_id": session_id})
    return _existing(await _queued_session(db, session_id))


async def session_as_it_is(db: AsyncSession, session_id: UUID) -> CourseSession:
    """With course and meetings; locked already."""
    return (await db.execute(_SESSION, {"session_id": session_id})).unique().scalars().one()


async def _queued_session(db: AsyncSession, session_id: UUID) -> CourseSession | None:
    return (await db.execute(_SESSION_TO_LOCK, {"session_id": session_id})).unique().scalars().first()


def _existing(session: CourseSession | None) -> CourseSession:
    if session is None:
        raise NotFound
    return session


def visible_to(who: Principal) -> Select[Enrollment]:
    """Enrollments of people visible today; heads also keep finished enrollments of former members."""
    return _visible(sight(who, Purpose.ENROLLMENTS), sight(who, Purpose.FORMER_MEMBERS))


@built_once
def _visible(seen: Sight, formerly: Sight) -> Select[Enrollment]:
    rows = select(Enrollment).options(joinedload(as_attribute(Enrollment.session), innerjoin=True))
    if seen.everybody or not formerly.units:
        return rows.where(seen.person(Enrollment.employee_id))
    own, former = aliased(Enrollment), aliased(Enrollment)
    below = select(col(OrgUnit.id)).where(formerly.unit(OrgUnit.lineage))
    finished = col(former.status).not_in(PENDING) & col(former.org_unit_id).in_(below)
    ids = select(col(own.id)).where(seen.person(own.employee_id)).union_all(select(col(former.id)).where(finished))
    return rows.where(col(Enrollment.id).in_(ids))


def waited_for(people: Select[UUID]) -> Select[UUID]:
    """Sessions for which one of the people waits."""
    waits = col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    return select(col(Enrollment.course_session_id)).where(col(Enrollment.employee_id).in_(people), waits)


async def lock_sessions(db: AsyncSession, wanted: CompoundSelect[UUID]) -> None:
    """Lock all of them at once: if another transaction has added one in the meantime, let go and begin again."""
    sessions = select(col(CourseSession.id)).where(col(CourseSession.id).in_(wanted))
    queue, locking = _queue(sessions), sessions.order_by(col(CourseSession.id)).with_for_update()
    for left in reversed(range(_ATTEMPTS_TO_LOCK)):
        async with db.begin_nested() as attempt:
            queued = (await db.scalars(queue)).all()
            if set((await db.scalars(locking)).all()) <= set(queued) or not left:
                return
            await attempt.rollback()


async def locked_enrollment(db: AsyncSession, who: Principal, enrollment_id: UUID) -> Enrollment:
    """The enrollment with its session locked, and all sessions that the person waits for: leaving a seat may promote
    the person there."""
    it = col(Enrollment.id) == enrollment_id
    waited = waited_for(select(col(Enrollment.employee_id)).where(it))
    await lock_sessions(db, select(col(Enrollment.course_session_id)).where(it).union(waited))
    enrollment = await one_or_404(db, visible_to(who), col(Enrollment.id), enrollment_id, as_of=who.as_of_today)
    set_committed_value(enrollment, "session", await _queued_session(db, enrollment.course_session_id))
    return enrollment


async def session_to_change(db: AsyncSession, session_id: UUID) -> CourseSession:
    """The session, locked with all sessions that its people wait for: moving or ending it may promote them there."""
    pending = col(Enrollment.status).in_(PENDING)
    people = select(col(Enrollment.employee_id)).where(col(Enrollment.course_session_id) == session_id, pending)
    own = select(col(CourseSession.id)).where(col(CourseSession.id) == session_id)
    await lock_sessions(db, own.union(waited_for(people)))
    return _existing(await _queued_session(db, session_id))


async def lock_calendars(db: AsyncSession, sessions: Collection[UUID], people: Iterable[UUID] = ()) -> None:
    """One writer for the calendars of these people and of all who wait for these sessions, which are locked already.
    Once in a transaction, and no session after it."""
    waits = col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    waiting = select(col(Enrollment.employee_id)).where(col(Enrollment.course_session_id).in_(sessions), waits)
    # as one array, because PostgreSQL would look at every person for one condition or the other
    either = func.array_cat(literal(list(set(people)), ARRAY(Uuid)), func.array(waiting.scalar_subquery()))
    rows = select(col(Employee.id)).where(col(Employee.id) == any_(either)).order_by(col(Employee.id))
    await db.execute(rows.with_for_update(key_share=True))


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
    rows = await db.execute(_WAITLIST, {"session_id": session.id, **published_today().params})
    return [WaitlistEntry(id=row[0], order=row[1] or 0, available=row[2]) for row in rows]


async def clashes(db: AsyncSession, session_id: UUID, people: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """People with the other sessions in which they have a seat at the time of this one."""
    rows = await db.execute(_CLASHING, {"session_id": session_id, "people": people})
    return [(row[0], row[1]) for row in rows]


async def visible_numbers(db: AsyncSession, who: Principal, people: Collection[UUID]) -> Sequence[str]:
    """Employee numbers of those among the people whose enrollments the caller may see."""
    seen = sees_person(who, Purpose.ENROLLMENTS, Employee.id)
    rows = select(col(Employee.employee_number)).where(col(Employee.id).in_(people), seen)
    return (await db.scalars(rows.order_by(col(Employee.employee_number)), who.as_of_today.params)).all()


async def sessions_also_waited_for(
    db: AsyncSession, people: Collection[UUID], but: Collection[UUID]
) -> Sequence[CourseSession]:
    """Sessions with a free seat for which one of the people waits: a freed calendar may let them in."""
    waits = col(Enrollment.status) == EnrollmentStatus.WAITLISTED
    waited = select(col(Enrollment.course_session_id)).where(col(Enrollment.employee_id).in_(people), waits)
    free = sessions().where(col(CourseSession.id).in_(waited), col(CourseSession.id).not_in(but), HAS_FREE_SEAT)
    rows = free.order_by(col(CourseSession.id)).execution_options(populate_existing=True)
    return (await db.scalars(rows)).all()


async def circumstances(db: AsyncSession, session_id: UUID, people: Collection[UUID]) -> Mapping[UUID, Circumstances]:
    """In which these people have a seat in the session, as published today."""
    rows = select(*CIRCUMSTANCES.c).where(CIRCUMSTANCES.c.employee_id.in_(people))
    found = await db.execute(rows, {"session_id": session_id, **published_today().params})
    return {row[0]: Circumstances(*row[1:]) for row in found}


async def leavers(db: AsyncSession, session_id: UUID) -> Sequence[Enrollment]:
    """Enrollments of people who will not be employed on every day of the session."""
    rows = (
        select(Enrollment)
        .join(_ADMISSION, _ADMISSION.c.employee_id == col(Enrollment.employee_id))
        .where(
            col(Enrollment.course_session_id) == _SESSION_ID,
            col(Enrollment.status).in_(PENDING),
            ~_ADMISSION.c.employed,
        )
    )
    return (await db.scalars(rows, {"session_id": session_id, **published_today().params})).all()


async def bookings_of(db: AsyncSession, session_id: UUID) -> Sequence[Booking]:
    """Bookings of the session's meetings by people who hold a seat or held one."""
    meetings = select(col(SessionMeeting.id)).where(col(SessionMeeting.course_session_id) == session_id)
    return (await db.scalars(select(Booking).where(col(Booking.session_meeting_id).in_(meetings)))).all()


async def held_bookings(db: AsyncSession, enrollments: Collection[UUID]) -> Sequence[Booking]:
    rows = select(Booking).where(col(Booking.enrollment_id).in_(enrollments), col(Booking.holds))
    return (await db.scalars(rows)).all()
