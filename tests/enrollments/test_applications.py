"""Applying and designating, over HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.kit import clock
from app.kit.records import add
from app.seats.enums import EnrollmentStatus, SessionStatus
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.enrollments.given import (
    act,
    act_refused,
    application,
    enrolled,
    refused,
    seats_and_waitlist,
    status_and_rank,
)
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)


async def test_the_last_seat_goes_to_the_first_and_the_second_waits(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    first = await enrolled(office, session, city.staff)
    second = await enrolled(office, session, city.colleague)
    third = await enrolled(office, session, city.stranger)
    assert [(e["status"], e["waitlist_rank"]) for e in (first, second, third)] == [
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    withdrawn = await act(office, first, "withdrawal", reason="公務のため")
    assert (withdrawn["status"], withdrawn["reason"]) == ("withdrawn", "公務のため")
    assert await status_and_rank(office, second) == ("confirmed", None)
    assert await status_and_rank(office, third) == ("waitlisted", 1)
    assert await seats_and_waitlist(office, session) == (1, 1)
    assert await act_refused(office, first, "withdrawal") == (409, "already_in_state")


@pytest.mark.parametrize("caller", ["training", "clerk"])
async def test_an_application_takes_five_round_trips_and_answers_as_reading_does(
    db: AsyncSession, api: SignIn, city: City, course: Course, statements: Any, caller: str
) -> None:
    """BEGIN and COMMIT, which the driver sends by itself and `statements` leaves out, and three statements: the
    caller; the locks, and what decides; all rows with their log."""
    client = await api(caller, city.leader if caller == "clerk" else None)
    full, approved = [await sessions.session(db, course, capacity=1, needs_approval=each) for each in (False, True)]
    asked = [(full, city.staff), (full, city.colleague), (approved, city.colleague)]
    shown = []
    for session, person in asked:
        with statements() as seen:
            made = await client.post("/enrollments", json=application(session, person, mode="applied"))
        assert (made.status_code, len(seen)) == (201, 3), (made.text, seen)
        read = await client.get(made.headers["Location"].removeprefix("/api/v1"))
        assert (read.content, read.headers["ETag"]) == (made.content, made.headers["ETag"])
        shown.append((made.json()["status"], made.json()["waitlist_rank"]))
    assert shown == [("confirmed", None), ("waitlisted", 1), ("applied", None)]


async def test_one_enrollment_per_session_and_another_after_withdrawal(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    staff = await api("employee", city.staff)
    first = await enrolled(staff, session, city.staff)
    assert await refused(staff, session, city.staff) == (409, "already_enrolled")
    await act(staff, first, "withdrawal")
    assert (await enrolled(staff, session, city.staff))["status"] == "confirmed"


async def test_a_clerk_applies_for_colleagues_of_their_own_unit_only(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    clerk = await api("clerk", city.leader)
    made = await enrolled(clerk, session, city.staff)
    assert made["allowed_actions"] == ["withdrawal"]
    assert await refused(clerk, session, city.stranger) == (403, "not_allowed_for_employee")
    assert await refused(await api("employee", city.colleague), session, city.staff) == (
        403,
        "not_allowed_for_employee",
    )
    assert await refused(clerk, session, city.colleague, mode="designated") == (403, "only_office_designates")


async def test_a_designation_needs_no_approval(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    made = await enrolled(office, session, city.staff)
    assert (made["mode"], made["status"]) == ("designated", "confirmed")


async def test_unknown_references_are_named(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    draft = await sessions.session(db, course, status=SessionStatus.DRAFT)
    session = await sessions.session(db, course)
    staff = await api("employee", city.staff)
    for client, body in (
        (staff, application(draft, city.staff)),
        (office, application(session, city.staff) | {"course_session_id": str(uuid4())}),
    ):
        response = await client.post("/enrollments", json=body)
        assert (response.status_code, response.json()["code"]) == (422, "unknown_session")
        assert response.json()["errors"][0]["pointer"] == "/course_session_id"
    response = await office.post("/enrollments", json=application(session, city.staff) | {"employee_id": str(uuid4())})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/employee_id")
    assert (await office.get(f"/enrollments/{uuid4()}")).status_code == 404
    assert (await office.post(f"/enrollments/{uuid4()}/approval")).status_code == 404


async def test_the_application_window_does_not_bind_the_training_office(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    closed = await sessions.session(db, course, application_closes_at=clock.now() - timedelta(minutes=1))
    staff = await api("employee", city.staff)
    assert await refused(staff, closed, city.staff) == (409, "applications_closed")
    assert (await enrolled(office, closed, city.staff))["status"] == "confirmed"
    over = await sessions.session(db, course, clock.now() - DAY)
    assert await refused(office, over, city.staff) == (409, "session_not_running")


async def test_leavers_and_people_on_leave_cannot_enroll_however_they_do(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    leaver = await people.employee(db, city.team, left_on=clock.today() + 10 * DAY)
    assert await refused(office, session, leaver) == (409, "not_employed_during_session")
    await people.absence(db, city.staff.id, clock.today() + 20 * DAY, clock.today() + 40 * DAY)
    for client in (office, await api("employee", city.staff), await api("clerk", city.leader)):
        assert await refused(client, session, city.staff) == (409, "on_leave_during_session")


async def test_leave_between_two_meetings_is_no_obstacle(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    now, today = clock.now(), clock.today()
    session = await sessions.session(db, course, now + 20 * DAY, now + 30 * DAY)
    await people.absence(db, city.staff.id, today + 21 * DAY, today + 30 * DAY)
    assert (await enrolled(office, session, city.staff))["status"] == "confirmed"
    await people.absence(db, city.colleague.id, today + 21 * DAY, today + 31 * DAY)
    assert await refused(office, session, city.colleague) == (409, "on_leave_during_session")


async def test_nobody_outside_the_target_group_comes_to_a_course_with_designated_participants(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City
) -> None:
    heads = {"position_ranks": ["section_head"]}
    open_course = await catalog.course(db, "OPEN", target=heads)
    strict = await sessions.session(db, await catalog.course(db, "STRICT", target=heads, mode="designated"))
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    assert await refused(staff, strict, city.staff) == (409, "not_in_target_group")
    assert await refused(office, strict, city.staff) == (409, "not_in_target_group")
    assert (await enrolled(head, strict, city.section_head))["status"] == "confirmed"
    later = await sessions.session(db, open_course, clock.now() + 40 * DAY)
    assert (await enrolled(staff, later, city.staff))["status"] == "confirmed"


async def test_a_prerequisite_is_met_by_the_course_or_an_equivalent(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    basic, vendors = await catalog.course(db, "BASIC"), await catalog.course(db, "VENDOR")
    await add(db, CoursePrerequisite(course_id=course.id, required_course_id=basic.id))
    await add(db, CourseEquivalent(course_id=basic.id, equivalent_course_id=vendors.id, valid_from=date(2020, 4, 1)))
    session = await sessions.session(db, course)
    held = await sessions.session(db, vendors, clock.now() - 30 * DAY, status=SessionStatus.HELD)
    response = await office.post(
        "/enrollments", json=application(session, city.staff), headers={"Accept-Language": "en"}
    )
    assert (response.status_code, response.json()["code"]) == (409, "missing_prerequisite")
    assert "BASIC" in response.json()["detail"]
    await given.enrollment(db, held, city.staff, EnrollmentStatus.COMPLETED, completed_on=clock.today() - 30 * DAY)
    assert (await enrolled(office, session, city.staff))["status"] == "confirmed"


async def test_an_equivalent_of_another_course_is_no_equivalent(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    basic, other, vendors = [await catalog.course(db, code) for code in ("BASIC", "OTHER", "VENDOR")]
    await add(db, CoursePrerequisite(course_id=course.id, required_course_id=basic.id))
    await add(db, CourseEquivalent(course_id=other.id, equivalent_course_id=vendors.id, valid_from=date(2020, 4, 1)))
    held = await sessions.session(db, vendors, clock.now() - 30 * DAY, status=SessionStatus.HELD)
    await given.enrollment(db, held, city.staff, EnrollmentStatus.COMPLETED, completed_on=clock.today() - 30 * DAY)
    session = await sessions.session(db, course)
    assert await refused(office, session, city.staff) == (409, "missing_prerequisite")


async def test_what_somebody_else_has_completed_lets_nobody_approve(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    basic = await catalog.course(db, "BASIC")
    await add(db, CoursePrerequisite(course_id=course.id, required_course_id=basic.id))
    held = await sessions.session(db, basic, clock.now() - 30 * DAY, status=SessionStatus.HELD)
    done: dict[str, Any] = {"completed_on": clock.today() - 30 * DAY}
    await given.enrollment(db, held, city.colleague, EnrollmentStatus.COMPLETED, **done)
    session = await sessions.session(db, course, needs_approval=True)
    head = await api("employee", city.section_head)
    for person, actions in ((city.staff, ["rejection"]), (city.colleague, ["approval", "rejection"])):
        applied = await given.enrollment(db, session, person, EnrollmentStatus.APPLIED)
        assert (await head.get(f"/enrollments/{applied.id}")).json()["allowed_actions"] == actions


async def test_a_person_has_no_second_seat_at_the_same_time(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session = await sessions.session(db, course, start)
    clash = await sessions.session(db, course, start + timedelta(hours=1))
    after = await sessions.session(db, course, start + timedelta(hours=2))
    first = await enrolled(office, session, city.staff)
    response = await office.post("/enrollments", json=application(clash, city.staff), headers={"Accept-Language": "en"})
    assert (response.status_code, response.json()["code"]) == (409, "time_clash")
    assert {str(session.id), str(clash.id)} <= set(response.json()["detail"].replace(".", " ").split())
    assert (await enrolled(office, after, city.staff))["status"] == "confirmed"
    await act(office, first, "withdrawal")
    assert await refused(office, clash, city.staff) == (409, "time_clash")  # with the one after
    await given.enrollment(db, session, city.colleague)
    assert await refused(office, clash, city.colleague) == (409, "time_clash")


async def test_promotion_skips_a_clash_and_is_made_up_for_when_it_is_gone(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session, rival = await sessions.session(db, course, start, capacity=1), await sessions.session(db, course, start)
    seated = await given.enrollment(db, session, city.staff)
    first = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    elsewhere = await given.enrollment(db, rival, city.colleague)
    await act(office, seated, "withdrawal")
    assert await status_and_rank(office, first) == ("waitlisted", 1)
    assert await status_and_rank(office, second) == ("confirmed", None)
    await act(office, second, "withdrawal")
    assert await seats_and_waitlist(office, session) == (0, 1)
    await act(office, elsewhere, "withdrawal")
    assert await status_and_rank(office, first) == ("confirmed", None)


@pytest.mark.parametrize("obstacle", ["left", "on leave", "outside the target group"])
async def test_promotion_skips_who_cannot_come(
    db: AsyncSession, office: AsyncClient, city: City, obstacle: str
) -> None:
    designated: dict[str, Any] = {"mode": "designated", "target": {"position_ranks": ["staff"]}}
    session = await sessions.session(db, await catalog.course(db, "STRICT", **designated), capacity=1)
    left_on = clock.today() + 10 * DAY if obstacle == "left" else None
    rank = "chief" if obstacle == "outside the target group" else "staff"
    first = await people.employee(db, city.team, rank, left_on=left_on)
    if obstacle == "on leave":
        await people.absence(db, first.id, clock.today() + 20 * DAY, clock.today() + 385 * DAY)
    seated = await given.enrollment(db, session, city.staff)
    skipped = await given.enrollment(db, session, first, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    await act(office, seated, "rejection", reason="別の回に振替")
    assert (await status_and_rank(office, skipped))[0] != "confirmed"
    assert await status_and_rank(office, second) == ("confirmed", None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"employee_id": "x"}, "/employee_id"),
        ({"mode": "invited"}, "/mode"),
        ({"status": "confirmed"}, "/status"),
        ({"course_session_id": None}, "/course_session_id"),
    ],
)
async def test_invalid_input_names_the_field(
    db: AsyncSession, office: AsyncClient, city: City, course: Course, body: dict[str, Any], pointer: str
) -> None:
    session = await sessions.session(db, course)
    response = await office.post("/enrollments", json=application(session, city.staff) | body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
