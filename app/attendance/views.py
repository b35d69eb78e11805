"""Attendance as the API answers it."""

from typing import Any

from app.attendance.schemas import AttendanceRead


def attendance(row: Any) -> AttendanceRead:
    """A row of `queries.attendance`."""
    return AttendanceRead(
        id=row.id,
        enrollment_id=row.enrollment_id,
        employee_id=row.employee_id,
        session_meeting_id=row.session_meeting_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        attendance=row.attendance,
        minutes=row.minutes,
        org_unit_id=row.org_unit_id,
    )
