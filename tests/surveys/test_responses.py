"""Answering over HTTP: what is taken, what is kept apart, who is asked, on real PostgreSQL."""

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
    answer = await client.post("/survey_responses", json=given.sheet(survey, **answers))
    return answer.status_code, answer.json()["code"]


async def sheets(db: AsyncSession, survey: Survey) -> list[SurveyResponse]:
    rows = select(SurveyResponse).where(col(SurveyResponse.survey_id) == UUID(survey["id"]))
    return list(await db.scalars(rows.execution_options(populate_existing=True)))


async def participants(db: AsyncSession, survey: Survey) -> int:
    rows = select(SurveyParticipation).where(col(SurveyParticipation.survey_id) == UUID(survey["id"]))
    return len((await db.scalars(rows)).all())


async def test_a_named_answer_is_kept_with_its_person(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.opened(office, given.survey(training.session, identification="named"))
    made = await given.answered(api, training.people[0], survey, explain=2, obstacle="time")
    assert made["employee_id"] == str(training.people[0].id)
    assert made["answers"] == [
        {"question_code": "explain", "value": 2},
        {"question_code": "obstacle", "value": "time"},
    ]
    own = await api("employee", training.people[0])
    read = await own.get(f"/survey_responses/{made['id']}")
    assert (read.json(), bool(read.headers["ETag"])) == (made, True)
    assert (await office.get("/survey_responses")).json()["results"] == [made]


async def test_a_pseudonymous_answer_leaves_no_way_back_to_its_person(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    receipt = await given.answered(api, training.people[0], survey, explain=2)
    assert receipt == {
        "id": None,
        "survey_id": survey["id"],
        "identification": "pseudonymous",
        "employee_id": None,
        "timing": "on_time",
        "answers": None,
        "pair_token": None,
    }
    (kept,) = await sheets(db, survey)
    assert (kept.employee_id, kept.id.version) == (None, 4)
    assert training.people[0].id.bytes not in kept.respondent
    log = await db.scalar(
        text("SELECT count(*) FROM audit_entry WHERE resource LIKE 'survey_%' AND resource <> 'survey_question'")
    )
    assert log == 0
    for client in (office, await api("employee", training.people[0])):
        assert (await client.get("/survey_responses")).json()["results"] == []
        assert (await client.get(f"/survey_responses/{kept.id}")).status_code == 404


async def test_one_person_has_one_key_within_a_session_and_another_elsewhere(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    training = await given.training(db)
    person = training.people[0]
    everyone = await given.opened(office, given.survey(None, given.CHOICE))
    pre = await given.opened(office, given.survey(training.session))
    await given.answered(api, person, pre, explain=2)
    await given.answered(api, person, everyone, obstacle="time")
    await given.all_attended(db, training)
    post = await given.opened(office, given.survey(training.session, kind="post"))
    await given.answered(api, person, post, explain=4)
    before, after, other = [(await sheets(db, survey))[0].respondent for survey in (pre, post, everyone)]
    assert before == after != other


async def test_the_last_answer_before_the_close_wins(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session, identification="named"))
    first = await given.answered(api, training.people[0], survey, explain=2, obstacle="time")
    second = await given.answered(api, training.people[0], survey, explain=5)
    assert (second["id"], second["answers"]) == (first["id"], [{"question_code": "explain", "value": 5}])
    assert (len(await sheets(db, survey)), await participants(db, survey)) == (1, 1)


async def test_an_anonymous_answer_is_replaced_by_its_token_alone(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session, identification="anonymous"))
    receipt = await given.answered(api, training.people[0], survey, explain=2)
    token = receipt["pair_token"]
    assert len(token) >= 22
    own = await api("employee", training.people[0])
    assert await refused(own, survey, explain=5) == (409, "answered_anonymously")
    again = await own.post("/survey_responses", json=given.sheet(survey, explain=5) | {"pair_token": token})
    assert again.status_code == 201
    (kept,) = await sheets(db, survey)
    assert kept.answers == {"explain": 5}
    assert token.encode() not in kept.respondent
    other = await api("employee", training.people[1])
    stolen = await other.post("/survey_responses", json=given.sheet(survey, explain=1) | {"pair_token": token})
    assert (stolen.status_code, stolen.json()["code"]) == (409, "duplicate_pair_token")


async def test_a_token_makes_a_pair_of_anonymous_answers(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    pre = await given.opened(office, given.survey(training.session, identification="anonymous"))
    tokens = [(await given.answered(api, person, pre, explain=2))["pair_token"] for person in training.people]
    await given.all_attended(db, training)
    post = await given.opened(office, given.survey(training.session, kind="post", identification="anonymous"))
    with_token = given.sheet(post, explain=4) | {"pair_token": tokens[0]}
    own = await api("employee", training.people[0])
    assert (await own.post("/survey_responses", json=with_token)).status_code == 201
    await given.answered(api, training.people[1], post, explain=4)
    keys = [{sheet.respondent for sheet in await sheets(db, survey)} for survey in (pre, post)]
    assert (len(keys[0] & keys[1]), len(keys[1])) == (1, 2)


async def test_only_anonymous_surveys_take_a_token(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.opened(office, given.survey(training.session))
    body = given.sheet(survey, explain=2) | {"pair_token": "a" * 32}
    answer = await (await api("employee", training.people[0])).post("/survey_responses", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/pair_token")


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
async def test_answers_that_do_not_fit_are_named_and_nothing_is_written(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, answers: dict[str, Any], pointer: str
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    client = await api("employee", training.people[0])
    answer = await client.post("/survey_responses", json=given.sheet(survey, **answers))
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await sheets(db, survey), await participants(db, survey)) == ([], 0)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", '"\\ud800"', '"\\u0000"'])
async def test_what_is_no_number_and_no_text_is_refused(
    office: AsyncClient, api: SignIn, training: Training, number: str
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    body = f'{{"survey_id": "{survey["id"]}", "answers": [{{"question_code": "explain", "value": {number}}}]}}'
    client = await api("employee", training.people[0])
    answer = await client.post("/survey_responses", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


async def test_a_survey_that_is_not_ones_own_is_unknown(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.opened(office, given.survey(training.session))
    outsider = await api("employee", training.city.stranger)
    answer = await outsider.post("/survey_responses", json=given.sheet(survey, explain=2))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/survey_id")
    assert await refused(outsider, {"id": str(uuid4())}, explain=2) == (422, "unknown_survey")


async def test_nobody_answers_for_an_account_without_a_person(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    assert (await refused(office, survey, explain=2))[0] == 403
    assert (await refused(await api("admin"), survey, explain=2))[0] == 422


async def test_answers_are_taken_between_opening_and_close_alone(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    now = clock.now()
    window = {
        name: (now + hours * timedelta(hours=1)).isoformat()
        for name, hours in (("opens_at", 1), ("due_at", 2), ("closes_at", 3))
    }
    survey = await given.opened(office, given.survey(training.session, **window))
    client = await api("employee", training.people[0])
    assert await refused(client, survey, explain=2) == (409, "survey_not_open")
    with clock.travel(now + timedelta(minutes=90)):
        assert (await given.answered(api, training.people[0], survey, explain=2))["timing"] == "on_time"
    with clock.travel(now + timedelta(minutes=150)):
        assert (await given.answered(api, training.people[1], survey, explain=2))["timing"] == "late"
    with clock.travel(now + timedelta(minutes=180)):
        assert await refused(await api("employee", training.people[2]), survey, explain=2) == (409, "survey_not_open")


async def test_after_the_close_nothing_is_taken_nor_replaced(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    await given.answered(api, training.people[0], survey, explain=2)
    closed = await given.done(office, survey, "closing")
    assert (closed["status"], closed["allowed_actions"], closed["accepts_answers"]) == ("closed", [], False)
    for person in training.people[:2]:
        assert await refused(await api("employee", person), survey, explain=5) == (409, "survey_not_open")
    assert [sheet.answers for sheet in await sheets(db, survey)] == [{"explain": 2}]
    assert (await office.post(f"/surveys/{survey['id']}/closing")).json()["code"] == "survey_not_open"


async def test_closing_takes_the_order_out_of_the_sheets(office: AsyncClient, api: SignIn, db: AsyncSession) -> None:
    """One transaction writes all sheets anew: neither place nor transaction tells with whom each one came."""
    training = await given.training(db, seats=4)
    survey = await given.opened(office, given.survey(training.session))
    for at, person in enumerate(training.people):
        await given.answered(api, person, survey, explain=at + 1)
    before = {sheet.id: (sheet.respondent, sheet.answers) for sheet in await sheets(db, survey)}
    await given.done(office, survey, "closing")
    assert {sheet.id: (sheet.respondent, sheet.answers) for sheet in await sheets(db, survey)} == before
    tables = (SurveyResponse, SurveyParticipation)
    assert not [name for table in tables for name in table.model_fields if name.endswith(("_at", "_on"))]


async def test_who_has_answered_cannot_be_changed(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    await given.answered(api, training.people[0], survey, explain=2)
    for change in ("DELETE FROM survey_participation", "UPDATE survey_participation SET survey_id = survey_id"):
        with pytest.raises(DBAPIError, match="only ever added"):
            async with db.begin_nested():
                await db.execute(text(change))


async def test_a_pre_answered_after_the_first_meeting_is_no_pre(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    with clock.travel(training.starts_at):
        made = await given.answered(api, training.people[0], survey, explain=2)
    assert made["timing"] == "after_start"


async def test_a_post_is_for_those_who_came(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session, kind="post"))
    completed, there, absent = training.people
    training.enrollments[0].status = EnrollmentStatus.COMPLETED
    for person, attendance in ((there, Attendance.LATE), (absent, Attendance.ABSENT)):
        booking = (await db.scalars(select(Booking).where(col(Booking.employee_id) == person.id))).one()
        booking.attendance = attendance
    await db.flush()
    for person in (completed, there):
        await given.answered(api, person, survey, explain=4)
    assert await refused(await api("employee", absent), survey, explain=4) == (409, "not_attended")


async def test_whoever_withdrew_before_the_session_makes_no_pair(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    pre = await given.opened(office, given.survey(training.session))
    await given.answered(api, training.people[0], pre, explain=2)
    training.enrollments[0].status = EnrollmentStatus.WITHDRAWN
    await db.flush()
    post = await given.opened(office, given.survey(training.session, kind="post"))
    client = await api("employee", training.people[0])
    assert await refused(client, post, explain=4) == (422, "unknown_survey")
    assert len(await sheets(db, pre)) == 1


async def test_the_survey_of_a_session_cancelled_later_is_gone(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    client = await api("employee", training.people[0])
    assert await refused(client, survey, explain=2) == (422, "unknown_survey")
    assert (await client.get("/surveys")).json()["results"] == []


async def test_heads_and_leaders_never_see_answers(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.opened(office, given.survey(training.session, identification="named"))
    made = await given.answered(api, training.people[0], survey, explain=2)
    city = training.city
    for person in (city.section_head, city.department_head, city.leader, training.people[1]):
        client = await api("employee", person)
        assert (await client.get(f"/survey_responses/{made['id']}")).status_code == 404
        assert (await client.get("/survey_responses")).json()["metadata"]["resultset"]["count"] == 0
    auditor = await api("auditor")
    assert (await auditor.get("/survey_responses")).json()["results"] == []


async def test_a_retry_is_answered_from_the_first_answer(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.opened(office, given.survey(training.session, identification="anonymous"))
    client = await api("employee", training.people[0])
    key = {"Idempotency-Key": "answer-1"}
    first = await client.post("/survey_responses", json=given.sheet(survey, explain=2), headers=key)
    again = await client.post("/survey_responses", json=given.sheet(survey, explain=2), headers=key)
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await sheets(db, survey)) == 1


async def test_participation_counts_those_asked_and_leaves_out_who_is_on_leave(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    training = await given.training(db, seats=4)
    away, answering_away = training.people[0], training.people[1]
    for person in (away, answering_away):
        await people.absence(db, person.id, clock.today() - timedelta(days=1))
    survey = await given.opened(office, given.survey(training.session))
    await given.answered(api, answering_away, survey, explain=2)
    await given.answered(api, training.people[2], survey, explain=2)
    answer = (await office.get(f"/surveys/{survey['id']}/participation")).json()
    assert answer == {
        "survey_id": survey["id"],
        "as_of": clock.today().isoformat(),
        "invited": 3,
        "answered": 2,
        "on_leave": 1,
        "response_rate": 67,
    }
    remind = (await office.get(f"/surveys/{survey['id']}/non_respondents")).json()
    assert [row["id"] for row in remind["results"]] == [str(training.people[3].id)]
    assert remind["metadata"]["as_of"] == clock.today().isoformat()


async def test_a_post_asks_only_those_who_came_and_a_baseline_those_in_scope(
    office: AsyncClient, training: Training, db: AsyncSession
) -> None:
    training.enrollments[0].status = EnrollmentStatus.COMPLETED
    await db.flush()
    post = await given.opened(office, given.survey(training.session, kind="post"))
    assert (await office.get(f"/surveys/{post['id']}/participation")).json()["invited"] == 1
    await people.employee(db, training.city.medical_center, job_service="medical")
    baseline = await given.opened(office, given.survey(None, given.CHOICE))
    asked = (await office.get(f"/surveys/{baseline['id']}/participation")).json()
    assert (asked["invited"], asked["response_rate"]) == (7 + 3, 0)


async def test_who_has_not_answered_is_for_those_who_run_surveys(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.opened(office, given.survey(training.session))
    path = f"/surveys/{survey['id']}"
    assert (await (await api("auditor")).get(f"{path}/participation")).status_code == 200
    for grant, person in (
        ("auditor", None),
        ("employee", training.people[0]),
        ("employee", training.city.section_head),
    ):
        assert (await (await api(grant, person)).get(f"{path}/non_respondents")).status_code == 403
