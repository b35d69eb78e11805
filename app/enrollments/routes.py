from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.attendance import queries as attendance
from app.attendance import views as attendance_views
from app.attendance.schemas import AttendanceCreate, AttendanceQuery, AttendanceRead
from app.completion.schemas import Completion
from app.enrollments import commands, queries, views
from app.enrollments.schemas import (
    EnrollmentCreate,
    EnrollmentEventQuery,
    EnrollmentEventRead,
    EnrollmentQuery,
    EnrollmentRead,
    Reconfirmation,
    Rejection,
    Withdrawal,
)
from app.identity.gate import Caller, may
from app.identity.permissions import Permission
from app.kit.database import Db
from app.kit.etag import Etag
from app.kit.listing import DatedPage, Page, Pages
from app.kit.reading import one_or_404
from app.kit.routing import Router
from app.seats.models import Enrollment
from app.seats.queries import locked_enrollment, visible_to

MayApplyOrRunSessions = may(Permission.APPLY, Permission.RUN_SESSIONS)
MayRecordAttendance = may(Permission.RECORD_ATTENDANCE)
IsSignedIn = may(Permission.SIGNED_IN)

router = Router(prefix="/enrollments", tags=["enrollments"])


async def visible(id: UUID, db: Db, who: Caller) -> Enrollment:
    return await one_or_404(db, visible_to(who), col(Enrollment.id), id, as_of=who.as_of_today)


async def to_change(id: UUID, db: Db, who: Caller, etag: Etag) -> Enrollment:
    """With its session locked, if it is still the version of the caller's If-Match."""
    return etag.fresh(await locked_enrollment(db, who, id))


Visible = Annotated[Enrollment, Depends(visible)]

ToChange = Annotated[Enrollment, Depends(to_change)]


@router.get("", summary="List enrollments", dependencies=[IsSignedIn])
async def enrollments_list(
    query: Annotated[EnrollmentQuery, Query()], db: Db, pages: Pages, who: Caller
) -> DatedPage[EnrollmentRead]:
    """The caller's own enrollments, those of the units that the caller heads or serves as clerk, or all. `org_unit_id`
    selects the people who work there on `as_of`."""
    rows = await pages.fetch(visible_to(who), query, who.as_of(query.as_of))
    return rows.dated_page(await views.enrollments(db, who, rows.rows))


@router.post("", summary="Apply or designate", status_code=201, dependencies=[MayApplyOrRunSessions])
async def enrollments_enroll(application: EnrollmentCreate, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """Apply for yourself, as clerk for a colleague, or designate as the training office. If a head must approve, the
    status is `applied`; otherwise the enrollment takes a seat, or the next rank on the waiting list if none is free.
    """
    made, known = await commands.enroll(db, who, application)
    return views.applied(who, etag.created(made), known)


@router.get("/{id}", summary="Get an enrollment", dependencies=[IsSignedIn])
async def enrollments_read(enrollment: Visible, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """The enrollment with its rank on the waiting list and what the caller may do with it now."""
    return etag.stamp(await views.enrollment(db, who, enrollment))


@router.get("/{id}/events", summary="List the changes of an enrollment", dependencies=[IsSignedIn])
async def enrollments_list_events(
    enrollment: Visible, query: Annotated[EnrollmentEventQuery, Query()], pages: Pages
) -> Page[EnrollmentEventRead]:
    """Every change of the status, the day of completion and the score, with time, account and reason."""
    rows = await pages.fetch(queries.EVENTS, query, enrollment_id=enrollment.id)
    return rows.page([views.event(row) for row in rows.rows])


@router.post("/{id}/approval", summary="Approve an application", dependencies=[IsSignedIn])
async def enrollments_approve(enrollment: ToChange, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """Approve an application as a head in office today of one of the person's units. Nobody approves their own; if
    there is no other head, the training office does. It may also give a free seat to somebody on the waiting list."""
    return etag.stamp(await views.enrollment(db, who, await commands.approve(db, who, enrollment)))


@router.post("/{id}/rejection", summary="Decline an application or deselect a participant", dependencies=[IsSignedIn])
async def enrollments_reject(
    enrollment: ToChange, rejection: Rejection, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """A head declines an application, or gives back a seat that needs a new confirmation; the training office
    deselects, also people who are waitlisted or confirmed. A freed seat goes to the waiting list."""
    return etag.stamp(await views.enrollment(db, who, await commands.reject(db, who, enrollment, rejection.reason)))


@router.post("/{id}/withdrawal", summary="Withdraw from a session", dependencies=[IsSignedIn])
async def enrollments_withdraw(
    enrollment: ToChange,
    db: Db,
    etag: Etag,
    who: Caller,
    withdrawal: Withdrawal = Withdrawal(),  # noqa: B008 - FastAPI reads the default body here
) -> EnrollmentRead:
    """The person or the clerk may withdraw until the deadline, the training office also later. A freed seat goes to
    the first on the waiting list who can attend."""
    return etag.stamp(await views.enrollment(db, who, await commands.withdraw(db, who, enrollment, withdrawal.reason)))


@router.post("/{id}/reconfirmation", summary="Confirm a seat again", dependencies=[IsSignedIn])
async def enrollments_reconfirm(
    enrollment: ToChange,
    db: Db,
    etag: Etag,
    who: Caller,
    reconfirmation: Reconfirmation = Reconfirmation(),  # noqa: B008 - FastAPI reads the default body here
) -> EnrollmentRead:
    """Keep a seat to which something has happened since it was confirmed, as a head in office of one of the person's
    units or as the training office. The seat of somebody who leaves cannot be kept; it goes to the waiting list."""
    reason = reconfirmation.reason
    return etag.stamp(await views.enrollment(db, who, await commands.reconfirm(db, who, enrollment, reason)))


@router.get("/{id}/attendance", summary="List the attendance of an enrollment", dependencies=[IsSignedIn])
async def enrollments_list_attendance(
    enrollment: Visible,
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Caller,
) -> Page[AttendanceRead]:
    """The meetings of an enrollment with a seat, each with its attendance if recorded; once the seat has ended, the
    meetings recorded before."""
    rows = await pages.fetch_rows(
        attendance.attendance_of_enrollment(who), query, who.as_of_today, enrollment_id=enrollment.id
    )
    return rows.page([attendance_views.attendance(row) for row in rows.rows])


@router.post(
    "/{id}/attendance", summary="Record attendance of one person at one meeting", dependencies=[MayRecordAttendance]
)
async def enrollments_record_attendance(
    enrollment: ToChange, recorded: AttendanceCreate, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """Record or correct attendance, from twelve hours before the meeting. A result by the course's rule is assessed
    again with the day of completion: evidence is set or withdrawn, and the history records it."""
    return etag.stamp(await views.enrollment(db, who, await commands.record_attendance(db, who, enrollment, recorded)))


@router.post("/{id}/completion", summary="Assess completion", dependencies=[MayRecordAttendance])
async def enrollments_complete(
    enrollment: ToChange, completion: Completion, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """Assess by the course's rule once the last meeting has ended, or give another result with a reason. Completion
    becomes evidence of the course's skills from `completed_on`: the day of the last meeting attended, or with a reason
    a later day of employment, not after today. A completion, its day and its score are corrected likewise, with a
    reason; the history keeps what was before."""
    return etag.stamp(await views.enrollment(db, who, await commands.complete(db, who, enrollment, completion)))
