"""What happens to a seat after it was confirmed: flagged, confirmed again, given back or released."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import jobs
from app.catalog.models import Course
from app.kit import clock
from app.kit.settings import Settings
from app.people.models import Employee, Employment, Post
from app.seats.models import CourseSession
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.enrollments.given import act, act_refused, enrolled, refused, status_and_rank
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)

DESIGNATED: dict[str, Any] = {"mode": "designated", "target": {"position_ranks": ["staff"]}}


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    return await catalog.course(db, **DESIGNATED)


async def mover(db: AsyncSession, city: City) -> tuple[Employee, Post]:
    """Somebody in the team, with the post."""
    person = await people.employee(db, name="異動 する子")
    return person, await people.post(db, person, city.team)


async def transfer(db: AsyncSession, post: Post, unit: Any, in_days: int, **more: Any) -> None:
    day = clock.today() + in_days * DAY
    post.valid_to = day
    post.end_published_on = more.get("published_on")
    await db.flush()
    rank = more.pop("rank", "staff")
    person = await db.get_one(Employee, post.employee_id)
    await people.post(db, person, unit, rank, since=day, **more)


async def reasons(client: AsyncClient, enrollment: Any) -> list[str]:
    read = (await client.get(f"/enrollments/{enrollment['id']}")).json()
    assert read["needs_reconfirmation"] is bool(read["reconfirmation_reasons"])
    return list(read["reconfirmation_reasons"])


async def move(client: AsyncClient, session: CourseSession, by: timedelta) -> None:
    (meeting,) = session.meetings
    times = {"starts_at": (meeting.starts_at + by).isoformat(), "ends_at": (meeting.ends_at + by).isoformat()}
    body = {"meetings": [{"id": str(meeting.id), **times}]}
    response = await client.patch(f"/course_sessions/{session.id}", json=body, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text


async def left(db: AsyncSession, person: Employee, day: int, **more: Any) -> None:
    """End the person's terms of service and post."""
    end = clock.today() + day * DAY
    for model in (Employment, Post):
        for row in (await db.scalars(select(model).where(col(model.employee_id) == person.id))).all():
            row.valid_to, row.end_published_on = end, more.get("end_published_on")
    await db.flush()


