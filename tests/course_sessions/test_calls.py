"""The call for a session: its window, its reopening, and a course that ends."""

from datetime import datetime, timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import CourseSession
from tests.catalog import given as catalog
from tests.course_sessions import given
from tests.enrollments.given import enrolled, refused, status_and_rank
from tests.fixtures import ANY_VERSION, SignIn
from tests.people.given import City
from tests.seats import given as seats

DAY = timedelta(days=1)


def at(instant: datetime) -> dict[str, str]:
    return {"application_closes_at": instant.isoformat()}


async def patched(client: AsyncClient, session: CourseSession, **changes: Any) -> tuple[int, Any]:
    response = await client.patch(f"/course_sessions/{session.id}", json=changes, headers=ANY_VERSION)
    return response.status_code, response.json()


async def reopened(client: AsyncClient, session: CourseSession, body: Any = None) -> tuple[int, Any]:
    response = await client.post(f"/course_sessions/{session.id}/reopening", json=body)
    return response.status_code, response.json()


async def test_a_closed_call_is_opened_again(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await given.session(db, course)
    staff = await api("employee", city.staff)
    await office.post(f"/course_sessions/{session.id}/closing")
    assert await refused(staff, session, city.staff) == (409, "applications_closed")
    read = (await office.get(f"/course_sessions/{session.id}")).json()
    assert read["allowed_actions"] == ["reopening", "cancellation"]
    assert (await staff.post(f"/course_sessions/{session.id}/reopening")).status_code == 403
    status, read = await reopened(office, session)
    assert (status, read["status"], read["accepts_applications"]) == (200, "published", True)
    assert (await enrolled(staff, session, city.staff))["status"] == "confirmed"
    assert (await reopened(office, session))[1]["code"] == "session_cannot_reopen"


async def test_a_call_that_is_over_is_opened_again_with_a_new_end(
    db: AsyncSession, office: AsyncClient, course: Course
) -> None:
    over = clock.now() - timedelta(hours=1)
    session = await given.session(db, course, status=SessionStatus.CLOSED, application_closes_at=over)
    status, problem = await reopened(office, session)
    assert (status, problem["errors"][0]["code"]) == (422, "application_window_over")
    too_late = await reopened(office, session, at(session.starts_at + DAY))
    assert too_late[1]["errors"][0]["code"] == "application_closes_too_late"
    status, read = await reopened(office, session, at(session.starts_at - DAY))
    assert (status, read["accepts_applications"]) == (200, True)
    with clock.travel(session.starts_at):
        await office.post(f"/course_sessions/{session.id}/closing")
        assert (await reopened(office, session))[0] == 409


async def test_the_window_of_a_closed_call_is_not_moved_without_effect(
    db: AsyncSession, office: AsyncClient, course: Course
) -> None:
    closes_at = clock.now() + 5 * DAY
    session = await given.session(db, course, status=SessionStatus.CLOSED, application_closes_at=closes_at)
    status, problem = await patched(office, session, **at(closes_at + DAY))
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (409, "call_closed", "/application_closes_at")
    opens_at = (session.application_opens_at + timedelta(hours=1)).isoformat()
    assert (await patched(office, session, application_opens_at=opens_at))[1]["code"] == "call_closed"
    assert (await patched(office, session, capacity=21, **at(closes_at)))[0] == 200, "not moved"
    assert (await patched(office, session, **at(closes_at - DAY)))[0] == 200, "shorter"


async def test_the_window_of_a_published_session_moves_at_once(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await given.session(db, course, application_closes_at=clock.now() - timedelta(hours=1))
    staff = await api("employee", city.staff)
    assert await refused(staff, session, city.staff) == (409, "applications_closed")
    status, read = await patched(office, session, **at(clock.now() + DAY))
    assert (status, read["accepts_applications"]) == (200, True)
    assert (await enrolled(staff, session, city.staff))["status"] == "confirmed"


async def test_reopening_fills_free_seats_from_the_waiting_list(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await given.session(db, course, status=SessionStatus.CLOSED)
    waiting = await seats.enrollment(db, session, city.staff, EnrollmentStatus.WAITLISTED)
    assert (await reopened(office, session))[0] == 200
    assert await status_and_rank(office, waiting) == ("confirmed", None)


async def test_sessions_of_a_retired_course_are_not_published_or_reopened(
    db: AsyncSession, office: AsyncClient, course: Course
) -> None:
    draft = await given.session(db, course, status=SessionStatus.DRAFT)
    closed = await given.session(db, course, status=SessionStatus.CLOSED)
    course.retired_on = clock.day_of(draft.starts_at)
    await db.flush()
    for session, action in ((draft, "publication"), (closed, "reopening")):
        read = (await office.get(f"/course_sessions/{session.id}")).json()
        assert action not in read["allowed_actions"]
        response = await office.post(f"/course_sessions/{session.id}/{action}")
        assert (response.status_code, response.json()["code"]) == (409, "course_retired")


async def test_a_course_is_not_retired_before_its_sessions_and_they_are_named(
    db: AsyncSession, office: AsyncClient, course: Course
) -> None:
    first = await given.session(db, course)
    day = clock.day_of(first.starts_at)
    draft = await given.session(db, course, first.starts_at + DAY, status=SessionStatus.DRAFT)
    over = await given.session(db, course, first.starts_at + DAY, status=SessionStatus.CANCELLED)
    await given.session(db, await catalog.course(db, "OTHER"), first.starts_at + DAY)

    async def retired(on: Any) -> tuple[int, Any]:
        response = await office.patch(f"/courses/{course.id}", json={"retired_on": on}, headers=ANY_VERSION)
        return response.status_code, response.json()

    status, problem = await retired(str(day))
    assert (status, problem["code"]) == (409, "course_has_later_sessions")
    assert [str(one.id) in problem["detail"] for one in (first, draft, over)] == [True, True, False]
    status, problem = await retired(str(day + DAY))
    assert [str(one.id) in problem["detail"] for one in (first, draft)] == [False, True]
    assert (await retired(str(day + 2 * DAY)))[0] == 200
    assert (await retired(None))[0] == 200
