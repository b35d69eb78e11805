"""Sessions changed or cancelled with people in them."""

from datetime import timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import Booking, CourseSession, Enrollment
from tests.course_sessions import given as sessions
from tests.fixtures import ANY_VERSION, SignIn
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)

HOUR = timedelta(hours=1)


async def changed(client: AsyncClient, session: CourseSession, **changes: Any) -> dict[str, Any]:
    response = await client.patch(f"/course_sessions/{session.id}", json=changes, headers=ANY_VERSION)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def refused(client: AsyncClient, session: CourseSession, **changes: Any) -> tuple[int, str]:
    response = await client.patch(f"/course_sessions/{session.id}", json=changes, headers=ANY_VERSION)
    return response.status_code, response.json()["code"]


async def status(client: AsyncClient, enrollment: Enrollment) -> tuple[str, str | None]:
    read = (await client.get(f"/enrollments/{enrollment.id}")).json()
    return read["status"], read["reason"]


def meetings_moved(session: CourseSession, by: timedelta) -> list[dict[str, str]]:
    return [
        {
            "id": str(meeting.id),
            "starts_at": (meeting.starts_at + by).isoformat(),
            "ends_at": (meeting.ends_at + by).isoformat(),
        }
        for meeting in session.meetings
    ]


async def test_capacity_stays_above_seats_taken_and_new_seats_go_to_the_waiting_list(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=2)
    for person in (city.staff, city.colleague):
        await given.enrollment(db, session, person)
    first = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.advisor, EnrollmentStatus.WAITLISTED)
    assert await refused(office, session, capacity=1) == (409, "capacity_below_seats_taken")
    english = ANY_VERSION | {"Accept-Language": "en"}
    response = await office.patch(f"/course_sessions/{session.id}", json={"capacity": 1}, headers=english)
    assert response.json()["detail"].startswith("2 seats are taken")
    read = await changed(office, session, capacity=3)
    assert (read["seats_taken"], read["free_seats"], read["waitlist_length"]) == (3, 0, 1)
    assert await status(office, first) == ("confirmed", None)
    assert await status(office, second) == ("waitlisted", None)


async def test_moved_meetings_move_bookings_and_may_not_clash(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session = await sessions.session(db, course, start, start + DAY)
    rival = await sessions.session(db, course, start + 2 * DAY)
    await given.enrollment(db, session, city.staff)
    await given.enrollment(db, rival, city.staff)
    moved = {"meetings": meetings_moved(session, DAY)}
    response = await office.patch(f"/course_sessions/{session.id}", json=moved, headers=ANY_VERSION)
    assert (response.status_code, response.json()["code"]) == (409, "time_clash")
    assert city.staff.employee_number in response.json()["detail"]
    await changed(office, session, meetings=meetings_moved(session, 4 * HOUR))
    booked = select(col(Booking.during)).where(col(Booking.employee_id) == city.staff.id, col(Booking.holds))
    starts = {during.lower for during in (await db.execute(booked)).scalars()}
    assert starts == {start + 4 * HOUR, start + DAY + 4 * HOUR, start + 2 * DAY}


async def test_two_meetings_may_swap_times_and_a_new_one_is_booked(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session = await sessions.session(db, course, start, start + DAY)
    await given.enrollment(db, session, city.staff)
    (one, two), times = meetings_moved(session, 0 * DAY), ("starts_at", "ends_at")
    swapped = [{"id": one["id"]} | {t: two[t] for t in times}, {"id": two["id"]} | {t: one[t] for t in times}]
    third = {t: value for t, value in meetings_moved(session, 3 * DAY)[0].items() if t != "id"}
    await changed(office, session, meetings=[*swapped, third])
    booked = select(col(Booking.session_meeting_id), col(Booking.during))
    rows = {str(row[0]): row[1].lower for row in await db.execute(booked)}
    assert (rows[one["id"]], rows[two["id"]], len(rows)) == (start + DAY, start, 3)


async def test_a_meeting_with_attendance_cannot_be_removed(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, clock.now() + 30 * DAY, clock.now() + 31 * DAY)
    seat = await given.enrollment(db, session, city.staff)
    both = meetings_moved(session, 0 * DAY)
    attended = "UPDATE booking SET attendance = 'present', minutes = 120 WHERE session_meeting_id = :id"
    await db.execute(text(attended), {"id": session.meetings[0].id})
    assert await refused(office, session, meetings=both[1:]) == (409, "meeting_attended")
    await changed(office, session, meetings=both[:1])
    left = select(col(Booking.session_meeting_id)).where(col(Booking.enrollment_id) == seat.id)
    assert (await db.execute(left)).scalars().all() == [session.meetings[0].id]


async def test_moving_a_session_promotes_its_participants_elsewhere(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session, rival = await sessions.session(db, course, start), await sessions.session(db, course, start)
    await given.enrollment(db, session, city.staff)
    waiting = await given.enrollment(db, rival, city.staff, EnrollmentStatus.WAITLISTED)
    await changed(office, session, meetings=meetings_moved(session, DAY))
    assert await status(office, waiting) == ("confirmed", None)


async def test_cancelling_a_session_withdraws_everybody(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session, rival = await sessions.session(db, course, start), await sessions.session(db, course, start)
    seated = await given.enrollment(db, session, city.staff)
    waiting = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    applied = await given.enrollment(db, session, city.stranger, EnrollmentStatus.APPLIED)
    elsewhere = await given.enrollment(db, rival, city.staff, EnrollmentStatus.WAITLISTED)
    response = await office.post(f"/course_sessions/{session.id}/cancellation")
    read = response.json()
    assert (read["status"], read["seats_taken"], read["waitlist_length"]) == ("cancelled", 0, 0)
    for enrollment in (seated, waiting, applied):
        assert await status(office, enrollment) == ("withdrawn", "session_cancelled")
    assert await status(office, elsewhere) == ("confirmed", None)
    again = await office.post(f"/course_sessions/{session.id}/cancellation")
    assert again.status_code == 409
    assert await refused(office, session, capacity=30) == (409, "session_settled")


async def test_pending_applications_become_not_selected_when_the_session_was_held(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    seated = await given.enrollment(db, session, city.staff)
    waiting = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    applied = await given.enrollment(db, session, city.stranger, EnrollmentStatus.APPLIED)
    path = f"/course_sessions/{session.id}/closing"
    assert (await office.post(path)).json()["status"] == "closed"
    assert await status(office, waiting) == ("waitlisted", None)
    with clock.travel(session.ends_at):
        assert (await office.post(path)).json()["status"] == "held"
    assert await status(office, seated) == ("confirmed", None)
    assert await status(office, waiting) == ("not_selected", "session_held")
    assert await status(office, applied) == ("not_selected", "session_held")


async def test_changing_a_session_needs_permission_and_the_current_version(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    path, body = f"/course_sessions/{session.id}", {"capacity": 30}
    staff = await api("employee", city.staff)
    assert (await staff.patch(path, json=body, headers=ANY_VERSION)).status_code == 403
    assert (await staff.post(f"{path}/cancellation")).status_code == 403
    assert (await office.patch(path, json=body)).status_code == 428
    assert (await office.patch(path, json=body, headers={"If-Match": '"0.9"'})).status_code == 412
    etag = (await office.get(path)).headers["etag"]
    assert (await office.patch(path, json=body, headers={"If-Match": etag})).status_code == 200
    assert (await office.patch(path, json=body, headers={"If-Match": etag})).status_code == 412
