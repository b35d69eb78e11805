"""Requests on attendance and completion, and the evidence that follows."""

from datetime import date, timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.kit import clock
from app.seats.models import CourseSession, Enrollment
from app.skills.models import SkillRecord
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.course_sessions.given import at

DAY = timedelta(days=1)

FIRST, SECOND = clock.today() + 30 * DAY, clock.today() + 60 * DAY
"""The days of a session's two meetings."""

EVENING, LAST_EVENING = at(FIRST, 18), at(SECOND, 18)


async def course_for_a_year(db: AsyncSession) -> Course:
    """A completion takes four fifths of the time, and counts for a year."""
    await catalog.skills(db, "dx_basics")
    rule = {"minimum_attendance_percent": 80}
    return await catalog.course(db, "AP1", "dx_basics", completion_rule=rule, valid_for_months=12)


async def on_two_days(db: AsyncSession, course: Course) -> CourseSession:
    """Two hours from 13:00 on each of two days."""
    return await sessions.session(db, course, at(FIRST, 13), at(SECOND, 13))


def attendance(session: CourseSession, meeting: int = 0, attendance: str = "present", **more: Any) -> dict[str, Any]:
    return {"session_meeting_id": str(session.meetings[meeting].id), "attendance": attendance, **more}


async def post(client: AsyncClient, enrollment: Enrollment, action: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(f"/enrollments/{enrollment.id}/{action}", json=body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def refused(
    client: AsyncClient, enrollment: Enrollment, action: str, body: dict[str, Any]
) -> tuple[int, str, list[tuple[str, str]]]:
    response = await client.post(f"/enrollments/{enrollment.id}/{action}", json=body)
    problem = response.json()
    return response.status_code, problem["code"], [(e["pointer"], e["code"]) for e in problem.get("errors", [])]


async def evidence(db: AsyncSession, enrollment: Enrollment) -> list[tuple[date, date | None, date | None]]:
    rows = select(SkillRecord).where(col(SkillRecord.source_id) == enrollment.id).order_by(col(SkillRecord.id))
    found = (await db.execute(rows.execution_options(populate_existing=True))).scalars()
    return [(record.valid_from, record.valid_to, record.revoked_on) for record in found]


async def history(client: AsyncClient, enrollment: Enrollment) -> list[tuple[str, str | None, str | None, str | None]]:
    """Of each change: the status, the day of completion before and after, the reason."""
    events = (await client.get(f"/enrollments/{enrollment.id}/events")).json()["results"]
    return [(one["to_status"], one["from_completed_on"], one["to_completed_on"], one["reason"]) for one in events]