async def test_a_seat_says_what_has_happened_and_is_found_by_it(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    person, post = await mover(db, city)
    seat, quiet = await enrolled(office, session, person), await enrolled(office, session, city.colleague)
    assert (await reasons(office, seat), await reasons(office, quiet)) == ([], [])
    await people.absence(db, person.id, clock.today() + 25 * DAY)
    await transfer(db, post, city.other_section, 20, rank="chief")
    await move(office, session, 2 * sessions.HOUR)
    assert await reasons(office, seat) == ["on_leave", "out_of_target", "rescheduled", "transferred"]
    assert await reasons(office, quiet) == ["rescheduled"]

    async def found(**query: str) -> set[str]:
        page = (await office.get("/enrollments", params=query)).json()
        return {row["id"] for row in page["results"]}

    assert await found(needs_reconfirmation="true") == {seat["id"], quiet["id"]}
    assert await found(needs_reconfirmation="false") == set()
    assert await found(reconfirmation_reason="on_leave") == {seat["id"]}
    assert await found(reconfirmation_reason="left,rescheduled") == {seat["id"], quiet["id"]}
    assert await found(reconfirmation_reason="left") == set()


async def test_a_move_within_the_section_is_none_and_into_another_is_one(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    other_team = await people.unit(db, "T2", "team", parent=city.section)
    person, post = await mover(db, city)
    seat = await enrolled(office, session, person)
    await transfer(db, post, other_team, 5)
    assert await reasons(office, seat) == []
    second, second_post = await mover(db, city)
    other = await enrolled(office, session, second)
    await transfer(db, second_post, city.other_section, 31)
    assert await reasons(office, other) == [], "the transfer comes after the session"


async def test_a_secret_order_flags_nothing_until_it_is_published(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    person, post = await mover(db, city)
    seat = await enrolled(office, session, person)
    await transfer(db, post, city.other_section, 10, published_on=clock.today() + 5 * DAY)
    absence = await people.absence(db, person.id, clock.today() + 25 * DAY)
    absence.published_on = clock.today() + 6 * DAY
    await db.flush()
    for client in (office, await api("admin"), await api("auditor")):
        assert await reasons(client, seat) == []
    with clock.travel(clock.now() + 5 * DAY):
        assert await reasons(await api("training"), seat) == ["transferred"]
    with clock.travel(clock.now() + 6 * DAY):
        assert await reasons(await api("training"), seat) == ["on_leave", "transferred"]


async def test_an_application_approved_after_the_transfer_needs_no_other_confirmation(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    new_head = await api("employee", await people.employee(db, city.other_section, "section_head"))
    person, post = await mover(db, city)
    applied = await enrolled(await api("employee", person), session, person)
    await transfer(db, post, city.other_section, 0)
    assert (await act(new_head, applied, "approval"))["status"] == "confirmed"
    assert await reasons(office, applied) == []


async def test_head_and_office_confirm_again_and_the_history_says_so(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    head, staff = await api("employee", city.section_head), await api("employee", city.staff)
    seat = await enrolled(office, session, city.staff)
    assert await act_refused(head, seat, "reconfirmation") == (409, "nothing_to_reconfirm")
    await people.absence(db, city.staff.id, clock.today() + 29 * DAY, clock.today() + 32 * DAY)
    assert (await head.get(f"/enrollments/{seat['id']}")).json()["allowed_actions"] == ["rejection", "reconfirmation"]
    assert await act_refused(staff, seat, "reconfirmation") == (403, "own_application")
    assert await act_refused(await api("clerk", city.leader), seat, "reconfirmation") == (403, "not_head_in_office")
    kept = await act(head, seat, "reconfirmation", reason="復帰の見込み")
    assert (kept["status"], kept["needs_reconfirmation"], kept["reconfirmation_reasons"]) == ("confirmed", False, [])
    assert "reconfirmation" not in kept["allowed_actions"]
    await move(office, session, DAY)
    assert await reasons(office, seat) == ["on_leave", "rescheduled"], "another day on leave"
    assert (await act(office, seat, "reconfirmation"))["reconfirmation_reasons"] == []
    events = (await staff.get(f"/enrollments/{seat['id']}/events")).json()["results"]
    assert [(one["from_status"], one["to_status"], one["reason"]) for one in events] == [
        (None, "confirmed", None),
        ("confirmed", "confirmed", "復帰の見込み"),
        ("confirmed", "confirmed", "reconfirmed"),
    ]


async def test_a_head_gives_a_flagged_seat_back_and_no_other(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    head = await api("employee", city.section_head)
    seat = await enrolled(office, session, city.staff)
    waiting = await enrolled(office, session, city.colleague)
    assert await act_refused(head, seat, "rejection", reason="不在") == (403, "not_head_in_office")
    await people.absence(db, city.staff.id, clock.today() + 29 * DAY)
    assert (await act(head, seat, "rejection", reason="休業のため"))["status"] == "declined"
    assert await status_and_rank(office, waiting) == ("confirmed", None)


async def test_the_seat_of_a_leaver_cannot_be_kept_and_goes_to_the_queue_on_publication(
    app: FastAPI, db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    seat = await enrolled(office, session, city.staff)
    second, third = [await enrolled(office, session, one) for one in (city.colleague, city.stranger)]
    await left(db, city.staff, 10, end_published_on=clock.today() + 2 * DAY)
    await left(db, city.colleague, 10, end_published_on=clock.today() + 2 * DAY)

    async def round_of_jobs() -> None:
        assert await jobs.run(app.state.database, app.state.settings) == []

    await round_of_jobs()
    assert await status_and_rank(office, seat) == ("confirmed", None)
    with clock.travel(clock.now() + 2 * DAY):
        later = await api("training")
        assert await reasons(later, seat) == ["left"]
        assert await act_refused(later, seat, "reconfirmation") == (409, "not_employed_during_session")
        await round_of_jobs()
        read = (await later.get(f"/enrollments/{seat['id']}")).json()
        assert (read["status"], read["reason"]) == ("withdrawn", "left")
        assert await status_and_rank(later, second) == ("withdrawn", None), "who leaves has no rank either"
        assert await status_and_rank(later, third) == ("confirmed", None)
        events = (await later.get(f"/enrollments/{seat['id']}/events")).json()["results"]
        assert (events[-1]["by"], events[-1]["reason"]) == (None, "left")
        await round_of_jobs()


async def test_the_next_applicant_finds_the_seat_of_a_leaver_free(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    seat = await enrolled(office, session, city.staff)
    await left(db, city.staff, 10)
    assert (await enrolled(office, session, city.colleague))["status"] == "confirmed"
    assert (await office.get(f"/enrollments/{seat['id']}")).json()["status"] == "withdrawn"


@pytest.mark.parametrize(("days", "released"), [(None, False), (29, False), (30, True)])
async def test_a_seat_that_nobody_confirms_again_is_released_some_days_before(
    app: FastAPI,
    db: AsyncSession,
    office: AsyncClient,
    city: City,
    course: Course,
    days: int | None,
    released: bool,
) -> None:
    session = await sessions.session(db, course, capacity=2)
    flagged, kept = [await enrolled(office, session, one) for one in (city.staff, city.stranger)]
    waiting = await enrolled(office, session, city.colleague)
    for person in (city.staff, city.stranger):
        await people.absence(db, person.id, clock.today() + 25 * DAY)
    await act(office, kept, "reconfirmation")
    settings = Settings(release_unconfirmed_days=days)
    assert await jobs.run(app.state.database, settings) == []
    read = (await office.get(f"/enrollments/{flagged['id']}")).json()
    seen = (read["status"], read["reason"])
    assert seen == (("withdrawn", "not_reconfirmed") if released else ("confirmed", None))
    assert (await status_and_rank(office, waiting))[0] == ("confirmed" if released else "waitlisted")
    assert (await status_and_rank(office, kept))[0] == "confirmed"


async def test_once_a_session_has_started_nothing_is_released_by_itself(
    app: FastAPI, db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, clock.now() + DAY, clock.now() + 30 * DAY)
    seat = await enrolled(office, session, city.staff)
    await left(db, city.staff, 10)
    with clock.travel(clock.now() + 2 * DAY):
        assert await jobs.run(app.state.database, Settings(release_unconfirmed_days=400)) == []
        assert (await office.get(f"/enrollments/{seat['id']}")).json()["status"] == "confirmed"


async def test_a_clash_with_a_moved_meeting_names_the_people_that_the_caller_may_see(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    rival = await sessions.session(db, await catalog.course(db, "OTHER"), clock.now() + 32 * DAY)
    for one in (session, rival):
        for person in (city.staff, city.colleague):
            await given.enrollment(db, one, person)
    await given.enrollment(db, session, city.stranger)
    (meeting,) = session.meetings
    times = {"starts_at": (clock.now() + 32 * DAY).isoformat(), "ends_at": (clock.now() + 32 * DAY + DAY).isoformat()}
    body = {"meetings": [{"id": str(meeting.id), **times}]}
    response = await office.patch(f"/course_sessions/{session.id}", json=body, headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (409, "time_clash")
    detail = response.json()["detail"]
    assert [one.employee_number in detail for one in (city.staff, city.colleague, city.stranger)] == [True, True, False]


async def test_an_applicant_reads_of_nobody_else_in_a_clash(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    session, rival = [await sessions.session(db, course) for _ in range(2)]
    await given.enrollment(db, rival, city.staff)
    await given.enrollment(db, rival, city.colleague)
    staff = await api("employee", city.staff)
    assert await refused(staff, session, city.staff) == (409, "time_clash")
    body = {"course_session_id": str(session.id), "employee_id": str(city.staff.id)}
    detail = (await staff.post("/enrollments", json=body)).json()["detail"]
    assert city.staff.employee_number in detail
    assert city.colleague.employee_number not in detail
