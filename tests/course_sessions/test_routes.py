from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.seats.enums import SessionStatus
from tests.catalog import given as catalog
from tests.course_sessions import given
from tests.course_sessions.given import at
from tests.fixtures import ANY_VERSION, SignIn

JUNE = date(2026, 6, 10)

PLAN: dict[str, Any] = {
    "capacity": 20,
    "application_opens_at": "2026-04-20T09:00:00+09:00",
    "application_closes_at": "2026-05-29T17:00:00+09:00",
    "withdrawal_closes_at": "2026-06-09T17:00:00+09:00",
    "meetings": [
        {"starts_at": "2026-06-17T13:00:00+09:00", "ends_at": "2026-06-17T16:00:00+09:00", "place": "第3会議室"},
        {
            "starts_at": "2026-06-10T13:00:00+09:00",
            "ends_at": "2026-06-10T16:00:00+09:00",
            "url": "https://x.example/1",
        },
    ],
}


@pytest.fixture
async def course(db: AsyncSession) -> Course:
    await catalog.skills(db, "dx_basics")
    return await catalog.course(db, "AP1-DX", "dx_basics", title="DX基礎研修")


async def planned(client: AsyncClient, course: Course, **more: Any) -> dict[str, Any]:
    response = await client.post("/course_sessions", json=PLAN | {"course_id": str(course.id)} | more)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def ids(client: AsyncClient, **params: Any) -> set[str]:
    response = await client.get("/course_sessions", params=params)
    assert response.status_code == 200, response.text
    return {row["id"] for row in response.json()["results"]}


async def test_a_new_session_is_a_draft_with_fiscal_year_span_and_seats(office: AsyncClient, course: Course) -> None:
    made = await planned(office, course)
    assert (made["status"], made["fiscal_year"]) == ("draft", 2026)
    assert made["course"]["code"] == "AP1-DX"
    assert [meeting["starts_at"] for meeting in made["meetings"]] == ["2026-06-10T04:00:00Z", "2026-06-17T04:00:00Z"]
    assert (made["starts_at"], made["ends_at"]) == ("2026-06-10T04:00:00Z", "2026-06-17T07:00:00Z")
    assert (made["seats_taken"], made["free_seats"], made["waitlist_length"]) == (0, 20, 0)
    assert made["allowed_actions"] == ["publication", "cancellation"]
    assert (await office.get(f"/course_sessions/{made['id']}")).json() == made


async def test_the_morning_of_1_april_is_in_the_new_fiscal_year(office: AsyncClient, course: Course) -> None:
    meeting = {"starts_at": "2025-03-31T23:30:00Z", "ends_at": "2025-04-01T01:00:00Z"}
    window = {"application_opens_at": "2025-03-01T00:00:00Z", "application_closes_at": "2025-03-20T00:00:00Z"}
    early = {"meetings": [meeting], "withdrawal_closes_at": None, **window}
    assert (await planned(office, course, **early))["fiscal_year"] == 2025
    assert (await planned(office, course, fiscal_year=2025, **early))["fiscal_year"] == 2025


