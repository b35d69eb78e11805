"""The day of a completion and its corrections, long after the session, over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.seats.enums import EnrollmentStatus
from app.seats.models import CourseSession, Enrollment
from tests.catalog import given as catalog
from tests.completion.given import attendance, evidence, history, post, refused
from tests.course_sessions import given as sessions
from tests.course_sessions.given import at
from tests.insights.given import states
from tests.people import given as people
from tests.people.given import City
from tests.roles import given as roles
from tests.seats import given as seats
from tests.skills import given as skills

DAY = timedelta(days=1)

JUNE = date(2025, 6, 10)

NEXT_APRIL = date(2026, 4, 1)

CORRECTED = "出席簿の転記誤り"


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    """A yearly training: it counts until the end of the fiscal year."""
    await catalog.skills(db, "security")
    rule = {"minimum_attendance_percent": 50}
    return await catalog.course(db, "YEARLY", "security", completion_rule=rule, valid_until_fiscal_year_end=True)


@pytest.fixture
async def session(db: AsyncSession, course: Course) -> CourseSession:
    """Two hours on 10 June 2025 and a week later."""
    return await sessions.session(db, course, at(JUNE, 13), at(JUNE + 7 * DAY, 13))


@pytest.fixture
async def seat(db: AsyncSession, session: CourseSession, city: City) -> Enrollment:
    return await seats.enrollment(db, session, city.staff)


async def test_somebody_absent_by_mistake_has_completed_on_the_day_of_the_session(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    for meeting in (0, 1):
        await post(office, seat, "attendance", attendance(session, meeting, "absent"))
    assert (await post(office, seat, "completion", {}))["status"] == "absent"
    for meeting, day in ((0, JUNE), (1, JUNE + 7 * DAY)):
        corrected = await post(office, seat, "attendance", attendance(session, meeting))
        assert (corrected["status"], corrected["completed_on"]) == ("completed", day.isoformat())
        assert (corrected["fiscal_year"], corrected["completion_fiscal_year"]) == (2025, 2025)
    assert await evidence(db, seat) == [(JUNE, NEXT_APRIL, JUNE), (JUNE + 7 * DAY, NEXT_APRIL, None)]


async def test_the_gap_of_every_day_follows_the_corrected_day_of_completion(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    await roles.roles(db)
    await skills.skill_map(db, requirements={"general": ("security",)}, valid_from=date(2025, 4, 1))
    last = JUNE + 7 * DAY
    days = {last - DAY: "missing", last: "satisfied", NEXT_APRIL - DAY: "satisfied", NEXT_APRIL: "expired"}
    for meeting in (0, 1):
        await post(office, seat, "attendance", attendance(session, meeting, "absent"))
    await post(office, seat, "completion", {})
    assert {await state(office, city, day) for day in days} == {"missing"}
    for meeting in (0, 1):
        await post(office, seat, "attendance", attendance(session, meeting))
    assert {day: await state(office, city, day) for day in days} == days


async def state(office: AsyncClient, city: City, day: date) -> str:
    return (await states(office, city.staff, day))["security"]


async def test_a_sheet_that_is_corrected_later_gives_everybody_the_day_of_their_last_meeting(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    absent = await seats.enrollment(db, session, city.colleague, EnrollmentStatus.ABSENT)
    await post(office, seat, "attendance", attendance(session, 0))
    await post(office, seat, "completion", {})
    entries = [{"enrollment_id": str(one.id), "attendance": "present"} for one in (seat, absent)]
    for meeting in session.meetings:
        sheet = {"session_meeting_id": str(meeting.id), "entries": entries}
        response = await office.post(f"/course_sessions/{session.id}/attendance", json=sheet)
    days = {row["completed_on"] for row in response.json()["results"]}
    assert days == {(JUNE + 7 * DAY).isoformat()}


async def test_an_assessment_long_after_takes_the_day_of_the_last_meeting_attended(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    await post(office, seat, "attendance", attendance(session, 0))
    await post(office, seat, "attendance", attendance(session, 1, "absent"))
    assert (await post(office, seat, "completion", {}))["completed_on"] == JUNE.isoformat()


async def test_a_day_is_corrected_with_a_reason_and_the_history_keeps_both(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    last, report = JUNE + 7 * DAY, JUNE + 20 * DAY
    for meeting in (0, 1):
        await post(office, seat, "attendance", attendance(session, meeting))
    await post(office, seat, "completion", {})
    unexplained = await refused(office, seat, "completion", {"completed_on": report.isoformat()})
    assert unexplained == (422, "correction_reason_required", [("/reason", "correction_reason_required")])
    corrected = await post(office, seat, "completion", {"completed_on": report.isoformat(), "reason": CORRECTED})
    assert (corrected["completed_on"], corrected["completed_on_reason"]) == (report.isoformat(), CORRECTED)
    assert corrected["completion_reason"] is None
    assert await evidence(db, seat) == [(last, NEXT_APRIL, last), (report, NEXT_APRIL, None)]
    assert await history(office, seat) == [
        ("completed", None, last.isoformat(), None),
        ("completed", last.isoformat(), report.isoformat(), CORRECTED),
    ]
    same = {"completed_on": report.isoformat(), "reason": CORRECTED}
    assert await refused(office, seat, "completion", same) == (409, "already_in_state", [])
    for attended in ("absent", "present"):
        kept = await post(office, seat, "attendance", attendance(session, 1, attended))
        assert (kept["completed_on"], kept["completed_on_reason"]) == (report.isoformat(), CORRECTED)
    back = await post(office, seat, "completion", {"completed_on": last.isoformat(), "reason": CORRECTED})
    assert (back["completed_on"], back["completed_on_reason"]) == (last.isoformat(), None)


async def test_a_decided_day_outlives_a_mistaken_absence(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    report = (JUNE + 20 * DAY).isoformat()
    await post(office, seat, "attendance", attendance(session, 1))
    await post(office, seat, "completion", {"completed_on": report, "reason": "報告書の提出日"})
    statuses = [
        (await post(office, seat, "attendance", attendance(session, 1, noted)))["completed_on"]
        for noted in ("absent", "present")
    ]
    assert statuses == [None, report]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (JUNE, "completion_date_out_of_range"),
        (clock.today() + DAY, "completion_date_out_of_range"),
        (date(2025, 8, 1), "not_employed_on_completion_date"),
    ],
    ids=["before the last meeting attended", "in the future", "after the person left"],
)
async def test_a_day_that_cannot_be_is_refused(
    db: AsyncSession, office: AsyncClient, session: CourseSession, city: City, day: date, code: str
) -> None:
    leaver = await people.employee(db, city.team, left_on=date(2025, 8, 1))
    seat = await seats.enrollment(db, session, leaver)
    await post(office, seat, "attendance", attendance(session, 1))
    body = {"completed_on": day.isoformat(), "reason": CORRECTED}
    assert await refused(office, seat, "completion", body) == (422, code, [("/completed_on", code)])
    await post(office, seat, "completion", {"completed_on": "2025-07-31", "reason": CORRECTED})


async def test_a_day_without_a_completion_is_refused_instead_of_ignored(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    body = {"completed_on": (JUNE + 7 * DAY).isoformat(), "reason": CORRECTED}
    code = "completion_date_without_completion"
    assert await refused(office, seat, "completion", body) == (422, code, [("/completed_on", code)])


async def test_a_score_is_corrected_with_a_reason_and_keeps_the_day(
    db: AsyncSession, office: AsyncClient, city: City
) -> None:
    rule = {"minimum_attendance_percent": 0, "needs_test": True, "minimum_score": 60}
    exam = await sessions.session(db, await catalog.course(db, "EXAM", completion_rule=rule), at(JUNE, 13))
    seat = await seats.enrollment(db, exam, city.staff)
    await post(office, seat, "attendance", attendance(exam))
    await post(office, seat, "completion", {"score": 70})
    unexplained = await refused(office, seat, "completion", {"score": 80})
    assert unexplained == (422, "correction_reason_required", [("/reason", "correction_reason_required")])
    corrected = await post(office, seat, "completion", {"score": 80, "reason": "採点の誤り"})
    assert (corrected["score"], corrected["completed_on"]) == (80, JUNE.isoformat())
    failed = await post(office, seat, "completion", {"score": 59, "reason": "採点の誤り"})
    assert (failed["status"], failed["completed_on"]) == ("not_completed", None)
    events = (await office.get(f"/enrollments/{seat.id}/events")).json()["results"]
    assert [(one["from_score"], one["to_score"]) for one in events] == [(None, 70), (70, 80), (80, 59)]


async def test_a_day_or_a_score_alone_leaves_the_result_that_a_person_decided(
    office: AsyncClient, session: CourseSession, seat: Enrollment
) -> None:
    await post(office, seat, "completion", {"status": "completed", "reason": "補講で認定"})
    details: list[dict[str, Any]] = [{"completed_on": (JUNE + 9 * DAY).isoformat()}, {"score": 80}]
    for detail in details:
        kept = await post(office, seat, "completion", detail | {"reason": CORRECTED})
        assert (kept["status"], kept["completion_reason"]) == ("completed", "補講で認定")
        assert kept["completed_on"] == (JUNE + 9 * DAY).isoformat()
    assert (await post(office, seat, "completion", {"reason": "認定の取消し"}))["status"] == "absent"


async def test_a_change_of_the_course_does_not_reach_completions(
    db: AsyncSession, office: AsyncClient, session: CourseSession, seat: Enrollment, city: City
) -> None:
    """Neither the rule nor the validity; who is assessed afterwards is assessed by the course as it is then."""
    later = await seats.enrollment(db, session, city.colleague)
    for one in (seat, later):
        await post(office, one, "attendance", attendance(session, 0))
    await post(office, seat, "completion", {})
    changes = {"completion_rule": {"minimum_attendance_percent": 100}, "valid_until_fiscal_year_end": False}
    changed = await office.patch(f"/courses/{session.course_id}", json=changes, headers={"If-Match": "*"})
    assert changed.status_code == 200
    assert (await post(office, later, "completion", {}))["status"] == "not_completed"
    kept = await post(office, seat, "attendance", attendance(session, 0, "left_early", minutes=120))
    assert (kept["status"], kept["completed_on"]) == ("completed", JUNE.isoformat())
    moved = {"completed_on": (JUNE + 9 * DAY).isoformat(), "reason": CORRECTED}
    assert (await post(office, seat, "completion", moved))["status"] == "completed"
    assert (await evidence(db, seat))[-1] == (JUNE + 9 * DAY, NEXT_APRIL, None)


@pytest.mark.parametrize("action", ["withdrawal", "rejection", "approval"])
async def test_a_completion_is_not_withdrawn_rejected_or_approved(
    office: AsyncClient, session: CourseSession, seat: Enrollment, action: str
) -> None:
    await post(office, seat, "attendance", attendance(session, 0))
    await post(office, seat, "completion", {})
    body = {"reason": "誤り"} if action == "rejection" else {}
    assert (await refused(office, seat, action, body))[:2] == (409, "status_not_allowed")
