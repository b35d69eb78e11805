"""Who sees which enrollments, filters, history and versions, over HTTP."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.kit import clock
from app.people.enums import PostKind
from app.seats.enums import EnrollmentStatus, SessionStatus
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.enrollments.given import (
    act,
    act_refused,
    application,
    enrolled,
)
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given

DAY = timedelta(days=1)


async def test_a_head_still_sees_finished_enrollments_of_former_members(
    db: AsyncSession, api: SignIn, city: City, course: Course
) -> None:
    held = await sessions.session(db, course, clock.now() - 60 * DAY, status=SessionStatus.HELD)
    past = await given.enrollment(db, held, city.stranger, EnrollmentStatus.COMPLETED, org_unit_id=city.section.id)
    head = await api("employee", city.section_head)
    assert (await head.get(f"/enrollments/{past.id}")).status_code == 200


async def test_every_change_is_in_the_history(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course, needs_approval=True)
    staff, head = await api("employee", city.staff), await api("employee", city.section_head)
    made = await enrolled(staff, session, city.staff)
    await act(head, made, "approval")
    await act(office, made, "rejection", reason="定員調整")
    page = (await staff.get(f"/enrollments/{made['id']}/events")).json()
    assert [(e["from_status"], e["to_status"], e["reason"]) for e in page["results"]] == [
        (None, "applied", None),
        ("applied", "confirmed", None),
        ("confirmed", "not_selected", "定員調整"),
    ]
    assert len({event["by"] for event in page["results"]}) == 3
    stranger = await api("employee", city.stranger)
    assert (await stranger.get(f"/enrollments/{made['id']}/events")).status_code == 404


async def test_each_time_that_a_seat_takes_and_gives_back_is_logged(
    db: AsyncSession, api: SignIn, office: AsyncClient, city: City, course: Course
) -> None:
    made = await enrolled(office, await sessions.session(db, course), city.staff)
    await act(office, made, "withdrawal", reason="公務")
    log = (await (await api("auditor")).get("/audit_entries?resource=booking")).json()["results"]
    assert [(entry["action"], entry["after"]["holds"]) for entry in log] == [("updated", False), ("created", True)]
    assert len({entry["record_id"] for entry in log}) == 1
    assert log[-1]["after"]["enrollment_id"] == made["id"]


async def test_a_stale_version_is_refused_and_a_repeated_key_is_replayed(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    session = await sessions.session(db, course)
    key = {"Idempotency-Key": "3f0c1a52-double-click"}
    first = await office.post("/enrollments", json=application(session, city.staff), headers=key)
    again = await office.post("/enrollments", json=application(session, city.staff), headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    path = first.headers["location"].removeprefix("/api/v1")
    stale = await office.post(f"{path}/withdrawal", headers={"If-Match": '"0.7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    read = await office.get(path)
    assert read.headers["etag"] == first.headers["etag"]
    assert (await office.get(path, headers={"If-None-Match": read.headers["etag"]})).status_code == 304
    good = await office.post(f"{path}/withdrawal", headers={"If-Match": read.headers["etag"]})
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


async def test_filters_select_enrollments(db: AsyncSession, office: AsyncClient, city: City, course: Course) -> None:
    other = await catalog.course(db, "OTHER")
    june = await sessions.session(db, course, sessions.at(date(2027, 6, 10), 13))
    may = await sessions.session(db, other, sessions.at(date(2026, 5, 10), 13))
    a = str((await given.enrollment(db, june, city.staff)).id)
    b = str((await given.enrollment(db, may, city.stranger, EnrollmentStatus.WAITLISTED)).id)
    mine = await enrolled(office, june, city.advisor)

    async def found(**params: Any) -> set[str]:
        response = await office.get("/enrollments", params=params)
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
    assert (await office.get("/enrollments", params={"sort": "reason"})).status_code == 422
    assert (await office.get("/enrollments", params={"state": "x"})).status_code == 422


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


async def test_a_completion_is_found_by_its_own_fiscal_year_and_day(
    db: AsyncSession, office: AsyncClient, city: City, course: Course
) -> None:
    """A session that runs from February to April: its year is the one in which it began."""
    session = await sessions.session(
        db, course, sessions.at(date(2025, 2, 10), 13), sessions.at(date(2025, 4, 1), 9), status=SessionStatus.HELD
    )
    march = await given.enrollment(db, session, city.staff, EnrollmentStatus.COMPLETED, completed_on=date(2025, 3, 31))
    april = await given.enrollment(
        db, session, city.colleague, EnrollmentStatus.COMPLETED, completed_on=date(2025, 4, 1)
    )
    await given.enrollment(db, session, city.stranger, EnrollmentStatus.ABSENT)

    async def found(**params: Any) -> list[tuple[str, int, int | None]]:
        rows = (await office.get("/enrollments", params=params)).json()["results"]
        return [(row["id"], row["fiscal_year"], row["completion_fiscal_year"]) for row in rows]

    in_march, in_april = (str(march.id), 2024, 2024), (str(april.id), 2024, 2025)
    assert await found(fiscal_year=2024, status="completed") == [in_march, in_april]
    assert await found(fiscal_year=2025) == []
    assert await found(completion_fiscal_year=2024) == [in_march]
    assert await found(completion_fiscal_year=2025) == [in_april]
    assert await found(completed_from="2025-04-01") == [in_april]
    assert await found(completed_to="2025-04-01") == [in_march]
    assert await found(completed_from="2025-04-01", completed_to="2025-04-01") == []
