"""Responses over HTTP: which are accepted, what is stored, and who is invited."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.seats.enums import Attendance, EnrollmentStatus, SessionStatus
from app.seats.models import Booking
from app.surveys.models import SurveyParticipation, SurveyResponse
from tests.fixtures import SignIn
from tests.people import given as people
from tests.surveys import given
from tests.surveys.given import Training

Survey = dict[str, Any]


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    return await api("training")


async def refused(client: AsyncClient, survey: Survey, **answers: Any) -> tuple[int, str]:
    response = await client.post("/survey_responses", json=given.response_body(survey, **answers))
    return response.status_code, response.json()["code"]


async def stored(db: AsyncSession, survey: Survey) -> list[SurveyResponse]:
    rows = select(SurveyResponse).where(col(SurveyResponse.survey_id) == UUID(survey["id"]))
    return list(await db.scalars(rows.execution_options(populate_existing=True)))


async def participants(db: AsyncSession, survey: Survey) -> int:
    rows = select(SurveyParticipation).where(col(SurveyParticipation.survey_id) == UUID(survey["id"]))
    return len((await db.scalars(rows)).all())


async def test_a_named_response_is_stored_with_its_person(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    response = await given.respond(api, training.people[0], survey, explain=2, obstacle="time")
    assert response["employee_id"] == str(training.people[0].id)
    assert response["answers"] == [
        {"question_code": "explain", "value": 2},
        {"question_code": "obstacle", "value": "time"},
    ]
    own = await api("employee", training.people[0])
    read = await own.get(f"/survey_responses/{response['id']}")
    assert (read.json(), bool(read.headers["ETag"])) == (response, True)
    assert (await office.get("/survey_responses")).json()["results"] == [response]


async def test_a_pseudonymous_response_does_not_lead_back_to_its_person(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    receipt = await given.respond(api, training.people[0], survey, explain=2)
    assert receipt == {
        "id": None,
        "survey_id": survey["id"],
        "identification": "pseudonymous",
        "employee_id": None,
        "timing": "on_time",
        "answers": None,
        "pair_token": None,
    }
    (row,) = await stored(db, survey)
    assert (row.employee_id, row.id.version) == (None, 4)
    assert training.people[0].id.bytes not in row.respondent
    log = await db.scalar(
        text("SELECT count(*) FROM audit_entry WHERE resource LIKE 'survey_%' AND resource <> 'survey_question'")
    )
    assert log == 0
    for client in (office, await api("employee", training.people[0])):
        assert (await client.get("/survey_responses")).json()["results"] == []
        assert (await client.get(f"/survey_responses/{row.id}")).status_code == 404


async def test_a_person_has_one_key_within_a_session_and_others_elsewhere(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    training = await given.training(db)
    person = training.people[0]
    everyone = await given.open_survey(office, given.survey_body(None, given.CHOICE))
    pre = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, person, pre, explain=2)
    await given.respond(api, person, everyone, obstacle="time")
    await given.complete_all(db, training)
    post = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    await given.respond(api, person, post, explain=4)
    before, after, other = [(await stored(db, survey))[0].respondent for survey in (pre, post, everyone)]
    assert before == after != other


async def test_a_further_response_before_the_close_replaces_the_former(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    first = await given.respond(api, training.people[0], survey, explain=2, obstacle="time")
    second = await given.respond(api, training.people[0], survey, explain=5)
    assert (second["id"], second["answers"]) == (first["id"], [{"question_code": "explain", "value": 5}])
    assert (len(await stored(db, survey)), await participants(db, survey)) == (1, 1)


async def test_an_anonymous_response_is_only_replaced_with_its_token(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    receipt = await given.respond(api, training.people[0], survey, explain=2)
    token = receipt["pair_token"]
    assert len(token) >= 22
    own = await api("employee", training.people[0])
    assert await refused(own, survey, explain=5) == (409, "answered_anonymously")
    again = await own.post("/survey_responses", json=given.response_body(survey, explain=5) | {"pair_token": token})
    assert again.status_code == 201
    (row,) = await stored(db, survey)
    assert row.answers == {"explain": 5}
    assert token.encode() not in row.respondent
    other = await api("employee", training.people[1])
    stolen = await other.post("/survey_responses", json=given.response_body(survey, explain=1) | {"pair_token": token})
    assert (stolen.status_code, stolen.json()["code"]) == (409, "duplicate_pair_token")


async def test_a_token_pairs_anonymous_responses(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    pre = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    tokens = [(await given.respond(api, person, pre, explain=2))["pair_token"] for person in training.people]
    await given.complete_all(db, training)
    post = await given.open_survey(office, given.survey_body(training.session, kind="post", identification="anonymous"))
    with_token = given.response_body(post, explain=4) | {"pair_token": tokens[0]}
    own = await api("employee", training.people[0])
    assert (await own.post("/survey_responses", json=with_token)).status_code == 201
    await given.respond(api, training.people[1], post, explain=4)
    keys = [{row.respondent for row in await stored(db, survey)} for survey in (pre, post)]
    assert (len(keys[0] & keys[1]), len(keys[1])) == (1, 2)


async def test_only_anonymous_surveys_accept_a_token(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    body = given.response_body(survey, explain=2) | {"pair_token": "a" * 32}
    response = await (await api("employee", training.people[0])).post("/survey_responses", json=body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/pair_token")


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
    assert (await stored(db, survey), await participants(db, survey)) == ([], 0)


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
    assert await refused(outsider, {"id": str(uuid4())}, explain=2) == (422, "unknown_survey")


async def test_an_account_without_a_person_cannot_answer(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    assert (await refused(office, survey, explain=2))[0] == 403
    assert (await refused(await api("admin"), survey, explain=2))[0] == 422


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
    assert await refused(client, survey, explain=2) == (409, "survey_not_open")
    with clock.travel(now + timedelta(minutes=90)):
        assert (await given.respond(api, training.people[0], survey, explain=2))["timing"] == "on_time"
    with clock.travel(now + timedelta(minutes=150)):
        assert (await given.respond(api, training.people[1], survey, explain=2))["timing"] == "late"
    with clock.travel(now + timedelta(minutes=180)):
        assert await refused(await api("employee", training.people[2]), survey, explain=2) == (409, "survey_not_open")


async def test_after_the_close_no_response_is_accepted_or_replaced(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[0], survey, explain=2)
    closed = await given.act(office, survey, "closing")
    assert (closed["status"], closed["allowed_actions"], closed["accepts_answers"]) == ("closed", [], False)
    for person in training.people[:2]:
        assert await refused(await api("employee", person), survey, explain=5) == (409, "survey_not_open")
    assert [row.answers for row in await stored(db, survey)] == [{"explain": 2}]
    assert (await office.post(f"/surveys/{survey['id']}/closing")).json()["code"] == "survey_not_open"


async def test_closing_removes_the_order_of_the_responses(office: AsyncClient, api: SignIn, db: AsyncSession) -> None:
    """One transaction rewrites all rows: neither their physical order nor their transaction ids tell who sent them."""
    training = await given.training(db, seats=4)
    survey = await given.open_survey(office, given.survey_body(training.session))
    for at, person in enumerate(training.people):
        await given.respond(api, person, survey, explain=at + 1)
    before = {row.id: (row.respondent, row.answers) for row in await stored(db, survey)}
    await given.act(office, survey, "closing")
    assert {row.id: (row.respondent, row.answers) for row in await stored(db, survey)} == before
    tables = (SurveyResponse, SurveyParticipation)
    assert not [name for table in tables for name in table.model_fields if name.endswith(("_at", "_on"))]


async def test_participations_cannot_be_changed(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[0], survey, explain=2)
    for change in ("DELETE FROM survey_participation", "UPDATE survey_participation SET survey_id = survey_id"):
        with pytest.raises(DBAPIError, match="only ever added"):
            async with db.begin_nested():
                await db.execute(text(change))


async def test_a_pre_response_after_the_first_meeting_is_marked(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    with clock.travel(training.starts_at):
        response = await given.respond(api, training.people[0], survey, explain=2)
    assert response["timing"] == "after_start"


async def test_a_post_survey_is_for_attendees(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    completed, late, absent = training.people
    training.enrollments[0].status = EnrollmentStatus.COMPLETED
    for person, attendance in ((late, Attendance.LATE), (absent, Attendance.ABSENT)):
        booking = (await db.scalars(select(Booking).where(col(Booking.employee_id) == person.id))).one()
        booking.attendance = attendance
    await db.flush()
    for person in (completed, late):
        await given.respond(api, person, survey, explain=4)
    assert await refused(await api("employee", absent), survey, explain=4) == (409, "not_attended")


async def test_a_person_who_withdrew_makes_no_pair(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    pre = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, training.people[0], pre, explain=2)
    training.enrollments[0].status = EnrollmentStatus.WITHDRAWN
    await db.flush()
    post = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    client = await api("employee", training.people[0])
    assert await refused(client, post, explain=4) == (422, "unknown_survey")
    assert len(await stored(db, pre)) == 1


async def test_a_survey_of_a_session_cancelled_later_is_unknown(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    client = await api("employee", training.people[0])
    assert await refused(client, survey, explain=2) == (422, "unknown_survey")
    assert (await client.get("/surveys")).json()["results"] == []


async def test_heads_and_leaders_never_see_responses(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    response = await given.respond(api, training.people[0], survey, explain=2)
    city = training.city
    for person in (city.section_head, city.department_head, city.leader, training.people[1]):
        client = await api("employee", person)
        assert (await client.get(f"/survey_responses/{response['id']}")).status_code == 404
        assert (await client.get("/survey_responses")).json()["metadata"]["resultset"]["count"] == 0
    auditor = await api("auditor")
    assert (await auditor.get("/survey_responses")).json()["results"] == []


async def test_a_retry_gets_the_stored_response(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    client = await api("employee", training.people[0])
    key = {"Idempotency-Key": "response-1"}
    first = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    again = await client.post("/survey_responses", json=given.response_body(survey, explain=2), headers=key)
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await stored(db, survey)) == 1


async def test_participation_counts_people_invited_without_those_on_leave(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    training = await given.training(db, seats=4)
    on_leave, answering_on_leave = training.people[0], training.people[1]
    for person in (on_leave, answering_on_leave):
        await people.absence(db, person.id, clock.today() - timedelta(days=1))
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, answering_on_leave, survey, explain=2)
    await given.respond(api, training.people[2], survey, explain=2)
    counts = (await office.get(f"/surveys/{survey['id']}/participation")).json()
    assert counts == {
        "survey_id": survey["id"],
        "as_of": clock.today().isoformat(),
        "invited": 3,
        "answered": 2,
        "on_leave": 1,
        "response_rate": 67,
    }
    non_respondents = (await office.get(f"/surveys/{survey['id']}/non_respondents")).json()
    assert [row["id"] for row in non_respondents["results"]] == [str(training.people[3].id)]
    assert non_respondents["metadata"]["as_of"] == clock.today().isoformat()


async def test_a_post_survey_invites_attendees_and_a_baseline_people_in_scope(
    office: AsyncClient, training: Training, db: AsyncSession
) -> None:
    training.enrollments[0].status = EnrollmentStatus.COMPLETED
    await db.flush()
    post = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    assert (await office.get(f"/surveys/{post['id']}/participation")).json()["invited"] == 1
    await people.employee(db, training.city.medical_center, job_service="medical")
    baseline = await given.open_survey(office, given.survey_body(None, given.CHOICE))
    counts = (await office.get(f"/surveys/{baseline['id']}/participation")).json()
    assert (counts["invited"], counts["response_rate"]) == (7 + 3, 0)


async def test_non_respondents_are_listed_for_callers_who_run_surveys(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    path = f"/surveys/{survey['id']}"
    assert (await (await api("auditor")).get(f"{path}/participation")).status_code == 200
    for grant, person in (
        ("auditor", None),
        ("employee", training.people[0]),
        ("employee", training.city.section_head),
    ):
        assert (await (await api(grant, person)).get(f"{path}/non_respondents")).status_code == 403