def meetings(*hours: tuple[str, str]) -> dict[str, Any]:
    """Meetings on 10 June 2026 in Tokyo."""
    return {
        "meetings": [
            {"starts_at": f"2026-06-10T{start}:00+09:00", "ends_at": f"2026-06-10T{end}:00+09:00"}
            for start, end in hours
        ]
    }


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"course_id": str(uuid4())}, "/course_id", "unknown_course"),
        ({"fiscal_year": 2025}, "/fiscal_year", "fiscal_year_mismatch"),
        ({"meetings": []}, "/meetings", "too_short"),
        (meetings(("13:00", "13:00")), "/meetings/0/ends_at", "meeting_order_invalid"),
        (meetings(("13:00", "15:00"), ("14:59", "16:00")), "/meetings/1/starts_at", "overlapping_meetings"),
        ({"meetings": [PLAN["meetings"][0] | {"id": str(uuid4())}]}, "/meetings/0/id", "unknown_meeting"),
        ({"meetings": [PLAN["meetings"][0] | {"url": "javascript:x"}]}, "/meetings/0/url", "string_pattern_mismatch"),
        (
            {"meetings": [{"starts_at": "2026-06-10T13:00:00", "ends_at": "2026-06-10T16:00:00"}]},
            "/meetings/0/starts_at",
            "timezone_aware",
        ),
        ({"capacity": 0}, "/capacity", "greater_than_equal"),
        ({"capacity": 10_001}, "/capacity", "less_than_equal"),
        (
            {"application_closes_at": "2026-04-20T09:00:00+09:00"},
            "/application_closes_at",
            "application_window_order_invalid",
        ),
        (
            {"application_closes_at": "2026-06-10T13:00:01+09:00"},
            "/application_closes_at",
            "application_closes_too_late",
        ),
        ({"withdrawal_closes_at": "2026-06-11T00:00:00+09:00"}, "/withdrawal_closes_at", "withdrawal_closes_too_late"),
        ({"seats_taken": 3}, "/seats_taken", "extra_forbidden"),
        ({"status": "published"}, "/status", "extra_forbidden"),
    ],
)
async def test_invalid_input_names_the_field_and_writes_nothing(
    office: AsyncClient, course: Course, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    response = await office.post("/course_sessions", json=PLAN | {"course_id": str(course.id)} | wrong)
    assert response.status_code == 422, response.text
    error = response.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert await ids(office) == set()


async def test_a_retired_course_has_no_new_sessions(office: AsyncClient, db: AsyncSession) -> None:
    retired = await catalog.course(db, "OLD", retired_on=JUNE)
    response = await office.post("/course_sessions", json=PLAN | {"course_id": str(retired.id)})
    assert (response.status_code, response.json()["code"]) == (409, "course_retired")


async def test_only_the_training_office_and_the_auditor_see_drafts(
    api: SignIn, office: AsyncClient, course: Course
) -> None:
    made = await planned(office, course)
    url = f"/course_sessions/{made['id']}"
    employee, auditor = await api("employee"), await api("auditor")
    assert (await employee.get(url)).status_code == 404
    listed = (await employee.get("/course_sessions")).json()
    assert (listed["results"], listed["metadata"]["resultset"]["count"]) == ([], 0)
    assert await ids(auditor) == {made["id"]}
    assert (await office.post(f"{url}/publication")).status_code == 200
    seen = (await employee.get(url)).json()
    assert (seen["status"], seen["allowed_actions"]) == ("published", [])


async def test_a_draft_is_published_once_and_opens_for_applications(
    office: AsyncClient, course: Course, db: AsyncSession
) -> None:
    draft = await given.session(db, course, status=SessionStatus.DRAFT)
    url = f"/course_sessions/{draft.id}"
    assert (await office.get(url)).json()["accepts_applications"] is False
    published = (await office.post(f"{url}/publication")).json()
    assert published["allowed_actions"] == ["closing", "cancellation"]
    assert published["accepts_applications"] is True
    for response in (await office.post(f"{url}/publication"), await office.delete(url, headers=ANY_VERSION)):
        assert (response.status_code, response.json()["code"]) == (409, "session_not_draft")


async def test_closing_ends_applications_and_later_records_that_the_session_was_held(
    office: AsyncClient, course: Course, db: AsyncSession
) -> None:
    coming, past = await given.session(db, course), await given.session(db, course, at(JUNE, 13))
    closed = await office.post(f"/course_sessions/{coming.id}/closing")
    assert (closed.json()["status"], closed.json()["accepts_applications"]) == ("closed", False)
    early = await office.post(f"/course_sessions/{coming.id}/closing")
    assert (early.status_code, early.json()["code"]) == (409, "session_cannot_close")
    assert (await office.post(f"/course_sessions/{past.id}/closing")).json()["status"] == "held"


async def test_actions_check_the_version_of_if_match(office: AsyncClient, course: Course) -> None:
    url = f"/course_sessions/{(await planned(office, course))['id']}"
    tag = (await office.get(url)).headers["ETag"]
    assert (await office.post(f"{url}/publication", headers={"If-Match": tag})).status_code == 200
    assert (await office.post(f"{url}/closing", headers={"If-Match": tag})).status_code == 412


async def test_a_draft_can_be_deleted(office: AsyncClient, course: Course) -> None:
    url = f"/course_sessions/{(await planned(office, course))['id']}"
    assert (await office.delete(url)).status_code == 428
    assert (await office.delete(url, headers=ANY_VERSION)).status_code == 204
    assert (await office.get(url)).status_code == 404


async def test_a_course_with_sessions_cannot_be_deleted(office: AsyncClient, course: Course) -> None:
    await planned(office, course)
    response = await office.delete(f"/courses/{course.id}", headers=ANY_VERSION)
    assert (response.status_code, response.json()["code"]) == (409, "course_has_sessions")


@pytest.mark.parametrize("grant", ["employee", "clerk", "hr", "auditor"])
async def test_only_the_training_office_runs_sessions(
    api: SignIn, course: Course, db: AsyncSession, grant: str
) -> None:
    client, session = await api(grant), await given.session(db, course)
    url = f"/course_sessions/{session.id}"
    for response in (
        await client.post("/course_sessions", json=PLAN | {"course_id": str(course.id)}),
        await client.post(f"{url}/publication"),
        await client.post(f"{url}/closing"),
        await client.delete(url, headers=ANY_VERSION),
    ):
        assert response.status_code == 403


async def test_filters_select_what_they_name(office: AsyncClient, course: Course, db: AsyncSession) -> None:
    other = await catalog.course(db, "OTHER")
    coming = await given.session(db, course, seats_taken=20)
    draft = await given.session(db, other, status=SessionStatus.DRAFT)
    past = await given.session(db, other, at(JUNE, 9))
    everything = {str(session.id) for session in (coming, draft, past)}
    for params, expected in (
        ({}, everything),
        ({"course_id": str(course.id)}, {str(coming.id)}),
        ({"skill_code": "dx_basics"}, {str(coming.id)}),
        ({"fiscal_year": 2026, "starts_to": "2026-06-11"}, {str(past.id)}),
        ({"status": "draft,held"}, {str(draft.id)}),
        ({"starts_from": "2026-06-10", "starts_to": "2026-06-11"}, {str(past.id)}),
        ({"starts_from": "2026-06-11"}, {str(coming.id), str(draft.id)}),
        ({"starts_to": "2026-06-10"}, set()),
        ({"has_free_seats": True}, {str(draft.id), str(past.id)}),
        ({"has_free_seats": False}, {str(coming.id)}),
        ({"open_for_application": True}, {str(coming.id)}),
        ({"open_for_application": False}, {str(draft.id), str(past.id)}),
    ):
        assert await ids(office, **params) == expected, params
    assert (await office.get("/course_sessions", params={"place": "x"})).status_code == 422


async def test_a_list_takes_the_same_number_of_statements_whatever_its_length(
    office: AsyncClient, course: Course, db: AsyncSession, statements: Callable[[], Any]
) -> None:
    for _ in range(3):
        await given.session(db, course)
    counted = []
    for limit in (1, 200):
        with statements() as seen:
            await office.get("/course_sessions", params={"limit": limit})
        counted.append(len(seen))
    assert counted == [4, 3]  # the caller, the page with its courses, the meetings, the count unless the page tells
