"""Completion with its day and its evidence, and what corrections do to them, over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.seats.models import CourseSession, Enrollment
from tests.catalog import given as catalog
from tests.completion.given import (
    DAY,
    EVENING,
    FIRST,
    LAST_EVENING,
    SECOND,
    attendance,
    course_for_a_year,
    evidence,
    history,
    on_two_days,
    post,
    refused,
)
from tests.course_sessions import given as sessions
from tests.course_sessions.given import at
from tests.people.given import City
from tests.seats import given as seats

A_YEAR_LATER = clock.add_months(SECOND, 12)


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    return await course_for_a_year(db)


@pytest.fixture
async def session(db: AsyncSession, course: Course) -> CourseSession:
    return await on_two_days(db, course)


@pytest.fixture
async def seat(db: AsyncSession, session: CourseSession, city: City) -> Enrollment:
    return await seats.enrollment(db, session, city.staff, org_unit_id=city.team.id)


async def test_attendance_leads_to_completion_and_completion_to_evidence(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    with clock.travel(EVENING):
        recorded = await post(office, seat, "attendance", attendance(session))
        assert recorded["allowed_actions"] == ["rejection", "withdrawal", "attendance"]
        assert await refused(office, seat, "completion", {}) == (409, "meetings_ahead", [])
    with clock.travel(LAST_EVENING):
        await post(office, seat, "attendance", attendance(session, 1, "late", minutes=100))
        result = await post(office, seat, "completion", {})
        assert (result["status"], result["completed_on"]) == ("completed", SECOND.isoformat())
        assert result["allowed_actions"] == ["attendance", "completion"]
        assert await evidence(db, seat) == [(SECOND, A_YEAR_LATER, None)]
        assert await refused(office, seat, "completion", {}) == (409, "already_in_state", [])
        sheet = (await office.get(f"/enrollments/{seat.id}/attendance")).json()["results"]
        assert [(row["attendance"], row["minutes"], row["org_unit_id"]) for row in sheet] == [
            ("present", 120, str(city.team.id)),
            ("late", 100, str(city.team.id)),
        ]


async def test_a_correction_withdraws_the_evidence_and_sets_it_again_on_the_same_day(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(LAST_EVENING):
        for meeting in (0, 1):
            await post(office, seat, "attendance", attendance(session, meeting))
        await post(office, seat, "completion", {})
    with clock.travel(LAST_EVENING + 40 * DAY):
        corrected = await post(office, seat, "attendance", attendance(session, 1, "absent"))
        assert (corrected["status"], corrected["completed_on"]) == ("not_completed", None)
        assert await evidence(db, seat) == [(SECOND, A_YEAR_LATER, SECOND)]
        again = await post(office, seat, "attendance", attendance(session, 1, "left_early", minutes=90))
        assert (again["status"], again["completed_on"]) == ("completed", SECOND.isoformat())
        assert (await evidence(db, seat))[1:] == [(SECOND, A_YEAR_LATER, None)]
    assert await history(office, seat) == [
        ("completed", None, SECOND.isoformat(), None),
        ("not_completed", SECOND.isoformat(), None, "attendance corrected"),
        ("completed", None, SECOND.isoformat(), "attendance corrected"),
    ]


async def test_a_result_given_with_a_reason_overrides_the_rule(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(LAST_EVENING):
        unexplained = await refused(office, seat, "completion", {"status": "completed"})
        assert unexplained == (422, "override_reason_required", [("/reason", "override_reason_required")])
        decided = await post(office, seat, "completion", {"status": "completed", "reason": "課題提出により認定"})
        assert (decided["status"], decided["completion_reason"]) == ("completed", "課題提出により認定")
        kept = await post(office, seat, "attendance", attendance(session, 0, "absent"))
        assert kept["status"] == "completed"
        judged = await post(office, seat, "completion", {"status": "absent", "reason": "訂正"})
        assert judged["status"] == "absent"
        assert [ended for _, _, ended in await evidence(db, seat)] == [SECOND]


async def test_no_shows_are_absent_and_excused_people_are_not(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    excused = await seats.enrollment(db, session, city.colleague)
    with clock.travel(LAST_EVENING):
        await post(office, seat, "attendance", attendance(session, 0, "absent"))
        await post(office, excused, "attendance", attendance(session, 0, "excused"))
        assert (await post(office, seat, "completion", {}))["status"] == "absent"
        assert (await post(office, excused, "completion", {}))["status"] == "not_completed"
        read = (await office.get(f"/course_sessions/{session.id}")).json()
        assert read["seats_taken"] == 2


async def test_a_required_test_decides(db: AsyncSession, office: AsyncClient, city: City) -> None:
    rule = {"minimum_attendance_percent": 0, "needs_test": True, "minimum_score": 60}
    exam = await sessions.session(db, await catalog.course(db, "EXAM", completion_rule=rule), at(FIRST, 13))
    seat = await seats.enrollment(db, exam, city.staff)
    with clock.travel(LAST_EVENING):
        await post(office, seat, "attendance", attendance(exam))
        assert (await post(office, seat, "completion", {"score": 59}))["status"] == "not_completed"
        passed = await post(office, seat, "completion", {"score": 60})
        assert (passed["status"], passed["score"]) == ("completed", 60)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"completed_on": (SECOND + DAY).isoformat()}, "/completed_on"),
        ({"completed_on": (FIRST - DAY).isoformat()}, "/completed_on"),
        ({"score": 101}, "/score"),
        ({"status": "confirmed", "reason": "x"}, "/status"),
        ({"status": "completed", "reason": "\x00"}, "/reason"),
    ],
)
async def test_invalid_completion_is_refused_by_field(
    office: AsyncClient, seat: Enrollment, body: dict[str, Any], pointer: str
) -> None:
    with clock.travel(LAST_EVENING):
        status, _, fields = await refused(office, seat, "completion", body)
    assert (status, fields[0][0]) == (422, pointer)
