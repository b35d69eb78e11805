"""Attendance sheets, completion with its evidence, and corrections, over HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import CourseSession, Enrollment
from app.skills.models import SkillRecord
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.course_sessions.given import at
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)

FIRST, SECOND = clock.today() + 30 * DAY, clock.today() + 60 * DAY

A_YEAR_LATER = clock.add_months(SECOND, 12)

EVENING, LAST_EVENING = at(FIRST, 18), at(SECOND, 18)


@pytest.fixture
async def city(db: AsyncSession) -> City:
    return await people.city(db)


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    await catalog.skills(db, "dx_basics")
    rule = {"minimum_attendance_percent": 80}
    return await catalog.course(db, "AP1", "dx_basics", completion_rule=rule, valid_for_months=12)


@pytest.fixture
async def session(db: AsyncSession, course: Course) -> CourseSession:
    """Two hours from 13:00 on each of two days."""
    return await sessions.session(db, course, at(FIRST, 13), at(SECOND, 13))


@pytest.fixture
async def seat(db: AsyncSession, session: CourseSession, city: City) -> Enrollment:
    return await given.enrollment(db, session, city.staff, org_unit_id=city.team.id)


@pytest.fixture
async def training(api: SignIn) -> AsyncClient:
    return await api("training")


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


async def test_attendance_leads_to_completion_and_completion_to_evidence(
    db: AsyncSession, training: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    with clock.travel(EVENING):
        recorded = await post(training, seat, "attendance", attendance(session))
        assert recorded["allowed_actions"] == ["rejection", "withdrawal", "attendance"]
        assert await refused(training, seat, "completion", {}) == (409, "meetings_ahead", [])
    with clock.travel(LAST_EVENING):
        await post(training, seat, "attendance", attendance(session, 1, "late", minutes=100))
        result = await post(training, seat, "completion", {})
        assert (result["status"], result["completed_on"]) == ("completed", SECOND.isoformat())
        assert result["allowed_actions"] == ["attendance", "completion"]
        assert await evidence(db, seat) == [(SECOND, A_YEAR_LATER, None)]
        assert await refused(training, seat, "completion", {}) == (409, "already_in_state", [])
        sheet = (await training.get(f"/enrollments/{seat.id}/attendance")).json()["results"]
        assert [(row["attendance"], row["minutes"], row["org_unit_id"]) for row in sheet] == [
            ("present", 120, str(city.team.id)),
            ("late", 100, str(city.team.id)),
        ]


async def test_a_correction_withdraws_the_evidence_and_sets_it_again(
    db: AsyncSession, training: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(LAST_EVENING):
        for meeting in (0, 1):
            await post(training, seat, "attendance", attendance(session, meeting))
        await post(training, seat, "completion", {"completed_on": FIRST.isoformat()})
        corrected = await post(training, seat, "attendance", attendance(session, 1, "absent"))
        assert (corrected["status"], corrected["completed_on"]) == ("not_completed", None)
        assert await evidence(db, seat) == [(FIRST, clock.add_months(FIRST, 12), FIRST)]
        again = await post(training, seat, "attendance", attendance(session, 1, "left_early", minutes=90))
        assert (again["status"], again["completed_on"]) == ("completed", SECOND.isoformat())
        assert (await evidence(db, seat))[1:] == [(SECOND, A_YEAR_LATER, None)]
        events = (await training.get(f"/enrollments/{seat.id}/events")).json()["results"]
    assert [event["to_status"] for event in events] == ["completed", "not_completed", "completed"]
    assert events[1]["reason"] == "attendance corrected"


async def test_a_result_given_with_a_reason_overrides_the_rule(
    db: AsyncSession, training: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    with clock.travel(LAST_EVENING):
        unexplained = await refused(training, seat, "completion", {"status": "completed"})
        assert unexplained == (422, "override_reason_required", [("/reason", "override_reason_required")])
        decided = await post(training, seat, "completion", {"status": "completed", "reason": "課題提出により認定"})
        assert (decided["status"], decided["completion_reason"]) == ("completed", "課題提出により認定")
        kept = await post(training, seat, "attendance", attendance(session, 0, "absent"))
        assert kept["status"] == "completed"
        judged = await post(training, seat, "completion", {"status": "absent", "reason": "訂正"})
        assert judged["status"] == "absent"
        assert [ended for _, _, ended in await evidence(db, seat)] == [SECOND]


async def test_no_shows_are_absent_and_excused_people_are_not(
    db: AsyncSession, training: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    excused = await given.enrollment(db, session, city.colleague)
    with clock.travel(LAST_EVENING):
        await post(training, seat, "attendance", attendance(session, 0, "absent"))
        await post(training, excused, "attendance", attendance(session, 0, "excused"))
        assert (await post(training, seat, "completion", {}))["status"] == "absent"
        assert (await post(training, excused, "completion", {}))["status"] == "not_completed"
        read = (await training.get(f"/course_sessions/{session.id}")).json()
        assert read["seats_taken"] == 2


async def test_a_required_test_decides(db: AsyncSession, training: AsyncClient, city: City) -> None:
    rule = {"minimum_attendance_percent": 0, "needs_test": True, "minimum_score": 60}
    exam = await sessions.session(db, await catalog.course(db, "EXAM", completion_rule=rule), at(FIRST, 13))
    seat = await given.enrollment(db, exam, city.staff)
    with clock.travel(LAST_EVENING):
        await post(training, seat, "attendance", attendance(exam))
        assert (await post(training, seat, "completion", {"score": 59}))["status"] == "not_completed"
        passed = await post(training, seat, "completion", {"score": 60})
        assert (passed["status"], passed["score"]) == ("completed", 60)


async def test_the_attendance_sheet_opens_twelve_hours_before_the_meeting(
    training: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    entry = {"enrollment_id": str(seat.id), "attendance": "present"}
    early = {"session_meeting_id": str(session.meetings[0].id), "entries": [entry]}
    with clock.travel(at(FIRST, 0)):
        assert await refused(training, seat, "attendance", attendance(session)) == (409, "attendance_not_yet_open", [])
        response = await training.post(f"/course_sessions/{session.id}/attendance", json=early)
        assert (response.status_code, response.json()["code"]) == (409, "attendance_not_yet_open")
    with clock.travel(at(FIRST, 1)):
        await post(training, seat, "attendance", attendance(session))
        assert await refused(training, seat, "attendance", attendance(session, 1)) == (
            409,
            "attendance_not_yet_open",
            [],
        )


async def test_the_attendance_sheet_is_recorded_as_a_whole_or_not_at_all(
    db: AsyncSession, training: AsyncClient, session: CourseSession, seat: Enrollment, city: City
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
        response = await training.post(path, json=sheet | {"entries": lines})
        assert response.status_code == 422
        assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
            ("/entries/1/enrollment_id", "no_seat_in_session"),
            ("/entries/2/minutes", "missing_minutes"),
            ("/entries/3/enrollment_id", "duplicate_enrollment"),
            ("/entries/4/enrollment_id", "no_seat_in_session"),
        ]
        unrecorded = (await training.get(path)).json()["results"]
        assert {row["attendance"] for row in unrecorded} == {None}
        lines[2]["minutes"] = 60
        taken = await training.post(path, json=sheet | {"entries": [lines[0], lines[2]]})
        assert [row["status"] for row in taken.json()["results"]] == ["confirmed", "confirmed"]
        filled = (await training.get(path, params={"attendance": "present,late"})).json()["results"]
        assert [(row["attendance"], row["minutes"]) for row in filled] == [("present", 120), ("late", 60)]


async def test_attendance_needs_permission_a_seat_and_a_known_meeting(
    db: AsyncSession, api: SignIn, training: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    waiting = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    with clock.travel(EVENING):
        head = await api("employee", city.section_head)
        assert (await refused(head, seat, "attendance", attendance(session)))[0] == 403
        assert (await refused(head, seat, "completion", {}))[0] == 403
        assert await refused(training, waiting, "attendance", attendance(session)) == (409, "status_not_allowed", [])
        unknown = attendance(session) | {"session_meeting_id": str(uuid4())}
        assert await refused(training, seat, "attendance", unknown) == (
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
    training: AsyncClient, session: CourseSession, seat: Enrollment, body: dict[str, Any], pointer: str
) -> None:
    with clock.travel(EVENING):
        status, code, fields = await refused(training, seat, "attendance", attendance(session) | body)
    assert (status, code, fields[0][0]) == (422, "invalid", pointer)


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
    training: AsyncClient, seat: Enrollment, body: dict[str, Any], pointer: str
) -> None:
    with clock.travel(LAST_EVENING):
        status, _, fields = await refused(training, seat, "completion", body)
    assert (status, fields[0][0]) == (422, pointer)


async def test_a_stale_version_is_refused(training: AsyncClient, session: CourseSession, seat: Enrollment) -> None:
    with clock.travel(EVENING):
        response = await training.post(
            f"/enrollments/{seat.id}/attendance", json=attendance(session), headers={"If-Match": '"0.9"'}
        )
    assert response.status_code == 412
