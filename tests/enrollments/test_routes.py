"""Applying, deciding and withdrawing, over HTTP."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course, CourseEquivalent, CoursePrerequisite
from app.kit import clock
from app.kit.records import add
from app.people.enums import PostKind
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import CourseSession
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)


@pytest.fixture
async def city(db: AsyncSession) -> City:
    return await people.city(db)


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    return await catalog.course(db)


@pytest.fixture
async def training(api: SignIn) -> AsyncClient:
    return await api("training")


def application(session: CourseSession, person: Employee, **more: Any) -> dict[str, Any]:
    return {"course_session_id": str(session.id), "employee_id": str(person.id), **more}


async def enrolled(client: AsyncClient, session: CourseSession, person: Employee, **more: Any) -> dict[str, Any]:
    response = await client.post("/enrollments", json=application(session, person, **more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def refused(client: AsyncClient, session: CourseSession, person: Employee, **more: Any) -> tuple[int, str]:
    response = await client.post("/enrollments", json=application(session, person, **more))
    return response.status_code, response.json()["code"]


async def act(client: AsyncClient, enrollment: Any, action: str, **body: Any) -> dict[str, Any]:
    response = await client.post(f"/enrollments/{id_of(enrollment)}/{action}", json=body or None)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def act_refused(client: AsyncClient, enrollment: Any, action: str, **body: Any) -> tuple[int, str]:
    response = await client.post(f"/enrollments/{id_of(enrollment)}/{action}", json=body or None)
    return response.status_code, response.json()["code"]


def id_of(enrollment: Any) -> UUID | str:
    return enrollment["id"] if isinstance(enrollment, dict) else enrollment.id  # type: ignore[no-any-return]


async def status_and_rank(client: AsyncClient, enrollment: Any) -> tuple[str, int | None]:
    read = (await client.get(f"/enrollments/{id_of(enrollment)}")).json()
    return read["status"], read["waitlist_rank"]


async def seats_and_waitlist(client: AsyncClient, session: CourseSession) -> tuple[int, int]:
    read = (await client.get(f"/course_sessions/{session.id}")).json()
    return read["seats_taken"], read["waitlist_length"]


async def test_an_application_waits_for_the_head_and_then_takes_a_seat(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    made = await enrolled(staff, session, city.staff)
    assert (made["status"], made["mode"], made["org_unit_id"]) == ("applied", "applied", str(city.team.id))
    assert made["allowed_actions"] == ["withdrawal"]
    assert await seats_and_waitlist(staff, session) == (0, 0)
    seen = (await head.get(f"/enrollments/{made['id']}")).json()
    assert seen["allowed_actions"] == ["approval", "rejection"]
    approved = await act(head, made, "approval")
    assert (approved["status"], approved["allowed_actions"]) == ("confirmed", [])
    assert approved["decided_by"]
    assert approved["decided_on_behalf_of"] is None
    assert await seats_and_waitlist(staff, session) == (1, 0)
    assert await act_refused(head, made, "approval") == (409, "already_in_state")


async def test_the_last_seat_goes_to_the_first_and_the_second_waits(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    first = await enrolled(training, session, city.staff)
    second = await enrolled(training, session, city.colleague)
    third = await enrolled(training, session, city.stranger)
    assert [(e["status"], e["waitlist_rank"]) for e in (first, second, third)] == [
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    withdrawn = await act(training, first, "withdrawal", reason="公務のため")
    assert (withdrawn["status"], withdrawn["reason"]) == ("withdrawn", "公務のため")
    assert await status_and_rank(training, second) == ("confirmed", None)
    assert await status_and_rank(training, third) == ("waitlisted", 1)
    assert await seats_and_waitlist(training, session) == (1, 1)
    assert await act_refused(training, first, "withdrawal") == (409, "already_in_state")


async def test_approval_without_a_free_seat_waitlists(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1, needs_approval=True)
    head = await api("employee", city.section_head)
    applied = await given.enrollment(db, session, city.staff, EnrollmentStatus.APPLIED)
    await given.enrollment(db, session, city.colleague)
    assert (await act(head, applied, "approval"))["waitlist_rank"] == 1


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
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    made = await enrolled(training, session, city.staff)
    assert (made["mode"], made["status"]) == ("designated", "confirmed")


async def test_unknown_references_are_named(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    draft = await sessions.session(db, course, status=SessionStatus.DRAFT)
    session = await sessions.session(db, course)
    staff = await api("employee", city.staff)
    for client, body in (
        (staff, application(draft, city.staff)),
        (training, application(session, city.staff) | {"course_session_id": str(uuid4())}),
    ):
        response = await client.post("/enrollments", json=body)
        assert (response.status_code, response.json()["code"]) == (422, "unknown_session")
        assert response.json()["errors"][0]["pointer"] == "/course_session_id"
    response = await training.post(
        "/enrollments", json=application(session, city.staff) | {"employee_id": str(uuid4())}
    )
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/employee_id")
    assert (await training.get(f"/enrollments/{uuid4()}")).status_code == 404
    assert (await training.post(f"/enrollments/{uuid4()}/approval")).status_code == 404


async def test_the_application_window_does_not_bind_the_training_office(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    closed = await sessions.session(db, course, application_closes_at=clock.now() - timedelta(minutes=1))
    staff = await api("employee", city.staff)
    assert await refused(staff, closed, city.staff) == (409, "applications_closed")
    assert (await enrolled(training, closed, city.staff))["status"] == "confirmed"
    over = await sessions.session(db, course, clock.now() - DAY)
    assert await refused(training, over, city.staff) == (409, "session_not_running")


async def test_leavers_cannot_enroll_and_people_on_leave_are_not_designated(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    leaver = await people.employee(db, city.team, left_on=clock.today() + 10 * DAY)
    assert await refused(training, session, leaver) == (409, "not_employed_during_session")
    await people.absence(db, city.staff.id, clock.today() + 20 * DAY, clock.today() + 40 * DAY)
    assert await refused(training, session, city.staff) == (409, "on_leave_during_session")
    assert (await enrolled(await api("employee", city.staff), session, city.staff))["status"] == "confirmed"


async def test_people_outside_the_target_group_apply_for_open_courses_only(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City
) -> None:
    heads = {"position_ranks": ["section_head"]}
    open_course = await catalog.course(db, "OPEN", target=heads)
    strict = await sessions.session(db, await catalog.course(db, "STRICT", target=heads, mode="designated"))
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    assert await refused(staff, strict, city.staff) == (409, "not_in_target_group")
    assert (await enrolled(head, strict, city.section_head))["status"] == "confirmed"
    assert (await enrolled(training, strict, city.staff))["status"] == "confirmed"
    later = await sessions.session(db, open_course, clock.now() + 40 * DAY)
    assert (await enrolled(staff, later, city.staff))["status"] == "confirmed"


async def test_a_prerequisite_is_met_by_the_course_or_an_equivalent(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    basic, vendors = await catalog.course(db, "BASIC"), await catalog.course(db, "VENDOR")
    await add(db, CoursePrerequisite(course_id=course.id, required_course_id=basic.id))
    await add(db, CourseEquivalent(course_id=basic.id, equivalent_course_id=vendors.id, valid_from=date(2020, 4, 1)))
    session = await sessions.session(db, course)
    held = await sessions.session(db, vendors, clock.now() - 30 * DAY, status=SessionStatus.HELD)
    response = await training.post(
        "/enrollments", json=application(session, city.staff), headers={"Accept-Language": "en"}
    )
    assert (response.status_code, response.json()["code"]) == (409, "missing_prerequisite")
    assert "BASIC" in response.json()["detail"]
    await given.enrollment(db, held, city.staff, EnrollmentStatus.COMPLETED, completed_on=clock.today() - 30 * DAY)
    assert (await enrolled(training, session, city.staff))["status"] == "confirmed"


async def test_a_person_has_no_second_seat_at_the_same_time(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session = await sessions.session(db, course, start)
    clash = await sessions.session(db, course, start + timedelta(hours=1))
    after = await sessions.session(db, course, start + timedelta(hours=2))
    first = await enrolled(training, session, city.staff)
    response = await training.post(
        "/enrollments", json=application(clash, city.staff), headers={"Accept-Language": "en"}
    )
    assert (response.status_code, response.json()["code"]) == (409, "time_clash")
    assert {str(session.id), str(clash.id)} <= set(response.json()["detail"].replace(".", " ").split())
    assert (await enrolled(training, after, city.staff))["status"] == "confirmed"
    await act(training, first, "withdrawal")
    assert await refused(training, clash, city.staff) == (409, "time_clash")  # with the one after
    await given.enrollment(db, session, city.colleague)
    assert await refused(training, clash, city.colleague) == (409, "time_clash")


async def test_promotion_skips_a_clash_and_is_made_up_for_when_it_is_gone(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    start = clock.now() + 30 * DAY
    session, rival = await sessions.session(db, course, start, capacity=1), await sessions.session(db, course, start)
    seated = await given.enrollment(db, session, city.staff)
    first = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    elsewhere = await given.enrollment(db, rival, city.colleague)
    await act(training, seated, "withdrawal")
    assert await status_and_rank(training, first) == ("waitlisted", 1)
    assert await status_and_rank(training, second) == ("confirmed", None)
    await act(training, second, "withdrawal")
    assert await seats_and_waitlist(training, session) == (0, 1)
    await act(training, elsewhere, "withdrawal")
    assert await status_and_rank(training, first) == ("confirmed", None)


async def test_promotion_skips_leavers(db: AsyncSession, training: AsyncClient, city: City, course: Course) -> None:
    session = await sessions.session(db, course, capacity=1)
    leaver = await people.employee(db, city.team, left_on=clock.today() + 10 * DAY)
    seated = await given.enrollment(db, session, city.staff)
    first = await given.enrollment(db, session, leaver, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    await act(training, seated, "rejection", reason="別の回に振替")
    assert await status_and_rank(training, first) == ("waitlisted", 1)
    assert await status_and_rank(training, second) == ("confirmed", None)


async def test_after_the_first_meeting_only_the_training_office_gives_seats(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, clock.now() - timedelta(hours=1), clock.now() + DAY, capacity=1)
    seated = await given.enrollment(db, session, city.staff)
    first = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    await act(training, seated, "withdrawal")
    assert await status_and_rank(training, first) == ("waitlisted", 1)
    assert (await act(training, second, "approval"))["status"] == "confirmed"
    assert await act_refused(training, first, "approval") == (409, "session_full")


async def test_people_who_left_after_applying_are_not_approved(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    leaver = await people.employee(db, city.team, left_on=clock.today() + 10 * DAY)
    applied = await given.enrollment(db, session, leaver, EnrollmentStatus.APPLIED)
    assert await act_refused(await api("employee", city.section_head), applied, "approval") == (
        409,
        "not_employed_during_session",
    )


async def test_the_training_office_may_give_a_free_seat_out_of_turn(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    await given.enrollment(db, session, city.staff, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    assert (await act(training, second, "approval"))["status"] == "confirmed"


async def test_nobody_decides_their_own_application_but_the_department_head_does(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    head = await api("employee", city.section_head)
    made = await enrolled(head, session, city.section_head)
    assert made["allowed_actions"] == ["withdrawal"]
    assert await act_refused(head, made, "approval") == (403, "own_application")
    above = await api("employee", city.department_head)
    assert (await act(above, made, "approval"))["status"] == "confirmed"


async def test_the_training_office_decides_if_there_is_no_other_head(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    top = await given.enrollment(db, session, city.department_head, EnrollmentStatus.APPLIED)
    staff = await given.enrollment(db, session, city.staff, EnrollmentStatus.APPLIED)
    assert await act_refused(training, staff, "approval") == (403, "not_head_in_office")
    assert (await act(training, top, "approval"))["status"] == "confirmed"
    for head in (city.section_head, city.department_head):
        await people.absence(db, head.id, clock.today() - DAY)
    assert (await act(training, staff, "approval"))["status"] == "confirmed"


async def test_an_acting_head_decides_on_behalf_of_the_absent_head(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    await people.absence(db, city.section_head.id, clock.today() - DAY)
    await people.post(db, city.advisor, city.section, "section_head", PostKind.ACTING)
    applied = await given.enrollment(db, session, city.staff, EnrollmentStatus.APPLIED)
    assert await act_refused(await api("employee", city.section_head), applied, "approval") in {
        (403, "not_head_in_office"),
        (404, "not_found"),
    }
    approved = await act(await api("employee", city.advisor), applied, "approval")
    assert approved["decided_on_behalf_of"] == str(city.section_head.id)


async def test_a_transfer_moves_the_decision_to_the_new_head_and_an_unpublished_one_does_not(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    today = clock.today()
    old_head = await api("employee", city.section_head)
    other = await people.employee(db, city.other_section, "section_head")
    new_head = await api("employee", other)
    mover = await people.employee(db, name="異動 する子")
    old = await people.post(db, mover, city.section, valid_to=today, end_published_on=today + 3 * DAY)
    new = await people.post(db, mover, city.other_section, since=today, published_on=today + 3 * DAY)
    applied = await given.enrollment(db, session, mover, EnrollmentStatus.APPLIED, org_unit_id=city.section.id)
    earlier = await sessions.session(db, course, clock.now() + 20 * DAY)
    seat = await given.enrollment(db, earlier, mover, org_unit_id=city.section.id)
    assert (await new_head.get(f"/enrollments/{applied.id}")).status_code == 404
    assert not (await old_head.get(f"/enrollments/{seat.id}")).json()["needs_reconfirmation"]
    old.end_published_on = new.published_on = today
    await db.flush()
    assert (await old_head.get(f"/enrollments/{applied.id}")).status_code == 404
    assert (await new_head.get(f"/enrollments/{seat.id}")).json()["needs_reconfirmation"]
    assert (await act(new_head, applied, "approval"))["status"] == "confirmed"


async def test_a_head_still_sees_finished_enrollments_of_former_members(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    held = await sessions.session(db, course, clock.now() - 60 * DAY, status=SessionStatus.HELD)
    past = await given.enrollment(db, held, city.stranger, EnrollmentStatus.COMPLETED, org_unit_id=city.section.id)
    head = await api("employee", city.section_head)
    assert (await head.get(f"/enrollments/{past.id}")).status_code == 200


async def test_after_a_declined_application_one_may_apply_again(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    made = await enrolled(staff, session, city.staff)
    response = await head.post(f"/enrollments/{made['id']}/rejection", json={})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/reason")
    declined = await act(head, made, "rejection", reason="窓口の人員不足")
    assert (declined["status"], declined["reason"], declined["allowed_actions"]) == ("declined", "窓口の人員不足", [])
    assert await act_refused(head, made, "rejection", reason="again") == (409, "already_in_state")
    assert (await enrolled(staff, session, city.staff))["status"] == "applied"


async def test_withdrawal_has_a_deadline_except_for_the_training_office(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, withdrawal_closes_at=clock.now() - timedelta(minutes=1))
    seat = await given.enrollment(db, session, city.staff)
    staff = await api("employee", city.staff)
    assert await act_refused(staff, seat, "withdrawal") == (409, "withdrawal_closed")
    assert await act_refused(await api("employee", city.section_head), seat, "withdrawal") == (
        403,
        "not_allowed_for_employee",
    )
    assert (await act(training, seat, "withdrawal"))["status"] == "withdrawn"


async def test_every_change_is_in_the_history(
    db: AsyncSession, api: SignIn, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    made = await enrolled(staff, session, city.staff)
    await act(head, made, "approval")
    await act(training, made, "rejection", reason="定員調整")
    page = (await staff.get(f"/enrollments/{made['id']}/events")).json()
    assert [(e["from_status"], e["to_status"], e["reason"]) for e in page["results"]] == [
        (None, "applied", None),
        ("applied", "confirmed", None),
        ("confirmed", "not_selected", "定員調整"),
    ]
    assert len({event["by"] for event in page["results"]}) == 3
    stranger = await api("employee", city.stranger)
    assert (await stranger.get(f"/enrollments/{made['id']}/events")).status_code == 404


async def test_a_stale_version_is_refused_and_a_repeated_key_is_replayed(
    db: AsyncSession, training: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    key = {"Idempotency-Key": "3f0c1a52-double-click"}
    first = await training.post("/enrollments", json=application(session, city.staff), headers=key)
    again = await training.post("/enrollments", json=application(session, city.staff), headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    path = first.headers["location"].removeprefix("/api/v1")
    stale = await training.post(f"{path}/withdrawal", headers={"If-Match": '"0.7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    read = await training.get(path)
    assert read.headers["etag"] == first.headers["etag"]
    assert (await training.get(path, headers={"If-None-Match": read.headers["etag"]})).status_code == 304
    good = await training.post(f"{path}/withdrawal", headers={"If-Match": read.headers["etag"]})
    assert good.status_code == 200, good.text


async def test_lists_show_only_visible_enrollments(db: AsyncSession, api: SignIn, city: City, course: Course) -> None:
    session = await sessions.session(db, course)
    everybody = (city.staff, city.colleague, city.stranger, city.section_head)
    ids = {person.id: str((await given.enrollment(db, session, person)).id) for person in everybody}

    async def seen(client: AsyncClient) -> set[str]:
        page = (await client.get("/enrollments")).json()
        assert page["metadata"]["resultset"]["count"] == len(page["results"])
        return {row["id"] for row in page["results"]}

    section = {ids[city.staff.id], ids[city.colleague.id], ids[city.section_head.id]}
    assert await seen(await api("employee", city.staff)) == {ids[city.staff.id]}
    assert await seen(await api("employee", city.section_head)) == section
    assert await seen(await api("clerk", city.leader)) == section
    assert await seen(await api("employee", city.department_head)) == set(ids.values())
    assert await seen(await api("employee", city.advisor)) == set()
    assert await seen(await api("training")) == await seen(await api("auditor")) == set(ids.values())
    assert await seen(await api("hr")) == set()


async def test_a_concurrent_post_makes_a_person_visible_to_both_heads(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    applied = await given.enrollment(db, await sessions.session(db, course), city.staff, EnrollmentStatus.APPLIED)
    other_head = await people.employee(db, city.other_section, "section_head")
    await people.post(db, city.staff, city.other_section, kind=PostKind.CONCURRENT)
    client = await api("employee", other_head)
    assert (await client.get(f"/enrollments/{applied.id}")).json()["allowed_actions"] == []
    assert await act_refused(client, applied, "approval") == (403, "not_head_in_office")


async def test_filters_select_enrollments(db: AsyncSession, training: AsyncClient, city: City, course: Course) -> None:
    other = await catalog.course(db, "OTHER")
    june = await sessions.session(db, course, sessions.at(date(2027, 6, 10), 13))
    may = await sessions.session(db, other, sessions.at(date(2026, 5, 10), 13))
    a = str((await given.enrollment(db, june, city.staff)).id)
    b = str((await given.enrollment(db, may, city.stranger, EnrollmentStatus.WAITLISTED)).id)
    mine = await enrolled(training, june, city.advisor)

    async def found(**params: Any) -> set[str]:
        response = await training.get("/enrollments", params=params)
        assert response.status_code == 200, response.text
        return {row["id"] for row in response.json()["results"]}

    assert await found(course_session_id=june.id) == {a, mine["id"]}
    assert await found(course_id=other.id) == {b}
    assert await found(fiscal_year=2027) == {a, mine["id"]}
    assert await found(employee_id=city.staff.id) == {a}
    assert await found(org_unit_id=city.section.id) == {a}
    assert await found(org_unit_id=city.section.id, as_of="2019-01-01") == set()
    assert await found(status="waitlisted,applied") == {b}
    assert await found(mode="designated") == {mine["id"]}
    assert await found(since="2020-01-01T00:00:00Z", until="2021-01-01T00:00:00Z") == set()
    assert await found(since="2020-01-01T00:00:00Z", sort="-updated_at") == {a, b, mine["id"]}
    assert await found(submitted_by=mine["submitted_by"]) == {a, b, mine["id"]}
    assert (await training.get("/enrollments", params={"sort": "reason"})).status_code == 422
    assert (await training.get("/enrollments", params={"state": "x"})).status_code == 422


async def test_a_page_takes_the_same_number_of_statements_whatever_its_length(
    db: AsyncSession, api: SignIn, city: City, course: Course, statements: Callable[[], Any]
) -> None:
    session = await sessions.session(db, course)
    head = await api("employee", city.department_head)
    counts = []
    for person in (city.staff, city.colleague, city.stranger):
        await given.enrollment(db, session, person, EnrollmentStatus.WAITLISTED)
        with statements() as seen:
            assert (await head.get("/enrollments", params={"include_count": "false"})).status_code == 200
        counts.append(len(seen))
    assert counts == [4, 4, 4]  # the caller, the page, heads, ranks with who could not be approved


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
    db: AsyncSession, training: AsyncClient, city: City, course: Course, body: dict[str, Any], pointer: str
) -> None:
    session = await sessions.session(db, course)
    response = await training.post("/enrollments", json=application(session, city.staff) | body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("reason", ["", "\x00", "あ" * 201, "a\nb", 3])
async def test_an_invalid_reason_is_refused(
    db: AsyncSession, training: AsyncClient, city: City, course: Course, reason: Any
) -> None:
    seat = await given.enrollment(db, await sessions.session(db, course), city.staff)
    response = await training.post(f"/enrollments/{seat.id}/withdrawal", json={"reason": reason})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/reason")
