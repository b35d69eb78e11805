"""Approving, rejecting and withdrawing, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.people.enums import PostKind
from app.seats.enums import EnrollmentStatus
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.enrollments.given import act, act_refused, enrolled, seats_and_waitlist, status_and_rank
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)


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


async def test_approval_without_a_free_seat_waitlists(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1, needs_approval=True)
    head = await api("employee", city.section_head)
    applied = await given.enrollment(db, session, city.staff, EnrollmentStatus.APPLIED)
    await given.enrollment(db, session, city.colleague)
    assert (await act(head, applied, "approval"))["waitlist_rank"] == 1


async def test_after_the_first_meeting_only_the_training_office_gives_seats(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, clock.now() - timedelta(hours=1), clock.now() + DAY, capacity=1)
    seated = await given.enrollment(db, session, city.staff)
    first = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.stranger, EnrollmentStatus.WAITLISTED)
    await act(office, seated, "withdrawal")
    assert await status_and_rank(office, first) == ("waitlisted", 1)
    assert (await act(office, second, "approval"))["status"] == "confirmed"
    assert await act_refused(office, first, "approval") == (409, "session_full")


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [
        ("left", "not_employed_during_session"),
        ("on leave", "on_leave_during_session"),
        ("outside the target group", "not_in_target_group"),
    ],
)
async def test_who_cannot_come_any_more_is_not_approved(
    db: AsyncSession, api: SignIn, city: City, obstacle: str, code: str
) -> None:
    course = await catalog.course(db, "STRICT", mode="designated", target={"position_ranks": ["staff"]})
    session = await sessions.session(db, course, needs_approval=True)
    left_on = clock.today() + 10 * DAY if obstacle == "left" else None
    person = await people.employee(
        db, city.team, "chief" if obstacle == "outside the target group" else "staff", left_on=left_on
    )
    if obstacle == "on leave":
        await people.absence(db, person.id, clock.today() + 20 * DAY)
    applied = await given.enrollment(db, session, person, EnrollmentStatus.APPLIED)
    head = await api("employee", city.section_head)
    assert "approval" not in (await head.get(f"/enrollments/{applied.id}")).json()["allowed_actions"]
    assert await act_refused(head, applied, "approval") == (409, code)


async def test_the_training_office_may_give_a_free_seat_out_of_turn(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, capacity=1)
    await given.enrollment(db, session, city.staff, EnrollmentStatus.WAITLISTED)
    second = await given.enrollment(db, session, city.colleague, EnrollmentStatus.WAITLISTED)
    assert (await act(office, second, "approval"))["status"] == "confirmed"


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
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    top = await given.enrollment(db, session, city.department_head, EnrollmentStatus.APPLIED)
    staff = await given.enrollment(db, session, city.staff, EnrollmentStatus.APPLIED)
    assert await act_refused(office, staff, "approval") == (403, "not_head_in_office")
    assert (await act(office, top, "approval"))["status"] == "confirmed"
    for head in (city.section_head, city.department_head):
        await people.absence(db, head.id, clock.today() - DAY)
    assert (await act(office, staff, "approval"))["status"] == "confirmed"


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
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, withdrawal_closes_at=clock.now() - timedelta(minutes=1))
    seat = await given.enrollment(db, session, city.staff)
    staff = await api("employee", city.staff)
    assert await act_refused(staff, seat, "withdrawal") == (409, "withdrawal_closed")
    assert await act_refused(await api("employee", city.section_head), seat, "withdrawal") == (
        403,
        "not_allowed_for_employee",
    )
    assert (await act(office, seat, "withdrawal"))["status"] == "withdrawn"


@pytest.mark.parametrize("reason", ["", "\x00", "あ" * 201, "a\nb", 3])
async def test_an_invalid_reason_is_refused(
    db: AsyncSession, office: AsyncClient, city: City, course: Course, reason: Any
) -> None:
    seat = await given.enrollment(db, await sessions.session(db, course), city.staff)
    response = await office.post(f"/enrollments/{seat.id}/withdrawal", json={"reason": reason})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/reason")
