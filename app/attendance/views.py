"""Read models of attendance."""

from app.attendance.queries import AttendanceRow
from app.attendance.schemas import AttendanceRead
from app.completion.rules import MeetingAttendance


def attendance(row: AttendanceRow) -> AttendanceRead:
    noted = MeetingAttendance(row.attendance, row.minutes, row.starts_at, row.ends_at)
    return AttendanceRead(
        id=row.id,
        enrollment_id=row.enrollment_id,
        employee_id=row.employee_id,
        session_meeting_id=row.session_meeting_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        attendance=row.attendance,
        minutes=noted.minutes if noted.attendance else None,
        org_unit_id=row.org_unit_id,
    )
