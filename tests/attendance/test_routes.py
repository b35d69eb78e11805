"""Attendance sheets, completion with its evidence, and corrections, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import CourseSession, Enrollment
from tests.completion.given import EVENING, FIRST, attendance, course_for_a_year, on_two_days, post, refused
from tests.course_sessions.given import at
from tests.fixtures import SignIn
from tests.people.given import City
from tests.seats import given


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    return await course_for_a_year(db)


@pytest.fixture
async def session(db: AsyncSession, course: Course) -> CourseSession:
    return await on_two_days(db, course)


@pytest.fixture
async def seat(db: AsyncSession, session: CourseSession, city: City) -> Enrollment:
    return await given.enrollment(db, session, city.staff, org_unit_id=city.team.id)


async def test_the_attendance_sheet_opens_twelve_hours_before_the_meeting(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    entry = {"enrollment_id": str(seat.id), "attendance": "present"}
    early = {"session_meeting_id": str(session.meetings[0].id), "entries": [entry]}
    with clock.travel(at(FIRST, 0)):
        assert await refused(office, seat, "attendance", attendance(session)) == (409, "attendance_not_yet_open", [])
        response = await office.post(f"/course_sessions/{session.id}/attendance", json=early)
        assert (response.status_code, response.json()["code"]) == (409, "attendance_not_yet_open")
    with clock.travel(at(FIRST, 1)):
        await post(office, seat, "attendance", attendance(session))
        assert await refused(office, seat, "attendance", attendance(session, 1)) == (
            409,
            "attendance_not_yet_open",
            [],
        )


async def test_the_attendance_sheet_is_recorded_as_a_whole_or_not_at_all(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    waiting = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    other = await given.enrollment(db, session, city.colleague)
    lines: list[dict[str, Any]] = [
        {"enrollment_id": str(seat.id), "attendance": "present"},
        {"enrollment_id": str(waiting.id), "attendance": "present"},
        {"enrollment_id": str(other.id), "attendance": "late"},
        {"enrollment_id": str(seat.id), "attendance": "absent"},
        {"enrollment_id": str(uuid4()), "attendance": "absent"},
    ]
    sheet = {"session_meeting_id": str(session.meetings[0].id)}
    with clock.travel(EVENING):
        path = f"/course_sessions/{session.id}/attendance"
        response = await office.post(path, json=sheet | {"entries": lines})
        assert response.status_code == 422
        assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
            ("/entries/1/enrollment_id", "no_seat_in_session"),
            ("/entries/2/minutes", "missing_minutes"),
            ("/entries/3/enrollment_id", "duplicate_enrollment"),
            ("/entries/4/enrollment_id", "no_seat_in_session"),
        ]
        unrecorded = (await office.get(path)).json()["results"]
        assert {row["attendance"] for row in unrecorded} == {None}
        lines[2]["minutes"] = 60
        taken = await office.post(path, json=sheet | {"entries": [lines[0], lines[2]]})
        assert [row["status"] for row in taken.json()["results"]] == ["confirmed", "confirmed"]
        filled = (await office.get(path, params={"attendance": "present,late"})).json()["results"]
        assert [(row["attendance"], row["minutes"]) for row in filled] == [("present", 120), ("late", 60)]


async def test_attendance_needs_permission_a_seat_and_a_known_meeting(
    db: AsyncSession, api: SignIn, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    waiting = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    with clock.travel(EVENING):
        head = await api("employee", city.section_head)
        assert (await refused(head, seat, "attendance", attendance(session)))[0] == 403
        assert (await refused(head, seat, "completion", {}))[0] == 403
        assert await refused(office, waiting, "attendance", attendance(session)) == (409, "status_not_allowed", [])
        unknown = attendance(session) | {"session_meeting_id": str(uuid4())}
        assert await refused(office, seat, "attendance", unknown) == (
            422,
            "unknown_meeting",
            [("/session_meeting_id", "unknown_meeting")],
        )
        stranger = await api("employee", city.stranger)
        assert (await stranger.get(f"/enrollments/{seat.id}/attendance")).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"minutes": 121}, "/minutes"),
        ({"minutes": -1}, "/minutes"),
        ({"minutes": 10**30}, "/minutes"),
        ({"attendance": "late"}, "/minutes"),
        ({"attendance": "asleep"}, "/attendance"),
        ({"remark": "x"}, "/remark"),
    ],
)
async def test_invalid_attendance_is_refused_by_field(
    office: AsyncClient, session: CourseSession, seat: Enrollment, body: dict[str, Any], pointer: str
) -> None:
    with clock.travel(EVENING):
        status, code, fields = await refused(office, seat, "attendance", attendance(session) | body)
    assert (status, code, fields[0][0]) == (422, "invalid", pointer)


async def test_a_stale_version_is_refused(office: AsyncClient, session: CourseSession, seat: Enrollment) -> None:
    with clock.travel(EVENING):
        response = await office.post(
            f"/enrollments/{seat.id}/attendance", json=attendance(session), headers={"If-Match": '"0.9"'}
        )
    assert response.status_code == 412
