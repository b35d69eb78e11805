"""Enrollments as the commands would leave them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.enums import EnrollmentMode
from app.kit import clock
from app.kit.records import add
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment
from app.seats.rules import SEATED
from tests.fixtures import account_of

DAY = timedelta(days=1)


async def enrollment(
    db: AsyncSession,
    session: CourseSession,
    person: Employee,
    status: EnrollmentStatus = EnrollmentStatus.CONFIRMED,
    **more: Any,
) -> Enrollment:
    """Submitted by the training office; with bookings if seated, last in the waiting list if waitlisted."""
    office = await account_of(db, "training", None)
    made = Enrollment(course_session_id=session.id, employee_id=person.id, status=status, **more)
    made.mode, made.submitted_by = made.mode or EnrollmentMode.APPLIED, office.id
    if status == EnrollmentStatus.COMPLETED:
        made.completed_on = made.completed_on or clock.day_of(session.ends_at)
    if status == EnrollmentStatus.WAITLISTED:
        last = select(func.max(col(Enrollment.waitlist_order))).where(col(Enrollment.course_session_id) == session.id)
        made.waitlist_order = (await db.scalar(last) or 0) + 1
    await add(db, made)
    if status in SEATED:
        for meeting in session.meetings:
            during = Range(meeting.starts_at, meeting.ends_at)
            await add(
                db,
                Booking(enrollment_id=made.id, session_meeting_id=meeting.id, employee_id=person.id, during=during),
            )
    return made
