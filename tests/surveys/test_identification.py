"""Named, pseudonymous and anonymous responses: what is stored, and how responses of one person are paired."""

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.settings import Settings
from app.surveys.models import SurveyParticipation, SurveyResponse
from tests.fixtures import SignIn
from tests.surveys import given
from tests.surveys.given import Training

pytestmark = pytest.mark.slow


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


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
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
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
    ((respondent, answers),) = (await given.answers(db, settings, survey)).items()
    assert (answers, training.people[0].id.bytes in respondent) == ({"explain": 2}, False)
    await given.act(office, survey, "closing")
    (row,) = await given.stored(db, survey)
    assert (row.respondent, row.employee_id, row.id.version, row.timing) == (respondent, None, 4, "on_time")
    log = await db.scalar(
        text("SELECT count(*) FROM audit_entry WHERE resource LIKE 'survey_%' AND resource <> 'survey_question'")
    )
    assert log == 0
    for client in (office, await api("employee", training.people[0])):
        assert (await client.get("/survey_responses")).json()["results"] == []
        assert (await client.get(f"/survey_responses/{row.id}")).status_code == 404


async def test_a_person_has_one_key_within_a_session_and_others_elsewhere(
    office: AsyncClient, api: SignIn, db: AsyncSession, settings: Settings
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
    before, after, other = [set(await given.answers(db, settings, survey)) for survey in (pre, post, everyone)]
    assert before == after != other


async def test_an_anonymous_response_is_only_replaced_by_its_person_with_its_token(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    receipt = await given.respond(api, training.people[0], survey, explain=2)
    token = receipt["pair_token"]
    assert len(token) >= 22
    own = await api("employee", training.people[0])
    assert await given.refused(own, survey, explain=5) == (409, "answered_anonymously")
    again = await own.post("/survey_responses", json=given.response_body(survey, explain=5) | {"pair_token": token})
    assert again.status_code == 201
    ((respondent, answers),) = (await given.answers(db, settings, survey)).items()
    assert (answers, token.encode() in respondent) == ({"explain": 5}, False)


async def test_another_person_who_holds_a_token_rewrites_nothing(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
) -> None:
    """Neither with a first response, which is their own, nor after one."""
    survey = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    token = (await given.respond(api, training.people[0], survey, explain=2))["pair_token"]
    await given.respond(api, training.people[1], survey, explain=3)
    stolen = given.response_body(survey, explain=5) | {"pair_token": token}
    refused = await (await api("employee", training.people[1])).post("/survey_responses", json=stolen)
    assert (refused.status_code, refused.json()["code"]) == (409, "answered_anonymously")
    first = await (await api("employee", training.people[2])).post("/survey_responses", json=stolen)
    assert first.status_code == 201
    values = [answers["explain"] for answers in (await given.answers(db, settings, survey)).values()]
    assert sorted(values) == [2, 3, 5]


async def test_a_response_is_replaced_wherever_it_is_meanwhile(
    office: AsyncClient, api: SignIn, db: AsyncSession, settings: Settings
) -> None:
    """In the box or released into the table: it goes back into the box and is mixed anew."""
    training = await given.training(db, seats=10)
    body = given.survey_body(training.session, identification="anonymous", minimum_group=5)
    survey = await given.open_survey(office, body)
    tokens = [(await given.respond(api, person, survey, explain=1))["pair_token"] for person in training.people]
    assert len(await given.stored(db, survey)) == 5
    for person, token in zip(training.people, tokens, strict=True):
        again = given.response_body(survey, explain=5) | {"pair_token": token}
        assert (await (await api("employee", person)).post("/survey_responses", json=again)).status_code == 201
    answers = (await given.answers(db, settings, survey)).values()
    assert [each["explain"] for each in answers] == [5] * 10


async def test_a_token_pairs_anonymous_responses(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession, settings: Settings
) -> None:
    pre = await given.open_survey(office, given.survey_body(training.session, identification="anonymous"))
    tokens = [(await given.respond(api, person, pre, explain=2))["pair_token"] for person in training.people]
    await given.complete_all(db, training)
    post = await given.open_survey(office, given.survey_body(training.session, kind="post", identification="anonymous"))
    with_token = given.response_body(post, explain=4) | {"pair_token": tokens[0]}
    own = await api("employee", training.people[0])
    assert (await own.post("/survey_responses", json=with_token)).status_code == 201
    await given.respond(api, training.people[1], post, explain=4)
    keys = [set(await given.answers(db, settings, survey)) for survey in (pre, post)]
    assert (len(keys[0] & keys[1]), len(keys[1])) == (1, 2)


async def test_only_anonymous_surveys_accept_a_token(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    body = given.response_body(survey, explain=2) | {"pair_token": "a" * 32}
    response = await (await api("employee", training.people[0])).post("/survey_responses", json=body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/pair_token")


async def test_closing_keeps_all_answers_and_adds_no_time(
    office: AsyncClient, api: SignIn, db: AsyncSession, settings: Settings
) -> None:
    training = await given.training(db, seats=4)
    survey = await given.open_survey(office, given.survey_body(training.session))
    for at, person in enumerate(training.people):
        await given.respond(api, person, survey, explain=at + 1)
    before = await given.answers(db, settings, survey)
    await given.act(office, survey, "closing")
    assert {row.respondent: row.answers for row in await given.stored(db, survey)} == before
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
