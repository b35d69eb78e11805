"""Record attendance and assess completion, under the session's lock."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app.attendance import errors, queries, rules
from app.attendance.schemas import AttendanceCreate, AttendanceSheet, AttendanceSheetEntry, Completion
from app.catalog.rules import CompletionRule, evidence_ends
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.kit.problems import FieldError, Invalid
from app.kit.reading import pointers
from app.people.queries import primary_units
from app.seats.commands import transition
from app.seats.enums import EnrollmentStatus
from app.seats.errors import AttendanceNotYetOpen, UnknownMeeting
from app.seats.models import Booking, CourseSession, Enrollment, SessionMeeting
from app.seats.rules import RESULTS, is_attendance_open
from app.skills import commands as skills
from app.skills.enums import EvidenceBasis

_CORRECTED = "attendance corrected"
"""The reason in the history of an enrollment that is assessed again."""


async def record(db: AsyncSession, who: Principal, enrollment: Enrollment, recorded: AttendanceCreate) -> None:
    """Attendance of one person at one meeting."""
    meeting = _meeting(enrollment.session, recorded.session_meeting_id)
    entry = AttendanceSheetEntry(enrollment_id=enrollment.id, attendance=recorded.attendance, minutes=recorded.minutes)
    await _record(db, who, meeting, [enrollment], {"": entry})


async def record_sheet(
    db: AsyncSession, who: Principal, session: CourseSession, sheet: AttendanceSheet
) -> Sequence[Enrollment]:
    """Attendance of everybody at one meeting, or of nobody if a line is wrong; the error names every wrong line."""
    meeting = _meeting(session, sheet.session_meeting_id)
    enrollments = await queries.enrollments(db, session.id, [entry.enrollment_id for entry in sheet.entries])
    for enrollment in enrollments:
        set_committed_value(enrollment, "session", session)
    await _record(db, who, meeting, enrollments, pointers("/entries", sheet.entries))
    return enrollments


def _meeting(session: CourseSession, meeting_id: UUID) -> SessionMeeting:
    meeting = next((meeting for meeting in session.meetings if meeting.id == meeting_id), None)
    if meeting is None:
        raise UnknownMeeting(pointer="/session_meeting_id")
    if not is_attendance_open(meeting.starts_at, now=clock.now()):
        raise AttendanceNotYetOpen
    return meeting


async def _record(
    db: AsyncSession,
    who: Principal,
    meeting: SessionMeeting,
    enrollments: Sequence[Enrollment],
    entries: Mapping[str, AttendanceSheetEntry],
) -> None:
    """Write the entries, which are given by their JSON Pointers, and assess again what was assessed by the rule."""
    ids = [entry.enrollment_id for entry in entries.values()]
    booked = await queries.bookings(db, meeting.id, ids)
    day = AsOf(clock.day_of(meeting.starts_at), published_by=who.today)
    units = await primary_units(db, {one.employee_id for one in enrollments}, day)
    repeated = rules.repeated(ids)
    wrong = [
        errors.DuplicateEnrollment.at(f"{pointer}/enrollment_id")
        if at in repeated
        else _enter(entry, booked.get(entry.enrollment_id), units, meeting, pointer)
        for at, (pointer, entry) in enumerate(entries.items())
    ]
    if any(wrong):
        raise Invalid(fields=tuple(field for field in wrong if field))
    await db.flush()
    for enrollment in enrollments:
        if enrollment.status in RESULTS and enrollment.completion_reason is None:
            await _assess_again(db, who, enrollment)


def _enter(
    entry: AttendanceSheetEntry,
    booking: Booking | None,
    units: Mapping[UUID, UUID],
    meeting: SessionMeeting,
    pointer: str,
) -> FieldError | None:
    """Write one entry, or return what is wrong with it."""
    if booking is None:
        return errors.NoSeatInSession.at(f"{pointer}/enrollment_id")
    try:
        booking.minutes = rules.minutes_counted(entry.attendance, entry.minutes, length=queries.minutes_of(meeting))
    except Invalid as wrong:
        return wrong.at(f"{pointer}/minutes")
    booking.attendance = entry.attendance
    booking.org_unit_id = units.get(booking.employee_id)
    return None


async def complete(db: AsyncSession, who: Principal, enrollment: Enrollment, completion: Completion) -> None:
    """Assess by the course's rule, or as a person decides with a reason."""
    rules.check_override(completion.status, completion.reason)
    first_day = clock.day_of(enrollment.session.starts_at)
    day = rules.completion_date(completion.completed_on, first_day=first_day, today=clock.today())
    if completion.score is not None:
        enrollment.score = completion.score
    result = completion.status or await _outcome(db, enrollment)
    enrollment.completion_reason = completion.reason if completion.status else None
    await _conclude(db, who, enrollment, result, completion.reason, day)


async def _assess_again(db: AsyncSession, who: Principal, enrollment: Enrollment) -> None:
    """Only for results by the rule: a result that a person decided stays."""
    result = await _outcome(db, enrollment)
    if result != enrollment.status:
        await _conclude(db, who, enrollment, result, _CORRECTED, clock.today())


async def _outcome(db: AsyncSession, enrollment: Enrollment) -> EnrollmentStatus:
    rule = CompletionRule(**enrollment.session.course.completion_rule)
    return rules.outcome(rule, await queries.meetings_attended(db, enrollment.id), score=enrollment.score)


async def _conclude(
    db: AsyncSession, who: Principal, enrollment: Enrollment, result: EnrollmentStatus, reason: str | None, day: date
) -> Enrollment:
    """Write the result with its history, and set or withdraw the evidence that depends on it."""
    before = enrollment.completed_on
    enrollment.completed_on = day if result == EnrollmentStatus.COMPLETED else None
    await transition(db, who, enrollment.session, [enrollment], result, reason)
    if result == EnrollmentStatus.COMPLETED:
        await _set_evidence(db, enrollment, day)
    elif before:
        await skills.withdraw_evidence(db, enrollment.id, reason or result, before)
    return enrollment


async def _set_evidence(db: AsyncSession, enrollment: Enrollment, day: date) -> None:
    course = enrollment.session.course
    ends = evidence_ends(day, months=course.valid_for_months, at_fiscal_year_end=course.valid_until_fiscal_year_end)
    levels = await queries.levels_taught(db, course.id)
    source = skills.Source(enrollment.id, enrollment.employee_id, EvidenceBasis.COMPLETION, day, ends)
    await skills.set_evidence(db, source, levels)
