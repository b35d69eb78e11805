"""What a session that is changed or cancelled does to results, their days and their evidence, over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.seats.models import CourseSession, Enrollment
from tests.catalog import given as catalog
from tests.completion.given import attendance, evidence, history, post, refused
from tests.course_sessions import given as sessions
from tests.course_sessions.given import at
from tests.people.given import City
from tests.seats import given as seats

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

FIRST, SECOND = clock.today() + 30 * DAY, clock.today() + 60 * DAY

LAST_EVENING = at(SECOND, 18)


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    await catalog.skills(db, "dx_basics")
    return await catalog.course(db, "AP1", "dx_basics", completion_rule={"minimum_attendance_percent": 60})


@pytest.fixture
async def session(db: AsyncSession, course: Course) -> CourseSession:
    """Two hours from 13:00 on each of two days."""
    return await sessions.session(db, course, at(FIRST, 13), at(SECOND, 13))


@pytest.fixture
async def seat(db: AsyncSession, session: CourseSession, city: City) -> Enrollment:
    return await seats.enrollment(db, session, city.staff)


async def completed(office: AsyncClient, session: CourseSession, seat: Enrollment) -> None:
    """Present at both meetings and assessed at the end."""
    for meeting in (0, 1):
        await post(office, seat, "attendance", attendance(session, meeting))
    assert (await post(office, seat, "completion", {}))["status"] == "completed"


def planned(session: CourseSession, meeting: int, starts_at: Any = None, hours: float = 2) -> dict[str, Any]:
    """A meeting as it is sent to be kept or moved."""
    kept = session.meetings[meeting]
    starts_at = starts_at or kept.starts_at
    return {
        "id": str(kept.id),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
    }


def new(starts_at: Any) -> dict[str, Any]:
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + 2 * HOUR).isoformat()}


async def change(office: AsyncClient, session: CourseSession, *meetings: dict[str, Any]) -> None:
    response = await office.patch(
        f"/course_sessions/{session.id}", json={"meetings": meetings}, headers={"If-Match": "*"}
    )
    assert response.status_code == 200, response.text


async def read(office: AsyncClient, seat: Enrollment) -> tuple[str, str | None]:
    found = (await office.get(f"/enrollments/{seat.id}")).json()
    return found["status"], found["completed_on"]


async def cancel(office: AsyncClient, session: CourseSession) -> None:
    assert (await office.post(f"/course_sessions/{session.id}/cancellation")).status_code == 200


async def test_a_session_cancelled_after_attendance_was_recorded_ahead_completes_nobody(
    db: AsyncSession, office: AsyncClient, course: Course, city: City
) -> None:
    tomorrow = await sessions.session(db, course, at(FIRST, 13))
    seat = await seats.enrollment(db, tomorrow, city.staff)
    with clock.travel(at(FIRST, 3)):
        await post(office, seat, "attendance", attendance(tomorrow))
        for body in ({}, {"status": "completed", "reason": "出席の予定"}):
            assert await refused(office, seat, "completion", body) == (409, "meetings_ahead", [])
        await cancel(office, tomorrow)
        assert await read(office, seat) == ("withdrawn", None)
        assert (await office.get(f"/enrollments/{seat.id}/attendance")).json()["results"] == []
    with clock.travel(LAST_EVENING):
        assert await refused(office, seat, "completion", {}) == (409, "status_not_allowed", [])
    assert await evidence(db, seat) == []


@pytest.mark.parametrize("decided", [{}, {"status": "completed", "reason": "課題提出により認定"}])
async def test_a_cancellation_takes_completions_and_their_evidence_back_from_the_first_day(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, decided: dict[str, str]
) -> None:
    with clock.travel(LAST_EVENING):
        for meeting in (0, 1):
            await post(office, seat, "attendance", attendance(session, meeting))
        await post(office, seat, "completion", decided)
        await cancel(office, session)
        assert await read(office, seat) == ("withdrawn", None)
        assert await evidence(db, seat) == [(SECOND, None, SECOND)]
        assert (await history(office, seat))[-1] == ("withdrawn", SECOND.isoformat(), None, "session_cancelled")
        attended = (await office.get(f"/enrollments/{seat.id}/attendance")).json()["results"]
        assert [row["attendance"] for row in attended] == ["present", "present"]
        assert (await office.get(f"/course_sessions/{session.id}")).json()["seats_taken"] == 0


async def test_no_more_minutes_count_than_the_meeting_had_in_the_end(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    """119 minutes of a meeting that is cut to 30 are 30 of 150: not the 60 percent that the course asks for."""
    with clock.travel(LAST_EVENING):
        await post(office, seat, "attendance", attendance(session, 0, "late", minutes=119))
        await post(office, seat, "attendance", attendance(session, 1, "late", minutes=60))
        assert (await post(office, seat, "completion", {}))["completed_on"] == SECOND.isoformat()
        await post(office, seat, "attendance", attendance(session, 1, "absent"))
        assert await read(office, seat) == ("not_completed", None)
        await change(office, session, planned(session, 0, hours=0.5), planned(session, 1, hours=0.25))
        assert await read(office, seat) == ("completed", FIRST.isoformat())
        await change(office, session, planned(session, 0, hours=0.5), planned(session, 1))
        assert await read(office, seat) == ("not_completed", None)
        shown = (await office.get(f"/enrollments/{seat.id}/attendance")).json()["results"]
        assert [row["minutes"] for row in shown] == [30, 0]


async def test_present_for_the_whole_meeting_stays_so_when_it_gets_longer(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(LAST_EVENING):
        await completed(office, session, seat)
        await change(office, session, planned(session, 0, hours=5), planned(session, 1, hours=4))
        assert await read(office, seat) == ("completed", SECOND.isoformat())


async def test_a_meeting_added_to_the_past_is_assessed_too_and_its_removal_takes_that_back(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    both, added = (planned(session, 0), planned(session, 1)), [new(at(FIRST, hour)) for hour in (16, 18)]
    with clock.travel(LAST_EVENING):
        await completed(office, session, seat)
        await change(office, session, *both, *added)
        assert await read(office, seat) == ("not_completed", None)
        await change(office, session, *both)
        assert await read(office, seat) == ("completed", SECOND.isoformat())
        assert await evidence(db, seat) == [(SECOND, None, SECOND), (SECOND, None, None)]
    assert (await history(office, seat))[1:] == [
        ("not_completed", SECOND.isoformat(), None, "meetings changed"),
        ("completed", None, SECOND.isoformat(), "meetings changed"),
    ]


@pytest.mark.parametrize("decided", [{}, {"status": "completed", "reason": "課題提出により認定"}])
async def test_nobody_stays_completed_while_a_meeting_lies_ahead(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, decided: dict[str, str]
) -> None:
    with clock.travel(LAST_EVENING):
        for meeting in (0, 1):
            await post(office, seat, "attendance", attendance(session, meeting))
        await post(office, seat, "completion", decided)
        await change(office, session, planned(session, 0), planned(session, 1), new(at(SECOND + 9 * DAY, 13)))
        assert await read(office, seat) == ("confirmed", None)
        assert await evidence(db, seat) == [(SECOND, None, SECOND)]
        assert await refused(office, seat, "completion", {}) == (409, "meetings_ahead", [])
    with clock.travel(LAST_EVENING + 10 * DAY):
        assert (await post(office, seat, "completion", {}))["completed_on"] == SECOND.isoformat()


async def test_attendance_of_a_meeting_that_is_put_off_is_void(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(at(SECOND, 3)):
        for meeting in (0, 1):
            await post(office, seat, "attendance", attendance(session, meeting))
        await change(office, session, planned(session, 0), planned(session, 1, at(SECOND + 7 * DAY, 13)))
        shown = (await office.get(f"/enrollments/{seat.id}/attendance")).json()["results"]
        assert [(row["attendance"], row["minutes"]) for row in shown] == [("present", 120), (None, None)]
    with clock.travel(at(SECOND + 8 * DAY, 9)):
        assert (await post(office, seat, "completion", {}))["status"] == "not_completed"


async def test_the_day_follows_a_meeting_that_is_moved_and_crosses_the_fiscal_year(
    db: AsyncSession, office: AsyncClient, course: Course, city: City
) -> None:
    """A session over midnight of 31 March belongs to the day, and the year, in which it ended."""
    march = date(clock.fiscal_year(clock.today()) + 1, 3, 31)
    session = await sessions.session(db, course, at(march, 9))
    seat = await seats.enrollment(db, session, city.staff)
    with clock.travel(at(march + DAY, 9)):
        await post(office, seat, "attendance", attendance(session))
        first = await post(office, seat, "completion", {})
        assert (first["completed_on"], first["completion_fiscal_year"]) == (march.isoformat(), march.year - 1)
        await change(office, session, planned(session, 0, at(march, 22), hours=3))
        moved = (await office.get(f"/enrollments/{seat.id}")).json()
        assert (moved["completed_on"], moved["completion_fiscal_year"]) == ((march + DAY).isoformat(), march.year)
        assert moved["fiscal_year"] == march.year - 1
        assert await evidence(db, seat) == [(march, None, march), (march + DAY, None, None)]


async def test_what_a_person_decided_stays_when_past_meetings_change_and_only_its_day_follows(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    """Nobody attended: the day is that of the session's last meeting."""
    with clock.travel(LAST_EVENING):
        await post(office, seat, "completion", {"status": "completed", "reason": "補講で認定"})
        assert await read(office, seat) == ("completed", SECOND.isoformat())
        await change(office, session, planned(session, 0), planned(session, 1, at(SECOND - DAY, 13)))
        assert await read(office, seat) == ("completed", (SECOND - DAY).isoformat())
        before = await history(office, seat)
        await change(office, session, planned(session, 0), planned(session, 1, at(SECOND - DAY, 13)))
        assert await history(office, seat) == before
