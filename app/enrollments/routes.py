from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col

from app.attendance import queries as attendance
from app.attendance import views as attendance_views
from app.attendance.schemas import AttendanceCreate, AttendanceQuery, AttendanceRead, Completion
from app.enrollments import commands, queries, views
from app.enrollments.schemas import (
    EnrollmentCreate,
    EnrollmentEventQuery,
    EnrollmentEventRead,
    EnrollmentQuery,
    EnrollmentRead,
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
from app.seats.queries import locked, visible_to

router = Router(prefix="/enrollments", tags=["enrollments"])


async def visible(id: UUID, db: Db, who: Caller) -> Enrollment:
    return await one_or_404(db, visible_to(who), col(Enrollment.id), id)


async def to_change(id: UUID, db: Db, who: Caller, etag: Etag) -> Enrollment:
    """As it stands once its session is locked, if that is still the version that the caller speaks of."""
    return etag.fresh(await locked(db, who, id))


Visible = Annotated[Enrollment, Depends(visible)]

ToChange = Annotated[Enrollment, Depends(to_change)]


@router.get(
    "",
    response_model=DatedPage[EnrollmentRead],
    summary="Enrollments that the caller may see: the own, those of the units headed or served as clerk, or all",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_list(
    query: Annotated[EnrollmentQuery, Query()], db: Db, pages: Pages, who: Caller
) -> DatedPage[EnrollmentRead]:
    """Enrollments that the caller may see: the own, those of the units headed or served as clerk, or all. `org_unit_id`
    asks for the people who work there on `as_of`."""
    rows = await pages.fetch(visible_to(who), query, who.as_of(query.as_of))
    return rows.dated_page(await views.enrollments(db, who, rows.rows))


@router.post(
    "",
    response_model=EnrollmentRead,
    status_code=201,
    summary="Apply for oneself, as clerk for a colleague, or designate as the training office",
    dependencies=[may(Permission.APPLY, Permission.RUN_SESSIONS)],
)
async def enrollments_enroll(wanted: EnrollmentCreate, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """Apply for oneself, as clerk for a colleague, or designate as the training office. Where a head must approve, the
    application waits for that; otherwise it takes a seat, or the next rank of the waiting list when none is free."""
    made, line = await commands.enroll(db, who, wanted)
    return etag.created(await views.enrollment(db, who, made, {made.employee_id: line}))


@router.get(
    "/{id}",
    response_model=EnrollmentRead,
    summary="One enrollment, with its rank in the queue and what the caller may do with it now",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_read(enrollment: Visible, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """One enrollment, with its rank in the queue and what the caller may do with it now."""
    return etag.stamp(await views.enrollment(db, who, enrollment))


@router.get(
    "/{id}/events",
    response_model=Page[EnrollmentEventRead],
    dependencies=[may(Permission.SIGNED_IN)],
    summary="Every change of the status: from what, to what, when, by which account and why",
)
async def enrollments_list_events(
    enrollment: Visible, query: Annotated[EnrollmentEventQuery, Query()], pages: Pages
) -> Page[EnrollmentEventRead]:
    """Every change of the status: from what, to what, when, by which account and why."""
    rows = await pages.fetch(queries.events(enrollment), query)
    return rows.page([views.event(row) for row in rows.rows])


@router.post(
    "/{id}/approval",
    response_model=EnrollmentRead,
    summary="Approve an application, as head in office today of one of the person's units",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_approve(enrollment: ToChange, db: Db, etag: Etag, who: Caller) -> EnrollmentRead:
    """Approve an application, as head in office today of one of the person's units. Nobody approves the own; where no
    other head is left, the training office does. It may also give a free seat to somebody who waits."""
    return etag.stamp(await views.enrollment(db, who, await commands.approve(db, who, enrollment)))


@router.post(
    "/{id}/rejection",
    response_model=EnrollmentRead,
    summary="Decline an application, or deselect somebody",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_reject(
    enrollment: ToChange, wanted: Rejection, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """Refuse: a head declines an application, the training office deselects, also those who wait or are confirmed. A
    seat that this frees goes to the queue."""
    return etag.stamp(await views.enrollment(db, who, await commands.reject(db, who, enrollment, wanted.reason)))


@router.post(
    "/{id}/withdrawal",
    response_model=EnrollmentRead,
    summary="Withdraw: the person or the clerk until the deadline, the training office also later",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_withdraw(
    enrollment: ToChange,
    db: Db,
    etag: Etag,
    who: Caller,
    wanted: Withdrawal = Withdrawal(),  # noqa: B008
) -> EnrollmentRead:
    """Withdraw: the person or the clerk until the deadline, the training office also later. A seat that this frees
    goes to the first in the queue who can come."""
    return etag.stamp(await views.enrollment(db, who, await commands.withdraw(db, who, enrollment, wanted.reason)))


async def to_judge(id: UUID, db: Db, who: Caller, etag: Etag) -> Enrollment:
    return etag.fresh(await locked(db, who, id))


ToJudge = Annotated[Enrollment, Depends(to_judge)]


@router.get(
    "/{id}/attendance",
    response_model=Page[AttendanceRead],
    summary="The meetings of an enrollment that has a seat, each with what was recorded",
    dependencies=[may(Permission.SIGNED_IN)],
)
async def enrollments_list_attendance(
    enrollment: Visible,
    query: Annotated[AttendanceQuery, Query()],
    pages: Pages,
    who: Caller,
) -> Page[AttendanceRead]:
    """The meetings of an enrollment that has a seat, each with what was recorded."""
    rows = await pages.fetch_rows(attendance.attendance_of(who, enrollment), query)
    return rows.page([attendance_views.attendance(row) for row in rows.rows])


@router.post(
    "/{id}/attendance",
    response_model=EnrollmentRead,
    summary="Record or correct attendance of one meeting, from twelve hours before it",
    dependencies=[may(Permission.RECORD_ATTENDANCE)],
)
async def enrollments_record_attendance(
    enrollment: ToJudge, wanted: AttendanceCreate, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """Record or correct attendance of one meeting, from twelve hours before it. If the enrollment was judged by the
    course's rule already, it is judged anew: evidence is given or taken back, and the history says so."""
    return etag.stamp(await views.enrollment(db, who, await commands.record_attendance(db, who, enrollment, wanted)))


@router.post(
    "/{id}/completion",
    response_model=EnrollmentRead,
    summary="Judge completion",
    dependencies=[may(Permission.RECORD_ATTENDANCE)],
)
async def enrollments_complete(
    enrollment: ToJudge, wanted: Completion, db: Db, etag: Etag, who: Caller
) -> EnrollmentRead:
    """Judge by the course's rule once no meeting without attendance lies ahead, or decide otherwise with a reason.
    Completion becomes evidence for the course's skills from `completed_on` (default: today in Tokyo)."""
    return etag.stamp(await views.enrollment(db, who, await commands.complete(db, who, enrollment, wanted)))
