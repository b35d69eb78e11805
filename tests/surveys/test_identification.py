"""Named, pseudonymous and anonymous responses: what is stored, and how responses of one person are paired."""

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.surveys.models import SurveyParticipation, SurveyResponse
from tests.fixtures import SignIn
from tests.surveys import given
from tests.surveys.given import Training


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    return await api("training")


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
    (row,) = await given.stored(db, survey)
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
    before, after, other = [(await given.stored(db, survey))[0].respondent for survey in (pre, post, everyone)]
    assert before == after != other


async def test_an_anonymous_response_is_only_replaced_with_its_token(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    receipt = await given.respond(api, training.people[0], survey, explain=2)
    token = receipt["pair_token"]
    assert len(token) >= 22
    own = await api("employee", training.people[0])
    assert await given.refused(own, survey, explain=5) == (409, "answered_anonymously")
    again = await own.post("/survey_responses", json=given.response_body(survey, explain=5) | {"pair_token": token})
    assert again.status_code == 201
    (row,) = await given.stored(db, survey)
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
    keys = [{row.respondent for row in await given.stored(db, survey)} for survey in (pre, post)]
    assert (len(keys[0] & keys[1]), len(keys[1])) == (1, 2)


async def test_only_anonymous_surveys_accept_a_token(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    body = given.response_body(survey, explain=2) | {"pair_token": "a" * 32}
    response = await (await api("employee", training.people[0])).post("/survey_responses", json=body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/pair_token")


async def test_closing_removes_the_order_of_the_responses(office: AsyncClient, api: SignIn, db: AsyncSession) -> None:
    """One transaction rewrites all rows: neither their physical order nor their transaction ids tell who sent them."""
    training = await given.training(db, seats=4)
    survey = await given.open_survey(office, given.survey_body(training.session))
    for at, person in enumerate(training.people):
        await given.respond(api, person, survey, explain=at + 1)
    before = {row.id: (row.respondent, row.answers) for row in await given.stored(db, survey)}
    await given.act(office, survey, "closing")
    assert {row.id: (row.respondent, row.answers) for row in await given.stored(db, survey)} == before
    tables = (SurveyResponse, SurveyParticipation)
    assert not [name for table in tables for name in table.model_fields if name.endswith(("_at", "_on"))]


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
