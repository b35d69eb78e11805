"""Responses over HTTP: which are accepted, and when."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.settings import Settings
from app.seats.enums import Attendance, EnrollmentStatus, SessionStatus
from app.seats.models import Booking
from tests.fixtures import SignIn
from tests.surveys import given
from tests.surveys.given import Training


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


async def test_a_further_named_response_before_the_close_replaces_the_former(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    first = await given.respond(api, training.people[0], survey, explain=2, obstacle="time")
    second = await given.respond(api, training.people[0], survey, explain=5)
    assert (second["id"], second["answers"]) == (first["id"], [{"question_code": "explain", "value": 5}])
    assert (len(await given.stored(db, survey)), await given.count_participants(db, survey)) == (1, 1)


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"explain": 6}, "/answers/0/value"),
        ({"explain": 0}, "/answers/0/value"),
        ({"explain": "2"}, "/answers/0/value"),
        ({"explain": True}, "/answers/0/value"),
        ({"explain": None}, "/answers/0/value"),
        ({"explain": {"a": 1}}, "/answers/0/value"),
        ({"explain": 10**30}, "/answers/0/value"),
        ({"explain": 2, "obstacle": "nowhere"}, "/answers/1/value"),
        ({"explain": 2, "obstacle": ["time"]}, "/answers/1/value"),
        ({"explain": 2, "nowhere": 1}, "/answers/1/question_code"),
        ({"obstacle": "time"}, "/answers"),
        ({}, "/answers"),
    ],
)
async def test_invalid_answers_are_reported_and_nothing_is_written(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, answers: dict[str, Any], pointer: str
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    client = await api("employee", training.people[0])
    response = await client.post("/survey_responses", json=given.response_body(survey, **answers))
    assert response.status_code == 422, response.text
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert (await given.stored(db, survey), await given.count_participants(db, survey)) == ([], 0)
    assert await db.scalar(text("SELECT count(*) FROM survey_box")) == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", '"\\ud800"', '"\\u0000"'])
async def test_values_that_are_neither_numbers_nor_text_are_refused(
    office: AsyncClient, api: SignIn, training: Training, number: str
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    body = f'{{"survey_id": "{survey["id"]}", "answers": [{{"question_code": "explain", "value": {number}}}]}}'
    client = await api("employee", training.people[0])
    response = await client.post("/survey_responses", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}


async def test_a_survey_addressed_to_others_is_unknown(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    outsider = await api("employee", training.city.stranger)
    response = await outsider.post("/survey_responses", json=given.response_body(survey, explain=2))
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/survey_id")
    assert await given.refused(outsider, {"id": str(uuid4())}, explain=2) == (422, "unknown_survey")


async def test_an_account_without_a_person_cannot_answer(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    assert (await given.refused(office, survey, explain=2))[0] == 403
    assert (await given.refused(await api("admin"), survey, explain=2))[0] == 422


async def test_responses_are_only_accepted_between_opening_and_close(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    now = clock.now()
    window = {
        name: (now + hours * timedelta(hours=1)).isoformat()
        for name, hours in (("opens_at", 1), ("due_at", 2), ("closes_at", 3))
    }
    survey = await given.open_survey(office, given.survey_body(training.session, **window))
    client = await api("employee", training.people[0])
    assert await given.refused(client, survey, explain=2) == (409, "survey_not_open")
    with clock.travel(now + timedelta(minutes=90)):
        assert (await given.respond(api, training.people[0], survey, explain=2))["timing"] == "on_time"
    with clock.travel(now + timedelta(minutes=150)):
        assert (await given.respond(api, training.people[1], survey, explain=2))["timing"] == "late"
    with clock.travel(now + timedelta(minutes=180)):
        assert await given.refused(await api("employee", training.people[2]), survey, explain=2) == (
            409,
            "survey_not_open",
        )


async def test_after_the_close_no_response_is_accepted_or_replaced(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[0], survey, explain=2)
    closed = await given.act(office, survey, "closing")
    assert (closed["status"], closed["allowed_actions"], closed["accepts_answers"]) == ("closed", [], False)
    for person in training.people[:2]:
        assert await given.refused(await api("employee", person), survey, explain=5) == (409, "survey_not_open")
    assert [row.answers for row in await given.stored(db, survey)] == [{"explain": 2}]
    assert (await office.post(f"/surveys/{survey['id']}/closing")).json()["code"] == "survey_not_open"


async def test_a_pre_response_after_the_first_meeting_is_marked(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
) -> None:
    """It is kept only where it is named: of few, it would tell who was late."""
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[1], survey, explain=4)
    with clock.travel(training.starts_at):
        for person in training.people[:2]:
            response = await given.respond(api, person, survey, explain=2)
            assert response["timing"] == "after_start"
    assert list((await given.answers(db, settings, survey)).values()) == [{"explain": 4}]
    assert (await office.get(f"/surveys/{survey['id']}/participation")).json()["answered"] == 2


async def test_a_post_survey_is_for_attendees(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    completed, late, absent = training.people
    training.enrollments[0].status, training.enrollments[0].completed_on = EnrollmentStatus.COMPLETED, clock.today()
    for person, attendance in ((late, Attendance.LATE), (absent, Attendance.ABSENT)):
        booking = (await db.scalars(select(Booking).where(col(Booking.employee_id) == person.id))).one()
        booking.attendance = attendance
    await db.flush()
    for person in (completed, late):
        await given.respond(api, person, survey, explain=4)
    assert await given.refused(await api("employee", absent), survey, explain=4) == (409, "not_attended")


async def test_a_person_who_withdrew_makes_no_pair(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
) -> None:
    pre = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[0], pre, explain=2)
    training.enrollments[0].status = EnrollmentStatus.WITHDRAWN
    await db.flush()
    post = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    client = await api("employee", training.people[0])
    assert await given.refused(client, post, explain=4) == (422, "unknown_survey")
    assert len(await given.answers(db, settings, pre)) == 1


async def test_a_survey_of_a_session_cancelled_later_is_unknown(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    client = await api("employee", training.people[0])
    assert await given.refused(client, survey, explain=2) == (422, "unknown_survey")
    assert (await client.get("/surveys")).json()["results"] == []


async def test_a_retry_of_a_named_response_gets_the_stored_response(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    client = await api("employee", training.people[0])
    key = {"Idempotency-Key": "response-1"}
    first = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    again = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await given.stored(db, survey)) == 1


@pytest.mark.parametrize("identification", ["anonymous", "pseudonymous"])
async def test_a_retry_of_another_response_has_the_same_effect_and_nothing_is_kept_of_it(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings, identification: str
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification=identification))
    client = await api("employee", training.people[0])
    key = {"Idempotency-Key": str(uuid4())}
    before = await db.scalar(text("SELECT count(*) FROM stored_response"))
    first = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    again = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert list((await given.answers(db, settings, survey)).values()) == [{"explain": 2}]
    assert await db.scalar(text("SELECT count(*) FROM stored_response")) == before


async def test_a_short_key_of_a_retry_gives_no_token_that_could_be_guessed(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    client = await api("employee", training.people[0])
    key = {"Idempotency-Key": "response-1"}
    body = given.response_body(survey, explain=2)
    assert (await client.post("/survey_responses", json=body, headers=key)).status_code == 201
    again = await client.post("/survey_responses", json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "answered_anonymously")
