"""Requests on enrollments, and what they return."""

from typing import Any

from httpx import AsyncClient

from app.people.models import Employee
from app.seats.models import CourseSession, Enrollment


def application(session: CourseSession, person: Employee, **more: Any) -> dict[str, Any]:
    return {"course_session_id": str(session.id), "employee_id": str(person.id), **more}


async def enrolled(client: AsyncClient, session: CourseSession, person: Employee, **more: Any) -> dict[str, Any]:
    response = await client.post("/enrollments", json=application(session, person, **more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def refused(client: AsyncClient, session: CourseSession, person: Employee, **more: Any) -> tuple[int, str]:
    response = await client.post("/enrollments", json=application(session, person, **more))
    return response.status_code, response.json()["code"]


async def act(client: AsyncClient, enrollment: Enrollment | dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    response = await client.post(f"/enrollments/{id_of(enrollment)}/{action}", json=body or None)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def act_refused(
    client: AsyncClient, enrollment: Enrollment | dict[str, Any], action: str, **body: Any
) -> tuple[int, str]:
    response = await client.post(f"/enrollments/{id_of(enrollment)}/{action}", json=body or None)
    return response.status_code, response.json()["code"]


def id_of(enrollment: Enrollment | dict[str, Any]) -> str:
    return str(enrollment["id"] if isinstance(enrollment, dict) else enrollment.id)


async def status_and_rank(client: AsyncClient, enrollment: Enrollment | dict[str, Any]) -> tuple[str, int | None]:
    read = (await client.get(f"/enrollments/{id_of(enrollment)}")).json()
    return read["status"], read["waitlist_rank"]


async def seats_and_waitlist(client: AsyncClient, session: CourseSession) -> tuple[int, int]:
    read = (await client.get(f"/course_sessions/{session.id}")).json()
    return read["seats_taken"], read["waitlist_length"]
